/** The chart as Plotly's data and layout: pure, drawn by `chart.ts`. */
import type { Channel, Limit, Trigger } from "../contract";
import type { History } from "../data/history";
import { levelsOf } from "../data/pieces";
import { exact } from "../data/words";
import { shortened } from "../page/text";
import { LINE_COLOURS } from "../page/theme";
import * as axes from "./axes";
import { commandTraces, markLines } from "./marks";
import type { Overlay, Range, Reading, Style, Trace } from "./style";
import { forPlotly, note, textWidth } from "./style";
import { type Line, nothing, thin, type Values } from "./thin";
import type { Chosen } from "./zoom";

/** What a chart is drawn of: from one time to another, into an element of a size in pixels. */
export interface Scene {
  history: History;
  channels: readonly Channel[];
  limits: readonly Limit[];
  trigger: Trigger | null;
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
const DASHES = ["solid", "dash", "dot", "dashdot"];
const NAME_SIZE = 11;
const NAME_HEIGHT = 13;
const NAME_SPACE = 10;
const LONGEST_NAME = 14;

export function figure(scene: Scene, before: Figure["ranges"] = new Map()): Figure {
  const { history, limits, trigger, range, width, height, style } = scene;
  // A chart of nothing has its axes nevertheless.
  const channels = scene.channels.length ? scene.channels : [{ name: "", unit: "" }];
  const units = unitsOf(channels);
  const readings = channels.map((channel, nth): Reading => {
    const unit = units.indexOf(channel.unit);
    const axis = axes.axisName(unit < 0 ? units.length - 1 : unit);
    return { ...channel, line: lineOf(channel, scene), nth, axis };
  });
  const scales = units.map((unit, nth) => scaleOf(axes.axisName(nth), unit, readings, scene, before));
  const tall = axes.scaleHeight(height, scales.length, style.scale);
  const names = scales.map((it) => nameTrace(it, range[1], tall, style));
  const nameWidths = names.map((it) => it.width);
  const margin = axes.margins(scales, nameWidths, history.across.length > 0, width, style.scale);
  const axis = { range, width: Math.max(50, width - margin.l - margin.r), style };
  const marks = markLines(history.across, axis);
  const limited = limitLines(limits, readings, scales, style);
  const triggered = levelLines(trigger, readings, scales, style);
  return {
    data: [
      ...readings.flatMap((reading) => readingTraces(reading, style)),
      ...names.flatMap(({ traces }) => traces),
      ...commandTraces(history, axis, marks.pixels),
    ],
    layout: {
      ...axes.layout(scales, axis),
      width,
      height,
      margin,
      shapes: [...limited.shapes, ...triggered.shapes, ...marks.shapes],
      annotations: [...limited.annotations, ...triggered.annotations, ...marks.annotations],
    },
    ranges: new Map(scales.map((it) => [it.axis, it.range])),
  };
}

/** The units that have an axis each: what a board has beyond that many shares the last one. */
export function unitsOf(channels: readonly { unit: string }[]): string[] {
  return [...new Set(channels.map(({ unit }) => unit))].slice(0, MOST_AXES);
}

/** A zoomed chart has as much again on both sides, for a drag to bring into sight. */
function lineOf({ name, unit }: Channel, { history, chosen, range: [from, to], width, style }: Scene): Line {
  const series = history.series.get(name);
  if (!series || chosen.hidden.has(name)) return nothing();
  const pixels = axes.innerWidth(width, style.scale) / style.scale;
  const more = chosen.zoom ? to - from : 0;
  const line = thin(history, series, from - more, to + more, chosen.zoom ? 3 * pixels : pixels);
  return inPowers(unit, chosen) ? { ...line, y: line.y.map(axes.logOf), dots: logDots(line.dots) } : line;
}

const inPowers = (unit: string, { axes }: Chosen) => axes.get(unit)?.mode === "log";

function logDots({ x, y }: Line["dots"]): Line["dots"] {
  const there = y.map((value) => value > 0);
  return { x: x.filter((_, nth) => there[nth]), y: y.filter((_, nth) => there[nth]).map(Math.log10) };
}

/** An axis with its range: what the user has zoomed it to, else what holds its readings and their limits. */
function scaleOf(
  axis: string,
  unit: string,
  all: readonly Reading[],
  scene: Scene,
  before: Figure["ranges"],
): axes.Scale {
  const { chosen, limits, trigger } = scene;
  const readings = all.filter((it) => it.axis === axis && !chosen.hidden.has(it.name));
  const lines = readings.map(({ line }) => line);
  const log = inPowers(unit, chosen);
  const limited = readings.flatMap(({ name }) => [
    ...limitValues(limits, name),
    ...(trigger?.channel === name ? levelsOf(trigger) : []),
  ]);
  const held = log ? limited.map(axes.logOf).filter((it) => it !== null) : limited;
  const range = chosen.zoom?.y[axis] ?? rangeOf(unit, readings, held, scene, before.get(axis));
  const empty = held.length === 0 && lines.every(({ y }) => y.length === 0);
  const most = all.every((it) => it.axis === axis) ? 6 : 4;
  const ticks = empty ? { values: [], texts: [] } : (log ? axes.logTicks : axes.valueTicks)(range, most);
  return { axis, unit, readings, range, ticks, log };
}

/** An axis's range, in the way that is chosen for it. */
function rangeOf(
  unit: string,
  readings: Reading[],
  held: number[],
  { chosen, history }: Scene,
  before?: Range,
): Range {
  const { mode = "follow", range } = chosen.axes.get(unit) ?? {};
  if (range) return range;
  const lines = readings.map(({ line }) => line);
  if (mode === "zero") return axes.rangeWithZero(lines, held, before);
  return axes.valueRange(
    mode === "all" ? readings.map(({ name }) => wholeOf(name, history)) : lines,
    held,
    before,
  );
}

/** The least and the greatest of all that a channel has. */
function wholeOf(channel: string, { series }: History): Values {
  const it = series.get(channel);
  return { y: it?.size ? it.extremes(it.start, it.end).map((at) => it.value(at)) : [] };
}

/** How a channel's line looks: colours alone do not tell lines apart, and no two of the first 32 look the same. */
export function lookOf(nth: number): { colour: number; dash: number } {
  const dash = (Math.floor(nth / 2) + Math.floor(nth / LINE_COLOURS)) % DASHES.length;
  return { colour: nth % LINE_COLOURS, dash };
}

export function readingTraces({ name, line, nth, axis }: Reading, { lines, scale }: Style): Trace[] {
  const { colour, dash } = lookOf(nth);
  const color = lines[colour];
  const shared = {
    type: "scatter",
    yaxis: axis,
    name: forPlotly(name),
  };
  const drawn: Trace = {
    ...shared,
    x: line.x,
    y: line.y,
    mode: "lines",
    connectgaps: false,
    line: { color, width: 2 * scale, dash: DASHES[dash], simplify: false },
  };
  if (!line.dots.x.length) return [drawn];
  return [drawn, { ...shared, ...line.dots, mode: "markers", marker: { color, size: 5 * scale } }];
}

/** The names beside their lines' ends, where an axis has more lines than there are colours, and how wide they are. */
export function nameTrace({ axis, range, readings }: axes.Scale, end: number, height: number, style: Style) {
  const { lines, scale } = style;
  if (readings.length <= LINE_COLOURS) return { traces: [], width: 0 };
  const names = readings.map(({ name }) => shortened(name, LONGEST_NAME));
  const heights = readings.map(({ line }) => lastAt(line, end));
  const trace = {
    type: "scatter",
    yaxis: axis,
    name: "names",
    mode: "text",
    cliponaxis: false,
    x: names.map(() => end),
    y: apart(heights, range, (NAME_HEIGHT * scale) / height),
    text: names.map(forPlotly),
    textposition: "middle right",
    textfont: { size: NAME_SIZE * scale, color: readings.map(({ nth }) => lines[lookOf(nth).colour]) },
  };
  const width = Math.max(...names.map((name) => textWidth(name, NAME_SIZE))) + NAME_SPACE;
  return { traces: [trace], width: width * scale };
}

function lastAt({ x, y }: Line, end: number): number | null {
  const at = x.findLastIndex((time, nth) => time <= end && y[nth] !== null);
  return at < 0 ? null : y[at];
}

/** Heights near the given ones that are a share of the range apart from each other, and within it; null stays. */
export function apart(values: (number | null)[], [low, high]: Range, share: number): (number | null)[] {
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

export function limitValues(limits: readonly Limit[], channel: string): number[] {
  const found = limits.filter((it) => it.channel === channel).flatMap(({ low, high }) => [low, high]);
  return found.filter((value) => value !== null);
}

/** Where a channel is drawn, if it is. */
function placeOf(channel: string | undefined, readings: Reading[], scales: axes.Scale[]) {
  const reading = readings.find(({ name }) => name === channel);
  const drawn = scales.find(({ axis }) => axis === reading?.axis);
  return reading && drawn ? { ...drawn, unit: reading.unit } : null;
}

type Level = { axis: string; at: number; words: string; yanchor: string; color: string; dash: string };

/** A line at a height of an axis, and its words beside. */
function level(
  { axis, at, words, yanchor, color, dash }: Level,
  scale: number,
): [shape: Trace, words: Trace] {
  const line = { color, width: 1.5 * scale, dash };
  const where = { xref: "paper", x: 0, xanchor: "left", yref: axis, y: at, yanchor };
  return [
    { type: "line", xref: "paper", x0: 0, x1: 1, yref: axis, y0: at, y1: at, line },
    note(where, words.trim(), color, scale),
  ];
}

/** The channels' limits: a dashed line with its words, and what lies beyond it tinted. */
export function limitLines(
  limits: readonly Limit[],
  readings: Reading[],
  scales: axes.Scale[],
  style: Style,
) {
  const { bad, scale } = style;
  const found: Overlay = { shapes: [], annotations: [] };
  for (const { channel, low, high } of limits) {
    const drawn = placeOf(channel, readings, scales);
    if (!drawn) continue;
    const { axis, unit, range, log } = drawn;
    const far = 10 * (range[1] - range[0]); // for a drag to bring into sight
    const place = log ? axes.logOf : (value: number | null) => value;
    const draw = (value: number, at: number, beyond: number, word: string, yanchor: string) => {
      const words = `${word} ${value} ${unit}`;
      const [line, said] = level({ axis, at, words, yanchor, color: bad, dash: "dash" }, scale);
      const tint = { fillcolor: bad, opacity: 0.08, line: { width: 0 }, layer: "below" };
      found.shapes.push(line, { ...line, ...tint, type: "rect", y1: beyond });
      found.annotations.push(said);
    };
    const [below, above] = [place(low), place(high)];
    if (above !== null) draw(high!, above, Math.max(above, range[1]) + far, "above", "bottom");
    if (below !== null) draw(low!, below, Math.min(below, range[0]) - far, "below", "top");
  }
  return found;
}

/** A trigger's levels: a line each with its words, where its channel is drawn. */
function levelLines(
  trigger: Trigger | null,
  readings: Reading[],
  scales: axes.Scale[],
  { soft, scale }: Style,
): Overlay {
  const drawn = placeOf(trigger?.channel, readings, scales);
  const found: Overlay = { shapes: [], annotations: [] };
  if (!trigger || !drawn) return found;
  const { axis, unit, log } = drawn;
  for (const value of levelsOf(trigger)) {
    const at = log ? axes.logOf(value) : value;
    if (at === null) continue;
    const words = `trigger ${exact(value)} ${unit}`;
    const [line, said] = level({ axis, at, words, yanchor: "bottom", color: soft, dash: "longdash" }, scale);
    found.shapes.push(line);
    found.annotations.push(said);
  }
  return found;
}
