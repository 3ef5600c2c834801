/** The chart as Plotly's data and layout: pure, drawn by `chart.ts`. */
import type { Channel, Limit } from "../contract";
import type { History } from "../data/history";
import type { Local } from "../panel/local";
import { axisName, innerWidth, layout, margins, type Scale, scaleHeight } from "./layout";
import { limitLines, limitValues } from "./limits";
import { nameTrace } from "./names";
import { remarkLines } from "./remarks";
import { type Line, thin } from "./thin";
import { commandTraces, type Reading, readingTraces, type Style, type Trace } from "./traces";
import { hasValues, type Range, valueRange } from "./values";

export interface Figure {
  data: Trace[];
  layout: Record<string, unknown>;
  /** The ranges of the axes of values, for the next figure to keep while they fit. */
  ranges: ReadonlyMap<string, Range>;
}

const MOST_AXES = 6;

/** Draws from one time to another into an element of a size in pixels. */
export function figure(
  history: History,
  channels: Channel[],
  limits: readonly Limit[],
  local: Local,
  range: [number, number],
  width: number,
  style: Style,
  height = 260,
  before: Figure["ranges"] = new Map(),
): Figure {
  // A chart of nothing has its axes nevertheless.
  const shown = channels.length ? channels : [{ name: "", unit: "" }];
  const units = unitsOf(shown);
  const pixels = innerWidth(width, style.scale) / style.scale;
  const readings = shown.map((channel, nth): Reading => {
    const line = lineOf(history, channel, local, range, pixels);
    return { ...channel, line, nth, axis: axisName(axisOf(units, channel)) };
  });
  const seen = readings.filter(({ name }) => !local.hidden.has(name));
  const scales = units.map((unit, nth): Scale => {
    const axis = axisName(nth);
    const of = seen.filter((it) => it.axis === axis);
    return scaleOf(axis, unit, of, limits, local, before.get(axis));
  });
  const ranges = new Map(scales.map((it) => [it.axis, it.range]));
  const names = scales.map(({ axis, range: [low, high] }) => {
    const tall = scaleHeight(height, scales.length, style.scale);
    return nameTrace(
      seen.filter((it) => it.axis === axis),
      range[1],
      [low, high],
      tall,
      style,
    );
  });
  const margin = margins(
    scales,
    names.map(({ wide }) => wide),
    history.remarks.length > 0,
    width,
    style.scale,
  );
  const inner = Math.max(50, width - margin.l - margin.r);
  const remarks = remarkLines(history.remarks, range, inner, style);
  const limited = limitLines(limits, readings, ranges, style);
  return {
    data: [
      ...readings.flatMap((reading) => readingTraces(reading, style)),
      ...names.flatMap(({ traces }) => traces),
      ...commandTraces(history.commands.list, range, inner, style, remarks.pixels),
    ],
    layout: {
      ...layout(scales, range, inner, style),
      margin,
      shapes: [...limited.shapes, ...remarks.shapes],
      annotations: [...limited.annotations, ...remarks.annotations],
    },
    ranges,
  };
}

/** The units that have an axis each: what a board has beyond that many shares the last one. */
export function unitsOf(channels: readonly Channel[]): string[] {
  return [...new Set(channels.map(({ unit }) => unit))].slice(0, MOST_AXES);
}

function axisOf(units: readonly string[], { unit }: Channel): number {
  return units.includes(unit) ? units.indexOf(unit) : units.length - 1;
}

/** A zoomed chart has as much again on both sides, for a drag to bring into sight. */
function lineOf(
  history: History,
  { name }: Channel,
  { hidden, zoom }: Local,
  [from, to]: [number, number],
  inner: number,
): Line {
  const series = history.series.get(name);
  if (!series || hidden.has(name)) return { x: [], y: [], dots: { x: [], y: [] } };
  const more = zoom ? to - from : 0;
  return thin(series, history.breaks, from - more, to + more, zoom ? 3 * inner : inner);
}

/** What the user has zoomed an axis to, else what holds its readings and their limits. */
function scaleOf(
  axis: string,
  unit: string,
  readings: readonly Reading[],
  limits: readonly Limit[],
  { zoom }: Local,
  before?: Range,
): Scale {
  const lines = readings.map(({ line }) => line);
  const others = readings.flatMap(({ name }) => limitValues(limits, name));
  const range = zoom?.y[axis] ?? valueRange(lines, others, before);
  return { axis, unit, range, empty: !hasValues(lines, others) };
}
