/** Two points per pixel that look as all the readings do: each narrow column's first, last, least and greatest. */
import type { Breaks } from "../data/breaks";
import type { Series } from "../data/series";

export interface Line {
  x: number[];
  /** Null where the line breaks. */
  y: (number | null)[];
  /** Readings that need a dot: all of them while they are few, and those that no line touches. */
  dots: { x: number[]; y: number[] };
}

const PIXELS_PER_DOT = 12;
/** Narrower columns look no better, and are slower to draw. */
const COLUMN = 2;
const CORNERS = 4;

/** The line from one time to another, drawn so many pixels wide. */
export function thin(series: Series, breaks: Breaks, from: number, to: number, width: number): Line {
  const pen = new Pen(series, breaks);
  // One reading more on each side, so that the line runs to the edges.
  const first = Math.max(series.start, series.search(from) - 1);
  const end = Math.min(series.end, series.search(to) + 1);
  if ((end - first) * COLUMN <= CORNERS * width) for (let at = first; at < end; at++) pen.draw(at, at + 1);
  else inColumns(series, first, end, ((to - from) * COLUMN) / width, pen);
  return pen.lift(first, end, (end - first) * PIXELS_PER_DOT <= width);
}

/** Columns lie on a fixed grid of time, so that a moving window does not make the line shimmer. */
function inColumns(series: Series, first: number, end: number, step: number, pen: Pen): void {
  for (let at = first; at < end; ) {
    const edge = (Math.floor(series.time(at) / step) + 1) * step;
    const next = Math.min(end, Math.max(at + 1, series.search(edge)));
    pen.draw(at, next);
    at = next;
  }
}

class Pen {
  private readonly line: Line = { x: [], y: [], dots: { x: [], y: [] } };
  private last = -1;
  /** Whether the last reading has no neighbour that a line joins it to. */
  private alone = true;

  constructor(
    private readonly series: Series,
    private readonly breaks: Breaks,
  ) {}

  draw(from: number, to: number): void {
    const breaks = this.last >= 0 && this.breaks.between(this.series.row(this.last), this.series.row(from));
    if (breaks) this.lone(this.last);
    if (breaks) this.push(this.series.time(this.last), null);
    this.alone = breaks || this.last < 0;
    for (const at of corners(this.series, from, to)) this.push(this.series.time(at), this.series.value(at));
    this.alone &&= to === from + 1;
    this.last = to - 1;
  }

  lift(first: number, end: number, all: boolean): Line {
    if (this.last >= 0) this.lone(this.last);
    if (!all) return this.line;
    const positions = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
    const dots = {
      x: positions.map((at) => this.series.time(at)),
      y: positions.map((at) => this.series.value(at)),
    };
    return { ...this.line, dots };
  }

  /** A dot for a reading with a break on both sides. */
  private lone(at: number): void {
    if (!this.alone) return;
    this.line.dots.x.push(this.series.time(at));
    this.line.dots.y.push(this.series.value(at));
  }

  private push(x: number, y: number | null): void {
    this.line.x.push(x);
    this.line.y.push(y);
  }
}

function corners(series: Series, from: number, to: number): number[] {
  if (to - from <= CORNERS) return Array.from({ length: to - from }, (_, at) => from + at);
  const all = [from, ...series.extremes(from, to), to - 1].sort((a, b) => a - b);
  return all.filter((at, nth) => at !== all[nth - 1]);
}
