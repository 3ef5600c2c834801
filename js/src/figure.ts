/** The chart as Plotly's data and layout: pure, drawn by `chart.ts`. */
import type { Channel } from "./contract";
import type { History } from "./history";
import type { Local } from "./local";
import { marks } from "./markers";
import { forPlotly } from "./text";
import { type Line, thin } from "./thin";

export interface Colours {
  lines: string[];
  grid: string;
  soft: string;
  ink: string;
  ground: string;
  good: string;
  bad: string;
}

export interface Figure {
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
}

interface Drawn extends Channel {
  line: Line;
  colour: string;
  dash: string;
  axis: string;
}

const MARGIN = { l: 46, r: 14, t: 10, b: 26 };
const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
const DASHES = ["solid", "dash", "dot", "dashdot"];
/** The share of the height that the commands' marks have to themselves. */
const STRIP = 0.16;
const BETWEEN = 0.09;
const LONGEST_UNIT = 12;
const PIXELS_PER_TICK = 85;

/** Draws from one time to another into an element of a width in pixels. */
export function figure(
  history: History,
  channels: Channel[],
  local: Local,
  range: [number, number],
  width: number,
  colours: Colours,
): Figure {
  const [from, to] = range;
  const inner = Math.max(50, width - MARGIN.l - MARGIN.r);
  const margin = local.zoom ? to - from : 0; // what a drag may bring into sight
  const units = channels.length ? [...new Set(channels.map(({ unit }) => unit))] : [""];
  const drawn = channels.flatMap((channel, nth): Drawn[] => {
    const series = history.series.get(channel.name);
    if (!series || local.hidden.has(channel.name)) return [];
    const line = thin(series, history.breaks, from - margin, to + margin, inner * (local.zoom ? 3 : 1));
    const at = units.indexOf(channel.unit);
    return [
      {
        ...channel,
        line,
        colour: colours.lines[nth % colours.lines.length],
        dash: DASHES[Math.floor(nth / 2) % DASHES.length],
        axis: axisName(at),
      },
    ];
  });
  return {
    data: [...drawn.flatMap(traces), ...commandTraces(history, range, inner, colours)],
    layout: layout(units, drawn, local, range, inner, colours),
  };
}

function axisName(nth: number): string {
  return nth === 0 ? "y" : `y${nth + 2}`;
}

function traces({ name, unit, line, colour, dash, axis }: Drawn): Record<string, unknown>[] {
  const shared = {
    type: "scatter",
    yaxis: axis,
    name: forPlotly(name),
    hovertemplate: `%{y:.4~g} ${forPlotly(unit)}<extra></extra>`,
  };
  return [
    {
      ...shared,
      x: line.x,
      y: line.y,
      mode: "lines",
      connectgaps: false,
      line: { color: colour, width: 2, dash, simplify: false },
    },
    { ...shared, ...line.dots, mode: "markers", marker: { color: colour, size: 5 } },
  ];
}

/** On an axis `y2` of their own, below the readings: a stroke from sent to answered, an end for each, and a label. */
function commandTraces(
  history: History,
  [from, to]: [number, number],
  inner: number,
  colours: Colours,
): Record<string, unknown>[] {
  const found = marks(history.commands.list, from, to, inner);
  const at = (x: unknown[], height = 0.2) => x.map(() => height);
  const shared = { type: "scatter", yaxis: "y2", hoverinfo: "x" };
  const marker = (name: string, x: number[], style: Record<string, unknown>) => ({
    ...shared,
    name,
    x,
    y: at(x),
    mode: "markers",
    marker: style,
  });
  return [
    {
      ...shared,
      name: "round trip",
      x: found.trips.x,
      y: at(found.trips.x),
      mode: "lines",
      hoverinfo: "skip",
      line: { color: colours.good, width: 2 },
    },
    marker("sent", found.sent.x, {
      symbol: "triangle-up-open",
      size: 9,
      color: colours.good,
      line: { width: 1.5 },
    }),
    marker("answered", found.answered.x, { symbol: "triangle-up", size: 9, color: colours.good }),
    marker("no answer", found.failed.x, {
      symbol: "x-thin-open",
      size: 8,
      color: colours.bad,
      line: { width: 2 },
    }),
    {
      ...shared,
      name: "commands",
      x: found.labels.x,
      y: at(found.labels.x, 0.42),
      mode: "text",
      text: found.labels.text.map(forPlotly),
      hoverinfo: "skip",
      textposition: "top center",
      textfont: { size: 11, color: colours.soft },
      cliponaxis: false,
    },
  ];
}

function layout(
  units: string[],
  drawn: Drawn[],
  local: Local,
  range: [number, number],
  inner: number,
  colours: Colours,
): Record<string, unknown> {
  const axis = { gridcolor: colours.grid, linecolor: colours.grid, zeroline: false, automargin: false };
  const height = (1 - STRIP - BETWEEN * (units.length - 1)) / Math.max(1, units.length);
  const axes = units.map((unit, nth) => {
    const bottom = STRIP + (units.length - 1 - nth) * (height + BETWEEN);
    const lines = drawn.filter((it) => it.axis === axisName(nth));
    const fitted = local.zoom?.y[axisName(nth)] ?? valueRange(lines.map(({ line }) => line));
    return [
      axisName(nth).replace("y", "yaxis"),
      {
        ...axis,
        domain: [bottom, bottom + height],
        range: fitted,
        nticks: units.length > 1 ? 4 : 6,
        title: { text: forPlotly(unit.slice(0, LONGEST_UNIT)), standoff: 4 },
      },
    ];
  });
  return {
    uirevision: "kept",
    margin: MARGIN,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: FONT, size: 12, color: colours.soft },
    hoverlabel: {
      bgcolor: colours.ground,
      bordercolor: colours.grid,
      font: { family: FONT, size: 12, color: colours.ink },
    },
    showlegend: false,
    hovermode: "closest",
    dragmode: "zoom",
    xaxis: {
      ...axis,
      type: "date",
      range,
      anchor: "y2",
      hoverformat: "%H:%M:%S.%L",
      nticks: Math.max(2, Math.floor(inner / PIXELS_PER_TICK)),
      tickangle: 0,
      tickformatstops: TICKS,
    },
    yaxis2: { domain: [0, STRIP], range: [0, 1], visible: false, fixedrange: true },
    ...Object.fromEntries(axes),
  };
}

/** Times alone within a day; a date only where the chart is longer than that. */
const TICKS = [
  { dtickrange: [null, 1000], value: "%H:%M:%S.%L" },
  { dtickrange: [1000, 60_000], value: "%H:%M:%S" },
  { dtickrange: [60_000, 86_400_000], value: "%H:%M" },
  { dtickrange: [86_400_000, null], value: "%d %b" },
];

/** A range around the values that moves in steps, so that the axis is calm. */
export function valueRange(lines: Line[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { y } of lines)
    for (const value of y) {
      if (value === null) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  if (low > high) return [0, 1];
  const least = Math.max(Math.abs(low), Math.abs(high)) * 0.02 || 1;
  const room = Math.max(0, least - (high - low)) / 2;
  const step = 10 ** Math.floor(Math.log10(Math.max(high - low, least))) / 5;
  const pad = step / 4;
  return [Math.floor((low - room - pad) / step) * step, Math.ceil((high + room + pad) / step) * step];
}
