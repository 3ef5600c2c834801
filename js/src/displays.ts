/** Where one panel or wall is shown on this page, and the clock by which its data look after themselves. */
import { hideStills } from "./still";
import { every } from "./ticks";

const TICK = 100;

interface Display {
  readonly seen: boolean;
  close(): void;
}

interface Data {
  look(seen: boolean, at: number): void;
  leave(): void;
  tick(at: number): void;
}

export class Displays<D extends Display> {
  private readonly all = new Set<D>();
  private readonly stop: () => void;

  constructor(private readonly data: Data) {
    this.stop = every(TICK, () => {
      this.look();
      data.tick(Date.now());
    });
    window.addEventListener("pagehide", this.leave);
  }

  /** Tells the data whether anybody looks. */
  readonly look = (): void => {
    this.data.look(
      [...this.all].some(({ seen }) => seen),
      Date.now(),
    );
  };

  private readonly leave = (): void => this.data.leave();

  tell(what: (display: D) => void): void {
    for (const display of this.all) what(display);
  }

  /** Gives back what removes it. */
  add(display: D): () => void {
    hideStills(document);
    this.all.add(display);
    return () => {
      this.all.delete(display);
      display.close();
    };
  }

  close(): void {
    this.stop();
    window.removeEventListener("pagehide", this.leave);
    this.tell((display) => display.close());
    this.all.clear();
  }
}
