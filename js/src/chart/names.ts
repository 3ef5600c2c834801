/** The channels' names at the ends of their lines, where an axis has more of them than there are colours. */
import { forPlotly } from "../page/text";
import { COLOURS, lookOf, type Reading, type Style, type Trace } from "./traces";
import type { Range } from "./values";

const SIZE = 11;
/** The height of a name, and the width of one of its characters, in pixels. */
const TALL = 13;
const CHARACTER = 6.6;
const SPACE = 10;
const LONGEST = 14;

/** A trace of names beside the end of a time axis, on an axis of values so many pixels high, and how wide it is. */
export function nameTrace(
  readings: readonly Reading[],
  end: number,
  range: Range,
  tall: number,
  { lines, scale }: Style,
): { traces: Trace[]; wide: number } {
  if (readings.length <= COLOURS) return { traces: [], wide: 0 };
  const names = readings.map(({ name }) => (name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name));
  const trace = {
    type: "scatter",
    yaxis: readings[0].axis,
    name: "names",
    mode: "text",
    hoverinfo: "skip",
    cliponaxis: false,
    x: names.map(() => end),
    y: apart(
      readings.map(({ line }) => lastAt(line, end)),
      range,
      (TALL * scale) / tall,
    ),
    text: names.map(forPlotly),
    textposition: "middle right",
    textfont: { size: SIZE * scale, color: readings.map(({ nth }) => lines[lookOf(nth).colour]) },
  };
  const wide = (Math.max(...names.map(({ length }) => length)) * CHARACTER + SPACE) * scale;
  return { traces: [trace], wide };
}

/** A line's last value up to a time, or null. */
function lastAt({ x, y }: Reading["line"], end: number): number | null {
  for (let at = x.length - 1; at >= 0; at--) if (x[at] <= end && y[at] !== null) return y[at];
  return null;
}

/** Heights near the given ones that are a share of the range apart from each other, and within it; null stays. */
export function apart(
  values: readonly (number | null)[],
  [low, high]: Range,
  share: number,
): (number | null)[] {
  const order = values.flatMap((value, nth) => (value === null ? [] : [{ value, nth }]));
  order.sort((a, b) => a.value - b.value || a.nth - b.nth);
  const gap = (high - low) * Math.min(share, 1 / Math.max(1, order.length));
  const found = [...values];
  let free = low + gap / 2;
  for (const { value, nth } of order) {
    found[nth] = Math.max(value, free);
    free = found[nth] + gap;
  }
  free = high - gap / 2;
  for (const { nth } of order.toReversed()) {
    found[nth] = Math.min(found[nth]!, free);
    free = found[nth]! - gap;
  }
  return found;
}
