/** Where one panel or wall is shown on this page, and the clock by which its data look after themselves. */
import type { Conversation } from "./conversation";
import { every, now } from "./time";

const TICK = 100;
/** So long after its last view it rests: most often its cell was run again, and another panel has its place. */
const REST_AFTER = 10_000;

export class Displays<D extends { readonly seen: boolean; close(): void }> {
  private readonly all = new Set<D>();
  private readonly closed = new AbortController();
  private stop: (() => void) | null = null;
  private hiddenAt = now(); // since when it is shown nowhere

  /** `key`: what the still picture of these data is known by. */
  constructor(
    private readonly data: Conversation<never>,
    private readonly key: string,
  ) {
    this.begin();
    window.addEventListener("pagehide", () => data.leave(), { signal: this.closed.signal });
  }

  readonly look = (): void => {
    const seen = [...this.all].some((display) => display.seen);
    this.data.look(seen, now());
  };

  tell(what: (display: D) => void): void {
    for (const display of this.all) what(display);
  }

  /** Gives back what removes it. */
  add(display: D): () => void {
    hideStill(document, this.key);
    this.all.add(display);
    this.begin();
    return () => {
      this.all.delete(display);
      if (this.all.size === 0) showStill(document, this.key);
      this.hiddenAt = now();
      display.close();
    };
  }

  close(): void {
    this.stop?.();
    this.closed.abort();
    this.tell((display) => display.close());
    this.all.clear();
    showStill(document, this.key);
  }

  private begin(): void {
    this.stop ??= every(TICK, () => {
      this.look();
      this.data.tick(now());
      if (this.all.size > 0 || now() - this.hiddenAt <= REST_AFTER) return;
      this.stop?.();
      this.stop = null;
      this.data.rest();
    });
  }
}

/** Hides a still picture in the notebook: those are for pages where no panel lives. */
export function hideStill(page: Document, key: string): void {
  if (!/^[0-9a-f]+$/.test(key) || page.getElementById(styleId(key))) return;
  const style = { id: styleId(key), textContent: `.picopanel-still-${key} { display: none; }` };
  page.head.append(Object.assign(page.createElement("style"), style));
}

/** Shows it again, as where a notebook is closed, and opened without its kernel. */
export function showStill(page: Document, key: string): void {
  page.getElementById(styleId(key))?.remove();
}

const styleId = (key: string) => `picopanel-hides-${key}`;
