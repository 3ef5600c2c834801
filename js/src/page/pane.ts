/** What a panel's and a wall's views share: their place in the page, and when they are drawn there. */
import finger from "./finger.css";
import { isShortcut } from "./hear";
import palette from "./palette.css";
import paper from "./paper.css";
import { dress, followTheme } from "./theme";

const CREDIT = 25; // milliseconds that may be drawn in one go

/**
 * What all panels of a page may draw at once, which is what makes a reading quick to see. But the page's user
 * needs time, too: as long as was drawn, nothing is, and what comes then waits for the next frame.
 * It draws at once and gives true, or leaves it to the next frame. `clock` gives the page's time.
 */
export function budget(clock = () => performance.now()) {
  let debt = 0; // milliseconds drawn and not paid back yet
  let at = 0;
  return (draw: () => void): boolean => {
    const from = clock();
    debt = Math.max(0, debt - (from - at));
    at = from;
    if (debt >= CREDIT) return false;
    draw();
    at = clock();
    debt += at - from;
    return true;
  };
}

/** Draws what is new, and never while out of sight. */
export abstract class Pane {
  protected readonly root = document.createElement("div");
  protected readonly body = document.createElement("div");
  private readonly ending = new AbortController();
  protected readonly signal = this.ending.signal; // aborted when it is closed
  /** Whether it is dark, against the page's theme; null is as the page. */
  protected shade: boolean | null = null;
  private frame = 0;
  private inWindow = true;

  constructor(
    private readonly el: HTMLElement,
    name: string,
    css: string,
  ) {
    const style = Object.assign(document.createElement("style"), {
      textContent: palette + css + finger + paper,
    });
    // Its words are English wherever it stands: from right to left they and their numbers would be turned.
    Object.assign(this.root, { className: name, dir: "ltr", lang: "en" });
    this.root.append(style, this.body);
    this.root.addEventListener("keydown", keepKeys);
    el.replaceChildren(this.root);
    el.classList.add("picopanel-place");
  }

  get seen(): boolean {
    return this.inWindow && !document.hidden;
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.ending.abort();
    this.root.remove();
    this.el.classList.remove("picopanel-place");
  }

  protected abstract draw(): void;

  /** Draws what has changed where somebody looks: at once where a budget has time for it, else with the next frame. */
  protected redraw(atOnce?: ReturnType<typeof budget>): void {
    if (!this.seen || this.frame || atOnce?.(() => this.draw())) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** Tells of its coming into sight and going, and of the page's theme, at once and whenever it changes. */
  protected watch(on: { sight(): void; theme?(): void }): void {
    const { signal } = this;
    const look = followTheme(this.root, signal, (paper) => {
      dress(this.root, this.shade);
      on.theme?.();
      if (paper) this.draw(); // all of the page comes onto it, also what is out of sight
    });
    const observer = new IntersectionObserver((entries) => {
      this.inWindow = entries.at(-1)!.isIntersecting;
      look(); // it had no colours until it came into the page
      on.sight();
    });
    observer.observe(this.root);
    document.addEventListener("visibilitychange", on.sight, { signal });
    signal.addEventListener("abort", () => observer.disconnect());
  }
}

/** Keys are the view's own: in JupyterLab a `b` on a button would insert a cell. Browser shortcuts go on working. */
function keepKeys(event: KeyboardEvent): void {
  if (!isShortcut(event)) event.stopPropagation();
}
