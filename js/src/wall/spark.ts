/** The small line on a tile, as an SVG path in a box of 100 by 24. */

export const WIDTH = 100;
export const HEIGHT = 24;
const EDGE = 2;
/** A line is not stretched beyond this share of its value: noise is not an event. */
const LEAST_SPAN = 0.02;

const drawn = new WeakMap<readonly number[], string>();

export function sparkPath(points: readonly number[]): string {
  const path = drawn.get(points) ?? draw(points);
  drawn.set(points, path);
  return path;
}

function draw(points: readonly number[]): string {
  if (points.length < 2) return "";
  const low = Math.min(...points);
  const high = Math.max(...points);
  const span = Math.max(high - low, LEAST_SPAN * Math.max(Math.abs(low), Math.abs(high)), Number.MIN_VALUE);
  const middle = (low + high) / 2;
  const step = WIDTH / (points.length - 1);
  const room = HEIGHT - 2 * EDGE;
  const place = (value: number, at: number) =>
    `${round(at * step)},${round(HEIGHT / 2 - ((value - middle) / span) * room)}`;
  return `M${points.map(place).join("L")}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
