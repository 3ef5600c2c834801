/** What a panel's and a wall's views share: their place in the page, and when they are drawn there. */
import palette from "./palette.css";
import { dress, followTheme } from "./theme";
import { every } from "./ticks";

type Watcher = { sight(): void; theme(): void; time(): void };

/** Draws what is new, and never while out of sight. */
export abstract class Pane {
  protected readonly root = document.createElement("div");
  protected readonly body = document.createElement("div");
  protected readonly endings: (() => void)[] = [];
  /** Whether it is dark, against the page's theme; null is as the page. */
  protected shade: boolean | null = null;
  private frame = 0;
  private inWindow = true;

  constructor(
    private readonly el: HTMLElement,
    name: string,
    css: string,
  ) {
    const style = document.createElement("style");
    style.textContent = palette + css;
    this.root.className = name;
    this.root.append(style, this.body);
    this.root.addEventListener("keydown", keepKeys);
    el.replaceChildren(this.root);
    el.classList.add("picopanel-place");
  }

  /** Whether anybody can see it. */
  get seen(): boolean {
    return this.inWindow && !document.hidden;
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    for (const end of this.endings) end();
    this.root.remove();
    this.el.classList.remove("picopanel-place");
  }

  protected abstract draw(): void;

  /** Whether it is to be drawn for what is new: somebody looks, and no frame is to come anyway. */
  protected get ready(): boolean {
    return this.seen && !this.frame;
  }

  /** Draws with the next frame. */
  protected drawSoon(): void {
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** Tells of its coming into sight and going, of the page's theme, at once and whenever it changes, and of time. */
  protected watch(milliseconds: number, { sight, theme, time }: Watcher): void {
    const page = followTheme(this.root, () => {
      dress(this.root, this.shade);
      theme();
    });
    const observer = new IntersectionObserver((entries) => {
      this.inWindow = entries.at(-1)!.isIntersecting;
      page.look(); // it had no colours until it came into the page
      sight();
    });
    observer.observe(this.root);
    document.addEventListener("visibilitychange", sight);
    this.endings.push(
      () => observer.disconnect(),
      () => document.removeEventListener("visibilitychange", sight),
      every(milliseconds, time),
      page.end,
    );
  }
}

/** Keys are the view's own: in JupyterLab a `b` on a button would insert a cell. Browser shortcuts go on working. */
function keepKeys(event: KeyboardEvent): void {
  if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
}
