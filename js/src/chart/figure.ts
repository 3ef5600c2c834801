/** The chart as Plotly's data and layout: pure, drawn by `chart.ts`. */
import type { Channel, Limit } from "../contract";
import type { History } from "../data/history";
import * as axes from "./axes";
import { commandTraces, markLines } from "./marks";
import { limitLines, limitValues, nameTrace, readingTraces } from "./readings";
import type { Range, Reading, Style, Trace } from "./style";
import { type Line, thin } from "./thin";
import type { Chosen } from "./zoom";

/** What a chart is drawn of: from one time to another, into an element of a size in pixels. */
export interface Scene {
  history: History;
  channels: readonly Channel[];
  limits: readonly Limit[];
  chosen: Chosen;
  range: Range;
  width: number;
  height: number;
  style: Style;
}

export interface Figure {
  data: Trace[];
  layout: Record<string, unknown>;
  /** The ranges of the axes of values, for the next figure to keep while they fit. */
  ranges: ReadonlyMap<string, Range>;
}

const MOST_AXES = 6;

export function figure(scene: Scene, before: Figure["ranges"] = new Map()): Figure {
  const { history, limits, range, width, height, style } = scene;
  // A chart of nothing has its axes nevertheless.
  const channels = scene.channels.length ? scene.channels : [{ name: "", unit: "" }];
  const units = unitsOf(channels);
  const readings = channels.map((channel, nth): Reading => {
    const unit = units.indexOf(channel.unit);
    const axis = axes.axisName(unit < 0 ? units.length - 1 : unit);
    return { ...channel, line: lineOf(channel.name, scene), nth, axis };
  });
  const scales = units.map((unit, nth) => scaleOf(axes.axisName(nth), unit, readings, scene, before));
  const tall = axes.scaleHeight(height, scales.length, style.scale);
  const names = scales.map((it) => nameTrace(it, range[1], tall, style));
  const nameWidths = names.map((it) => it.width);
  const margin = axes.margins(scales, nameWidths, history.marks.length > 0, width, style.scale);
  const axis = { range, width: Math.max(50, width - margin.l - margin.r), style };
  const marks = markLines(history.marks, axis);
  const limited = limitLines(limits, readings, scales, style);
  return {
    data: [
      ...readings.flatMap((reading) => readingTraces(reading, style)),
      ...names.flatMap(({ traces }) => traces),
      ...commandTraces(history.commands.list, axis, marks.pixels),
    ],
    layout: {
      ...axes.layout(scales, axis),
      width,
      height,
      margin,
      shapes: [...limited.shapes, ...marks.shapes],
      annotations: [...limited.annotations, ...marks.annotations],
    },
    ranges: new Map(scales.map((it) => [it.axis, it.range])),
  };
}

/** The units that have an axis each: what a board has beyond that many shares the last one. */
export function unitsOf(channels: readonly { unit: string }[]): string[] {
  return [...new Set(channels.map(({ unit }) => unit))].slice(0, MOST_AXES);
}

/** A zoomed chart has as much again on both sides, for a drag to bring into sight. */
function lineOf(channel: string, { history, chosen, range: [from, to], width, style }: Scene): Line {
  const series = history.series.get(channel);
  if (!series || chosen.hidden.has(channel)) return { x: [], y: [], dots: { x: [], y: [] } };
  const pixels = axes.innerWidth(width, style.scale) / style.scale;
  const more = chosen.zoom ? to - from : 0;
  return thin(history, series, from - more, to + more, chosen.zoom ? 3 * pixels : pixels);
}

/** An axis with its range: what the user has zoomed it to, else what holds its readings and their limits. */
function scaleOf(
  axis: string,
  unit: string,
  all: readonly Reading[],
  { chosen, limits }: Scene,
  before: Figure["ranges"],
): axes.Scale {
  const readings = all.filter((it) => it.axis === axis && !chosen.hidden.has(it.name));
  const lines = readings.map(({ line }) => line);
  const held = readings.flatMap(({ name }) => limitValues(limits, name));
  const range = chosen.zoom?.y[axis] ?? axes.valueRange(lines, held, before.get(axis));
  const empty = held.length === 0 && lines.every(({ y }) => y.length === 0);
  const alone = all.every((it) => it.axis === axis);
  const ticks = empty ? { values: [], texts: [] } : axes.valueTicks(range, alone ? 6 : 4);
  return { axis, unit, readings, range, ticks };
}
