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
import { FONT_SIZE, forPlotly, note, textWidth } from "./style";
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
const LINE_HEIGHT = 17; // pixels of a level's words
const NAME_SIZE = 11;
const NAME_HEIGHT = 13;
const NAME_SPACE = 10;
const LONGEST_NAME = 14;

export function figure(scene: Scene, before: Figure["ranges"] = new Map()): Figure {
  const { history, range, width, height, style } = scene;
  // A chart of nothing has its axes nevertheless, which Plotly makes for a trace.
  const nothingYet = scene.channels.every((it) => isUnheard(it, history));
  const channels = nothingYet ? [{ name: "", unit: "" }] : scene.channels;
  const units = unitsOf(channels, history);
  const readings = channels.flatMap((channel, nth): Reading | [] => {
    if (isUnheard(channel, history)) return [];
    const axis = units.findIndex((those) => those.includes(channel.unit));
    const line = lineOf(channel.name, units[axis][0], scene);
    return { ...channel, line, nth, axis: axes.axisName(axis) };
  });
  const levels = levelsIn(scene);
  const tall = axes.scaleHeight(height, units.length, style.scale);
  const scales = units.map((those, nth) =>
    scaleOf(axes.axisName(nth), those, readings, levels, tall, scene, before),
  );
  const names = scales.map((it) => nameTrace(it, range[1], tall, style));
  const nameWidths = names.map((it) => it.width);
  const margin = axes.margins(scales, nameWidths, history.across.length > 0, width, style.scale);
  const axis = { range, width: Math.max(50, width - margin.l - margin.r), style };
  const marks = markLines(history.across, axis);
  const { shapes, annotations } = levelLines(levels, readings, scales, tall, style);
  return {
    data: [
      ...readings.flatMap((reading) => readingTraces(reading, style)),
      ...names.flatMap(({ traces }) => traces),
      ...commandTraces(history, axis, marks.pixels),
    ],
    layout: {
      ...axes.layout(scales, axis, height),
      width,
      height,
      margin,
      shapes: [...shapes, ...marks.shapes],
      annotations: [...annotations, ...marks.annotations],
    },
    ranges: new Map(scales.map((it) => [it.axis, it.range])),
  };
}

/** The units of each axis, which goes by its first: what a board has beyond so many axes shares the last one. */
export function unitsOf(channels: readonly Channel[], history: History): string[][] {
  const drawn = channels.filter((it) => !isUnheard(it, history));
  const units = [...new Set(drawn.map(({ unit }) => unit))];
  const found: string[][] = units.slice(0, MOST_AXES).map((unit) => [unit]);
  found.at(-1)?.push(...units.slice(MOST_AXES));
  return found;
}

/** Whether a channel is derived by what fails, or has not begun: an axis would be empty, perhaps for good. */
function isUnheard({ name, derived }: Channel, { series }: History): boolean {
  return derived !== undefined && !series.get(name)?.size;
}

/** A zoomed chart has as much again on both sides, for a drag to bring into sight. */
function lineOf(
  name: string,
  unit: string,
  { history, chosen, range: [from, to], width, style }: Scene,
): Line {
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
  units: readonly string[],
  all: readonly Reading[],
  levels: Level[],
  tall: number,
  scene: Scene,
  before: Figure["ranges"],
): axes.Scale {
  const { chosen, style } = scene;
  const [unit] = units;
  const readings = all.filter((it) => it.axis === axis && !chosen.hidden.has(it.name));
  const lines = readings.map(({ line }) => line);
  const log = inPowers(unit, chosen);
  const values = levels.flatMap(({ channel, value }) =>
    readings.some(({ name }) => name === channel) ? [log ? axes.logOf(value) : value] : [],
  );
  const held = values.filter((it) => it !== null);
  const range = chosen.zoom?.y[axis] ?? rangeOf(unit, readings, held, scene, before.get(axis));
  const empty = held.length === 0 && lines.every(({ y }) => y.length === 0);
  const most = all.every((it) => it.axis === axis) ? 6 : 4;
  const ticks = empty ? { values: [], texts: [] } : axes.ticksFor(range, log, most, tall, style.scale);
  const title = axes.titleOf(units, tall, style.scale);
  return { axis, title, readings, range, ticks, log };
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
function nameTrace({ axis, range, readings }: axes.Scale, end: number, height: number, style: Style) {
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

/** A value of a channel at which a line is drawn; what is `beyond` it is tinted, above (1), below (-1), or nothing. */
type Level = { channel: string; value: number | null; words: string; beyond: number; look: Look };
type Look = { color: string; dash: string };

/** The channels' limits, and the levels of a trigger. */
function levelsIn({ limits, trigger, style }: Scene): Level[] {
  const [limit, level] = [
    { color: style.bad, dash: "dash" },
    { color: style.soft, dash: "longdash" },
  ];
  return [
    ...limits.flatMap(({ channel, low, high }) => [
      { channel, value: high, words: `above ${high}`, beyond: 1, look: limit },
      { channel, value: low, words: `below ${low}`, beyond: -1, look: limit },
    ]),
    ...(trigger ? levelsOf(trigger) : []).map((value) => {
      return { channel: trigger!.channel, value, words: `trigger ${exact(value)}`, beyond: 0, look: level };
    }),
  ];
}

/** A line at each level whose channel is drawn, with its words beside those of its height, and what lies beyond a limit tinted. */
function levelLines(
  levels: Level[],
  readings: Reading[],
  scales: axes.Scale[],
  tall: number,
  { scale }: Style,
): Overlay {
  const found: Overlay = { shapes: [], annotations: [] };
  const written: { axis: string; middle: number; right: number }[] = []; // in pixels, each a line high
  const high = LINE_HEIGHT * scale;
  for (const { channel, value, words, beyond, look } of levels) {
    const reading = readings.find(({ name }) => name === channel);
    const drawn = scales.find(({ axis }) => axis === reading?.axis);
    const at = drawn?.log ? axes.logOf(value) : value;
    if (!reading || !drawn || at === null) continue;
    const { axis: yref, range } = drawn;
    const line = { ...look, width: 1.5 * scale };
    const shape = { type: "line", xref: "paper", x0: 0, x1: 1, yref, y0: at, y1: at, line };
    found.shapes.push(shape);
    if (beyond) {
      const far = 10 * (range[1] - range[0]); // for a drag to bring into sight
      const y1 = beyond > 0 ? Math.max(at, range[1]) + far : Math.min(at, range[0]) - far;
      const tint = { fillcolor: look.color, opacity: 0.08, line: { width: 0 }, layer: "below" };
      found.shapes.push({ ...shape, ...tint, type: "rect", y1 });
    }
    const text = `${words} ${reading.unit}`.trim();
    const [yanchor, half] = beyond < 0 ? ["top", -high / 2] : ["bottom", high / 2];
    const middle = ((at - range[0]) / (range[1] - range[0])) * tall + half;
    const beside = written.filter((it) => it.axis === yref && Math.abs(it.middle - middle) < high);
    const xshift = Math.max(0, ...beside.map(({ right }) => right));
    written.push({ axis: yref, middle, right: xshift + textWidth(text, FONT_SIZE * scale) });
    const place = { xref: "paper", x: 0, xanchor: "left", xshift, yref, y: at, yanchor };
    found.annotations.push(note(place, text, look.color, scale));
  }
  return found;
}
