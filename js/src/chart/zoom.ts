/** The stretch of time a chart shows, and how zooming and moving change it. */
import type { History } from "../data/history";
import type { Local, Zoom } from "../panel/local";

const SHORTEST = 1000;

/** The range shown at a time of the kernel. */
export function range(history: History, local: Local, now: number): [number, number] {
  if (local.zoom) return local.zoom.x;
  const end = local.paused ?? now;
  if (local.span !== null) return [end - local.span, end];
  return [Math.min(end - SHORTEST, history.start), end];
}

/** A live chart's end: it moves by whole pixels, of which it has so many, because to draw its axes costs time. */
export function inPixels(end: number, { span }: Local, pixels: number): number {
  if (span === null) return end;
  const pixel = span / pixels;
  return Math.ceil(end / pixel) * pixel;
}

/** What the chart's keys do to its range. */
export const STEPS: Record<string, [move: number, grow: number]> = {
  ArrowLeft: [-0.25, 1],
  ArrowRight: [0.25, 1],
  "+": [0, 0.5],
  "=": [0, 0.5],
  "-": [0, 2],
};

/** A range moved by a share of itself and grown by a factor around its middle. */
export function changed([from, to]: [number, number], move: number, grow: number): [number, number] {
  const middle = (from + to) / 2 + move * (to - from);
  const half = (Math.max(SHORTEST / 20, to - from) * grow) / 2;
  return [middle - half, middle + half];
}

/** The zoom after a relayout of Plotly's, or null when no user changed a range: `chart.ts` itself changes whole ones. */
export function userZoom(change: Record<string, unknown>, layout: Record<string, unknown>): Zoom | null {
  if (!Object.keys(change).some((key) => /axis\d*\.range\[/.test(key))) return null;
  const y: Zoom["y"] = {};
  for (const key of Object.keys(change)) {
    const [, nth] = /^yaxis(\d*)\.range/.exec(key) ?? [];
    if (nth !== undefined) y[`y${nth}`] = rangeIn(layout, `yaxis${nth}`);
  }
  return { x: rangeIn(layout, "xaxis"), y };
}

function rangeIn(layout: Record<string, unknown>, axis: string): [number, number] {
  const [from, to] = (layout[axis] as { range: unknown[] }).range;
  return [Number(from), Number(to)];
}

/** Two fingers on the chart, in pixels: where their middle is on the time axis, and how far they are apart. */
export interface Fingers {
  middle: number;
  apart: number;
}

/** Fingers closer than this many pixels are taken to be so far apart. */
const CLOSEST = 20;

/** A range after two fingers have moved, on an axis so many pixels wide: what was between them still is. */
export function pinched(
  [from, to]: readonly [number, number],
  before: Fingers,
  now: Fingers,
  width: number,
): [number, number] {
  const factor = Math.max(CLOSEST, before.apart) / Math.max(CLOSEST, now.apart);
  const length = Math.max(SHORTEST / 20, (to - from) * factor);
  const start = from + ((to - from) * before.middle) / width - (length * now.middle) / width;
  return [start, start + length];
}
