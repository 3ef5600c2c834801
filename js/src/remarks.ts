/** The marks that the notebook's code has set on the time axis, and where there is room for their words. */

import { forPlotly } from "./text";
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

/** A line across the chart for each, and its words above. Where there is no room the newest stays. */
export function remarkLines(
  remarks: readonly Remark[],
  [from, to]: [number, number],
  width: number,
  { soft, ink, scale }: Style,
): { shapes: Trace[]; annotations: Trace[] } {
  const found: { shapes: Trace[]; annotations: Trace[] } = { shapes: [], annotations: [] };
  const size = FONT_SIZE * scale;
  const wide = (text: string) => (text.length * CHARACTER + SPACE) * scale;
  let [freeLine, freeText] = [Infinity, Infinity];
  for (const { time, text } of remarks.toReversed()) {
    const pixels = ((time - from) / (to - from)) * width;
    if (time < from || time > to || pixels > freeLine - APART * scale) continue;
    freeLine = pixels;
    const line = { color: soft, width: 1.2 * scale, dash: "dot" };
    found.shapes.push({ type: "line", x0: time, x1: time, y0: 0, y1: 1, yref: "paper", line });
    const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
    // At the right edge words stand before their line.
    const before = pixels + wide(shown) > width;
    const [start, end] = before ? [pixels - wide(shown), pixels] : [pixels, pixels + wide(shown)];
    if (start < 0 || end > freeText) continue;
    freeText = start;
    found.annotations.push({
      x: time,
      y: 1,
      yref: "paper",
      yanchor: "bottom",
      xanchor: before ? "right" : "left",
      text: forPlotly(shown),
      showarrow: false,
      font: { size, color: ink },
    });
  }
  return found;
}
