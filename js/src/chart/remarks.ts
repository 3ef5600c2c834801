/** The marks that the notebook's code has set on the time axis, and where there is room for their words. */

import { forPlotly } from "../page/text";
import { Places } from "./places";
import { FONT_SIZE, type Style, type Trace } from "./traces";

export interface Remark {
  row: number;
  time: number;
  text: string;
}

const LONGEST = 40;
const CHARACTER = 6.6;
const SPACE = 8;
/** Lines closer than this many pixels to a later one are left out. */
const APART = 3;

/** The marks whose lines are drawn, newest first, with their pixels. Of lines that would hide each other the newest stays. */
function drawn(
  remarks: readonly Remark[],
  [from, to]: readonly [number, number],
  width: number,
  scale: number,
): (Remark & { pixels: number })[] {
  const found: (Remark & { pixels: number })[] = [];
  let free = Number.POSITIVE_INFINITY;
  for (const remark of remarks.toReversed()) {
    const pixels = ((remark.time - from) / (to - from)) * width;
    if (remark.time < from || remark.time > to || pixels > free - APART * scale) continue;
    free = pixels;
    found.push({ ...remark, pixels });
  }
  return found;
}

/** A line across the chart for each, and its words above, on the side where there is room; `pixels` are the lines'. */
export function remarkLines(
  remarks: readonly Remark[],
  range: readonly [number, number],
  width: number,
  { soft, ink, scale }: Style,
): { shapes: Trace[]; annotations: Trace[]; pixels: number[] } {
  const lines = drawn(remarks, range, width, scale);
  const found = {
    shapes: [] as Trace[],
    annotations: [] as Trace[],
    pixels: lines.map(({ pixels }) => pixels),
  };
  const size = FONT_SIZE * scale;
  const places = new Places(width, found.pixels);
  for (const { time, text, pixels } of lines) {
    const line = { color: soft, width: 1.2 * scale, dash: "dot" };
    found.shapes.push({ type: "line", x0: time, x1: time, y0: 0, y1: 1, yref: "paper", line });
    const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
    const wide = (shown.length * CHARACTER + SPACE) * scale;
    const side = places.take([
      [pixels, pixels + wide],
      [pixels - wide, pixels],
    ]);
    if (side < 0) continue;
    found.annotations.push({
      x: time,
      y: 1,
      yref: "paper",
      yanchor: "bottom",
      xanchor: side === 1 ? "right" : "left",
      text: forPlotly(shown),
      showarrow: false,
      font: { size, color: ink },
    });
  }
  return found;
}
