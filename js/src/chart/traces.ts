/** Plotly's traces for the readings and for the commands. */

import type { Channel } from "../contract";
import type { Command } from "../data/commands";
import { forPlotly } from "../page/text";
import { type Look, marks } from "./markers";
import type { Line } from "./thin";

/** Pixels, in a panel. */
export const FONT_SIZE = 12;

export type Trace = Record<string, unknown>;

/** Colours, and how large words and lines are. */
export interface Style {
  lines: string[];
  grid: string;
  soft: string;
  ink: string;
  ground: string;
  good: string;
  bad: string;
  /** By how much larger than in a panel. */
  scale: number;
}

/** A channel's line and where it is drawn. */
export interface Reading extends Channel {
  line: Line;
  nth: number;
  axis: string;
}

export const COLOURS = 8;
const DASHES = ["solid", "dash", "dot", "dashdot"];

/** How a channel's line looks: colours alone do not tell lines apart, and no two of the first 32 look the same. */
export function lookOf(nth: number): { colour: number; dash: number } {
  return { colour: nth % COLOURS, dash: (Math.floor(nth / 2) + Math.floor(nth / COLOURS)) % DASHES.length };
}

/** A channel's line, and its dots. */
export function readingTraces({ name, unit, line, nth, axis }: Reading, { lines, scale }: Style): Trace[] {
  const { colour, dash } = lookOf(nth);
  const color = lines[colour];
  const shared = {
    type: "scatter",
    yaxis: axis,
    name: forPlotly(name),
    hovertemplate: `%{y:.7~g} ${forPlotly(unit)}<br>%{x}<br>${forPlotly(name)}<extra></extra>`,
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

/** Whether a trace is of readings; the commands' marks have the axis below to themselves. */
export function isReading(trace: Trace): boolean {
  return trace.yaxis !== MARKS_AXIS;
}

export const MARKS_AXIS = "y2";
const ABOVE_MARKS = 0.38;

const SYMBOLS: Record<Look, string> = {
  sent: "triangle-up-open",
  answered: "triangle-up",
  failed: "x-thin-open",
};

/** On an axis of their own, below the readings: an end for sent and answered, a label, a stroke between. */
export function commandTraces(
  commands: readonly Command[],
  [from, to]: [number, number],
  inner: number,
  { good, bad, soft, scale }: Style,
  lines: readonly number[] = [],
): Trace[] {
  const { x, looks, hints, labels, trips } = marks(commands, from, to, inner, scale, lines);
  const at = (points: unknown[], height = 0.25) => points.map(() => height);
  const shared = { type: "scatter", yaxis: MARKS_AXIS, cliponaxis: false };
  const color = looks.map((look) => (look === "failed" ? bad : good));
  const ends = {
    ...shared,
    name: "commands",
    x,
    y: at(x),
    mode: "markers",
    hovertext: hints.map(forPlotly),
    hovertemplate: "%{hovertext}<br>%{x}<extra></extra>",
    marker: {
      symbol: looks.map((look) => SYMBOLS[look]),
      color,
      size: 9 * scale,
      line: { width: 1.5 * scale, color },
    },
  };
  // A trace of its own: in a trace of marks, Plotly gives a text to the wrong mark when others have none.
  const words = {
    ...shared,
    name: "labels",
    x: labels.x,
    y: at(labels.x, ABOVE_MARKS),
    mode: "text",
    hoverinfo: "skip",
    text: labels.text.map(forPlotly),
    textposition: labels.side.map((side) => `top ${side}`),
    textfont: { size: 11 * scale, color: soft },
  };
  if (!trips.length) return [ends, words];
  const line = { color: good, width: 2 * scale };
  return [
    ends,
    words,
    { ...shared, name: "round trips", x: trips, y: at(trips), mode: "lines", hoverinfo: "skip", line },
  ];
}
