/** Where one panel or wall is shown on this page, and the clock by which its data look after themselves. */

import { now } from "./now";
import { hideStill, showStill } from "./still";
import { every } from "./ticks";

const TICK = 100;
/** So long after its last view it rests: most often its cell was run again, and another panel has its place. */
const REST_AFTER = 10_000;

interface Display {
  readonly seen: boolean;
  close(): void;
}

interface Data {
  look(seen: boolean, at: number): void;
  leave(): void;
  tick(at: number): void;
  /** Lets go of what it can ask for again. */
  rest(): void;
}

export class Displays<D extends Display> {
  private readonly all = new Set<D>();
  private stop: (() => void) | null = null;
  /** Since when it is shown nowhere. */
  private hiddenAt = now();

  /** `key`: what the still picture of these data is known by. */
  constructor(
    private readonly data: Data,
    private readonly key: string,
  ) {
    this.begin();
    window.addEventListener("pagehide", this.leave);
  }

  /** Tells the data whether anybody looks. */
  readonly look = (): void => {
    this.data.look(
      [...this.all].some(({ seen }) => seen),
      now(),
    );
  };

  private readonly leave = (): void => this.data.leave();

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
    window.removeEventListener("pagehide", this.leave);
    this.tell((display) => display.close());
    this.all.clear();
    showStill(document, this.key);
  }

  private begin(): void {
    this.stop ??= every(TICK, () => {
      this.look();
      this.data.tick(now());
      if (this.all.size === 0 && now() - this.hiddenAt > REST_AFTER) this.end();
    });
  }

  private end(): void {
    this.stop?.();
    this.stop = null;
    this.data.rest();
  }
}
