/** Where time is drawn, in pixels of the chart's element, and what is laid over it there. Pure. */
import type { Range } from "./style";

export type Area = { range: Range; left: number; width: number; top: number; height: number };

/** Milliseconds. */
export function perPixel({ range: [from, to], width }: Area): number {
  return (to - from) / width;
}

export function timeAt(x: number, area: Area): number {
  return area.range[0] + (x - area.left) * perPixel(area);
}

/** The style of what stands at a time, at the plane's edge where that is beyond it; it knows how far each edge is. */
export function placed(time: number, area: Area): string {
  const { left, width, top, height } = area;
  const before = Math.min(width, Math.max(0, (time - area.range[0]) / perPixel(area)));
  const edges = `--before: ${before}px; --after: ${width - before}px`;
  return `left: ${left + before}px; top: ${top}px; height: ${height}px; ${edges}`;
}
