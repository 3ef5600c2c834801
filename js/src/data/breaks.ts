/** Where a line must not join two readings, because the board was silent between them. */
import type { Origin } from "../contract";
import type { RowTable } from "./rows";

/** Milliseconds that are no silence, however short the interval. */
const SHORTEST = 1000;

export class Breaks {
  /** Times at which the board was known to be silent, in order. */
  private readonly silences: number[] = [];

  constructor(private readonly table: RowTable) {}

  silence(time: number): void {
    let at = this.silences.length;
    while (at > 0 && this.silences[at - 1] > time) at--;
    this.silences.splice(at, 0, time);
  }

  /** Whether the board was silent between two rows, given in order of time. */
  between(before: number, after: number): boolean {
    const [from, to] = [this.table.time(before), this.table.time(after)];
    const [one, other] = [this.origin(before), this.origin(after)];
    if (one?.boot && other?.boot && one.boot !== other.boot) return true;
    const interval = Math.max(one?.interval ?? 0, other?.interval ?? 0);
    if (interval > 0) return to - from > Math.max(3 * interval, SHORTEST);
    return this.silences[this.search(from)] <= to;
  }

  /** Forgets silences up to a time. */
  drop(time: number): void {
    this.silences.splice(0, this.search(time));
  }

  private origin(row: number): Origin | undefined {
    return this.table.origin[this.table.originOf(row)];
  }

  /** The first silence after a time. */
  private search(time: number): number {
    let [low, high] = [0, this.silences.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.silences[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
