/** Two points per pixel that look as all the readings do: each narrow column's first, last, least and greatest. */
import type { History } from "../data/history";
import type { Series } from "../data/series";

export interface Values {
  y: (number | null)[]; // null where the line breaks
}

export interface Line extends Values {
  x: number[];
  /** Readings that need a dot: all of them while they are few, and those that no line touches. */
  dots: { x: number[]; y: number[] };
}

export const nothing = (): Line => ({ x: [], y: [], dots: { x: [], y: [] } });

const PIXELS_PER_DOT = 12;
const COLUMN = 2; // narrower columns look no better, and are slower to draw
const CORNERS = 4;

export function thin(history: History, series: Series, from: number, to: number, width: number): Line {
  // One reading more on each side, so that the line runs to the edges.
  const first = Math.max(series.start, series.search(from) - 1);
  const end = Math.min(series.end, series.search(to) + 1);
  const few = (end - first) * COLUMN <= CORNERS * width;
  const allDots = (end - first) * PIXELS_PER_DOT <= width;
  const line = nothing();
  const dot = (at: number) => {
    line.dots.x.push(series.time(at));
    line.dots.y.push(series.value(at));
  };
  let [last, alone] = [-1, false]; // alone: no line joins it to a neighbour
  for (const [start, stop] of columns(series, first, end, few ? 0 : ((to - from) * COLUMN) / width)) {
    const breaks = last >= 0 && history.silentBetween(series.row(last), series.row(start));
    if (breaks && alone && !allDots) dot(last);
    if (breaks) line.x.push(series.time(last));
    if (breaks) line.y.push(null);
    for (const at of corners(series, start, stop)) {
      line.x.push(series.time(at));
      line.y.push(series.value(at));
    }
    alone = (breaks || last < 0) && stop === start + 1;
    last = stop - 1;
  }
  if (alone && !allDots) dot(last);
  if (allDots) for (let at = first; at < end; at++) dot(at);
  return line;
}

/** Stretches on a fixed grid of time, so that a moving window does not make the line shimmer; a step of 0: each reading's own. */
function* columns(series: Series, first: number, end: number, step: number): Generator<[number, number]> {
  for (let at = first; at < end; ) {
    const edge = (Math.floor(series.time(at) / step) + 1) * step;
    const next = step === 0 ? at + 1 : Math.min(end, Math.max(at + 1, series.search(edge)));
    yield [at, next];
    at = next;
  }
}

function corners(series: Series, from: number, to: number): number[] {
  if (to - from <= CORNERS) return Array.from({ length: to - from }, (_, at) => from + at);
  const all = [from, ...series.extremes(from, to), to - 1].sort((a, b) => a - b);
  return all.filter((at, nth) => at !== all[nth - 1]);
}
