/** A channel's limits on the chart: a dashed line, and what lies beyond it tinted. */
import type { Limit } from "../contract";
import { forPlotly } from "../page/text";
import { FONT_SIZE, type Reading, type Style, type Trace } from "./traces";

/** The limits of a channel, for the axis to make room for. */
export function limitValues(limits: readonly Limit[], channel: string): number[] {
  return limits
    .filter((it) => it.channel === channel)
    .flatMap(({ low, high }) => [low, high])
    .filter((value) => value !== null);
}

/** Lines, tints and words for the limits of the channels that are shown. */
export function limitLines(
  limits: readonly Limit[],
  readings: readonly Reading[],
  ranges: ReadonlyMap<string, [number, number]>,
  { bad, scale }: Style,
): { shapes: Trace[]; annotations: Trace[] } {
  const found: { shapes: Trace[]; annotations: Trace[] } = { shapes: [], annotations: [] };
  for (const { channel, low, high } of limits) {
    const reading = readings.find(({ name }) => name === channel);
    const range = ranges.get(reading?.axis ?? "");
    if (!reading || !range) continue;
    const far = 10 * (range[1] - range[0]); // for a drag to bring into sight
    const across = { xref: "paper", x0: 0, x1: 1, yref: reading.axis };
    const draw = (value: number, beyond: number, word: string) => {
      const line = { color: bad, width: 1.5 * scale, dash: "dash" };
      found.shapes.push({ ...across, type: "line", y0: value, y1: value, line });
      const tint = { fillcolor: bad, opacity: 0.08, line: { width: 0 }, layer: "below" };
      found.shapes.push({ ...across, ...tint, type: "rect", y0: value, y1: beyond });
      found.annotations.push({
        xref: "paper",
        x: 0,
        xanchor: "left",
        yref: reading.axis,
        y: value,
        yanchor: word === "above" ? "bottom" : "top",
        text: forPlotly(`${word} ${value} ${reading.unit}`.trim()),
        showarrow: false,
        font: { size: FONT_SIZE * scale, color: bad },
      });
    };
    if (high !== null) draw(high, Math.max(high, range[1]) + far, "above");
    if (low !== null) draw(low, Math.min(low, range[0]) - far, "below");
  }
  return found;
}
