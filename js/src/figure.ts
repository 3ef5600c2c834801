/** The chart as Plotly's data and layout: pure, drawn by `chart.ts`. */
import type { Channel, Limit } from "./contract";
import type { History } from "./history";
import { limitLines, limitValues } from "./limits";
import type { Local } from "./local";
import { remarkLines } from "./remarks";
import { forPlotly } from "./text";
import { type Line, thin } from "./thin";
import {
  commandTraces,
  FONT_SIZE,
  MARKS_AXIS,
  type Reading,
  readingTraces,
  type Style,
  type Trace,
} from "./traces";
import { timeTicks } from "./zone";

export interface Figure {
  data: Trace[];
  layout: Record<string, unknown>;
}

const MARGIN = { l: 46, r: 28, t: 10, b: 26 };
/** The room for the words of marks, above the readings. */
const WORDS = 12;
const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
/** The share of the height that the commands' marks have to themselves. */
const STRIP = 0.16;
const BETWEEN = 0.09;
/** What each further unit adds to the chart's height, as a share of that with one; `panel.css` has it, too. */
const FURTHER = 0.4;
const LONGEST_UNIT = 12;
const MOST_AXES = 6;

/** Draws from one time to another into an element of a width in pixels. */
export function figure(
  history: History,
  channels: Channel[],
  limits: readonly Limit[],
  local: Local,
  range: [number, number],
  width: number,
  style: Style,
): Figure {
  const { scale } = style;
  const inner = innerWidth(width, scale);
  // A chart of nothing has its axes nevertheless.
  const shown = channels.length ? channels : [{ name: "", unit: "" }];
  const units = unitsOf(shown);
  const readings = shown.map((channel, nth): Reading => {
    const line = lineOf(history, channel, local, range, inner / scale);
    return { ...channel, line, nth, axis: axisName(axisOf(units, channel)) };
  });
  const ranges = new Map(
    units.map((_, nth) => [axisName(nth), fitted(axisName(nth), readings, limits, local)]),
  );
  const lines = [
    limitLines(limits, readings, ranges, style),
    remarkLines(history.remarks, range, inner, style),
  ];
  return {
    data: [
      ...readings.flatMap((reading) => readingTraces(reading, style)),
      ...commandTraces(history.commands.list, range, inner, style),
    ],
    layout: {
      ...layout(units, ranges, range, inner, style),
      margin: margin(history.remarks.length > 0, scale),
      shapes: lines.flatMap(({ shapes }) => shapes),
      annotations: lines.flatMap(({ annotations }) => annotations),
    },
  };
}

/** How many pixels of a chart's width its time axis has. */
export function innerWidth(width: number, scale: number): number {
  return Math.max(50, width - scale * (MARGIN.l + MARGIN.r));
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

function margin(words: boolean, scale: number): typeof MARGIN {
  const { l, r, t, b } = MARGIN;
  return { l: l * scale, r: r * scale, t: (words ? t + WORDS : t) * scale, b: b * scale };
}

/** `y2` is the marks'. */
function axisName(nth: number): string {
  return nth === 0 ? "y" : `y${nth + 2}`;
}

/** What the layout calls an axis. */
function layoutName(axis: string): string {
  return axis.replace("y", "yaxis");
}

/** An axis's range: what the user has zoomed to, else what holds the readings and their limits. */
function fitted(
  axis: string,
  readings: Reading[],
  limits: readonly Limit[],
  { zoom, hidden }: Local,
): [number, number] {
  const shown = readings.filter((it) => it.axis === axis && !hidden.has(it.name));
  const lines = shown.map(({ line }) => line);
  return (
    zoom?.y[axis] ??
    valueRange(
      lines,
      shown.flatMap(({ name }) => limitValues(limits, name)),
    )
  );
}

function layout(
  units: string[],
  ranges: ReadonlyMap<string, [number, number]>,
  range: [number, number],
  inner: number,
  style: Style,
): Record<string, unknown> {
  const axis = {
    gridcolor: style.grid,
    linecolor: style.grid,
    zeroline: false,
    automargin: false,
    tickangle: 0,
    ticklabeloverflow: "allow",
  };
  const tall = 1 + FURTHER * (units.length - 1);
  const [strip, between] = [STRIP / tall, BETWEEN / tall];
  const height = (1 - strip - between * (units.length - 1)) / units.length;
  const axes = units.map((unit, nth) => {
    const bottom = strip + (units.length - 1 - nth) * (height + between);
    return [
      layoutName(axisName(nth)),
      {
        ...axis,
        domain: [bottom, bottom + height],
        range: ranges.get(axisName(nth)),
        nticks: units.length > 1 ? 4 : 6,
        title: { text: forPlotly(unit.slice(0, LONGEST_UNIT)) },
      },
    ];
  });
  const { values, texts } = timeTicks(range, inner, style.scale);
  return {
    uirevision: "kept",
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: FONT, size: FONT_SIZE * style.scale, color: style.soft },
    hoverlabel: {
      bgcolor: style.ground,
      bordercolor: style.grid,
      font: { family: FONT, size: FONT_SIZE * style.scale, color: style.ink },
    },
    showlegend: false,
    hovermode: "closest",
    dragmode: "zoom",
    xaxis: {
      ...axis,
      // Not "date": that axis draws an hour that comes twice as one.
      type: "linear",
      range,
      anchor: MARKS_AXIS,
      tickvals: values,
      ticktext: texts,
    },
    [layoutName(MARKS_AXIS)]: {
      domain: [0, strip],
      range: [0, 1],
      visible: false,
      fixedrange: true,
    },
    ...Object.fromEntries(axes),
  };
}

const BEYOND = 0.08;

/** A range around the values, and others to be seen, that moves in steps, so that the axis is calm. */
export function valueRange(lines: Line[], others: number[] = []): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { y } of lines)
    for (const value of y) {
      if (value === null) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  const [least, most] = [Math.min(low, ...others), Math.max(high, ...others)];
  if (least > most) return [0, 1];
  // What lies beyond a limit is to be seen, too.
  const beyond = (most - least) * BEYOND;
  if (least < low) low = least - beyond;
  if (most > high) high = most + beyond;
  const narrowest = Math.max(Math.abs(low), Math.abs(high)) * 0.02 || 1;
  const room = Math.max(0, narrowest - (high - low)) / 2;
  const step = 10 ** Math.floor(Math.log10(Math.max(high - low, narrowest))) / 5;
  const pad = step / 4;
  return [Math.floor((low - room - pad) / step) * step, Math.ceil((high + room + pad) / step) * step];
}
