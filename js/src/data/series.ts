/**
 * One channel's rows in order of time, which is not the order of arrival: a board sends again what was
 * lost. Blocks remember where their smallest and largest values are, so that extremes of a long stretch
 * cost no more than those of a short one.
 */
import { type RowTable, withRoom } from "./rows";
import { first } from "./sorted";

const BLOCK = 64;

export class Series {
  /** Row numbers by time, valid from `start` to `end - 1`. */
  private order = new Uint32Array(BLOCK * 4);
  private lowest = new Uint32Array(4);
  private highest = new Uint32Array(4);
  start = 0;
  end = 0;
  /** How many have ever come, and how often some came late, in front of others. */
  added = 0;
  late = 0;

  constructor(private readonly table: RowTable) {}

  get size(): number {
    return this.end - this.start;
  }

  row(position: number): number {
    return this.order[position];
  }

  time(position: number): number {
    return this.table.time(this.order[position]);
  }

  value(position: number): number {
    return this.table.value(this.order[position]);
  }

  get latest(): number | null {
    return this.size ? this.time(this.end - 1) : null;
  }

  /** Takes rows that are all newer in number, though not always in time, than those it has. */
  add(rows: readonly number[]): void {
    const fresh = this.sorted(rows);
    this.order = withRoom(this.order, this.end + fresh.length);
    let from = this.end - 1;
    let to = this.end + fresh.length - 1;
    for (let next = fresh.length - 1; next >= 0; to--) {
      const late = from >= this.start && this.time(from) > this.table.time(fresh[next]);
      this.order[to] = late ? this.order[from--] : fresh[next--];
    }
    if (to + 1 < this.end) this.late++;
    this.added += fresh.length;
    this.end += fresh.length;
    this.index(to + 1);
  }

  /** The first position at or after a time; `end` if there is none. */
  search(time: number): number {
    return first(this.start, this.end, (at) => this.time(at) >= time);
  }

  /** Positions of the smallest and the largest value from `from` to `to - 1`; `blocks`: by what they remember. */
  extremes(from: number, to: number, blocks = true): [low: number, high: number] {
    let [low, high] = [from, from];
    const look = (position: number) => {
      if (this.value(position) < this.value(low)) low = position;
      if (this.value(position) > this.value(high)) high = position;
    };
    for (let at = from; at < to; ) {
      if (blocks && at % BLOCK === 0 && at + BLOCK <= to) {
        look(this.lowest[at / BLOCK]);
        look(this.highest[at / BLOCK]);
        at += BLOCK;
      } else look(at++);
    }
    return [low, high];
  }

  /** Passes over rows at the front that are gone; `keep` removes the rest. */
  drop(floor: number): void {
    while (this.start < this.end && this.order[this.start] < floor) this.start++;
  }

  /** Keeps some rows, and gives the others; `index` has to follow. */
  keep(counts: (row: number) => boolean): Uint32Array {
    const rows = this.order.slice(this.start, this.end);
    const kept = rows.filter(counts);
    this.order.set(kept);
    this.start = 0;
    this.end = kept.length;
    return rows.filter((row) => !counts(row));
  }

  /** Finds every block's extremes anew from a position on. */
  index(from: number): void {
    this.lowest = withRoom(this.lowest, Math.ceil(this.end / BLOCK));
    this.highest = withRoom(this.highest, this.lowest.length);
    for (let block = Math.floor(from / BLOCK); block * BLOCK < this.end; block++) {
      const end = Math.min((block + 1) * BLOCK, this.end);
      [this.lowest[block], this.highest[block]] = this.extremes(block * BLOCK, end, false);
    }
  }

  private sorted(rows: readonly number[]): readonly number[] {
    const time = (row: number) => this.table.time(row);
    if (!rows.some((row, at) => at > 0 && time(row) < time(rows[at - 1]))) return rows;
    return rows.toSorted((a, b) => time(a) - time(b) || a - b);
  }
}
