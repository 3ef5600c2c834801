/** Where a channel crosses a trigger's level; `src/picopanel/_store/trigger.py` finds the same. */
import type { Trigger } from "../contract";
import { guard } from "../page/guard";
import type { Series } from "./series";

export const MOST_PIECES = 50; // of more the newest are kept

/** A crossing, at the first reading beyond the level, and its number from 1 on. */
export type Piece = { nth: number; at: number };

/** A trigger's levels, one where both are the same. */
export function levelsOf({ above, below }: Trigger): number[] {
  return [...new Set([above, below])].filter((level) => level !== null);
}

/** Looks at each reading once, unless one comes late: then at all of them again, so that each has its place. */
export class Pieces {
  private list: Piece[] = [];
  private seen = 0; // of all readings that have ever come
  private count = 0;
  private from = 0;
  private mayRise = false;
  private mayFall = false;
  private readonly another = guard();

  of(trigger: Trigger, series: Series): readonly Piece[] {
    const gone = series.added - this.seen > series.size;
    if (this.another(JSON.stringify(trigger), series, series.late) || gone) this.begin(trigger, series);
    for (let at = series.end - (series.added - this.seen); at < series.end; at++)
      this.take(trigger, series.time(at), series.value(at));
    this.seen = series.added;
    const kept = series.size ? series.time(series.start) : Number.POSITIVE_INFINITY;
    this.list = this.list.filter(({ at }) => at >= kept).slice(-MOST_PIECES);
    return this.list;
  }

  /** Whether the next crossing counts: readings have been on the other side. */
  get ready(): boolean {
    return this.mayRise || this.mayFall;
  }

  private begin({ since }: Trigger, series: Series): void {
    this.list = [];
    this.seen = series.added - series.size;
    this.count = 0;
    this.from = since ?? Number.NEGATIVE_INFINITY;
    this.mayRise = this.mayFall = false;
  }

  private take({ above, below, margin, after, each }: Trigger, time: number, value: number): void {
    const [high, low] = [above ?? Number.POSITIVE_INFINITY, below ?? Number.NEGATIVE_INFINITY];
    const crosses = (this.mayRise && value > high) || (this.mayFall && value < low);
    this.mayRise = above !== null && (value <= high - margin || (this.mayRise && value <= high));
    this.mayFall = below !== null && (value >= low + margin || (this.mayFall && value >= low));
    if (!crosses || time < this.from || (!each && this.count > 0)) return;
    this.list.push({ nth: ++this.count, at: time });
    this.from = time + after * 1000;
  }
}
