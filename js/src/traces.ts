/** Plotly's traces for the readings and for the commands. */
import type { Command } from "./commands";
import type { Channel } from "./contract";
import { marks } from "./markers";
import { forPlotly } from "./text";
import type { Line } from "./thin";

export type Trace = Record<string, unknown>;

export interface Colours {
  lines: string[];
  grid: string;
  soft: string;
  ink: string;
  ground: string;
  good: string;
  bad: string;
}

/** A channel's line and where it is drawn. */
export interface Reading extends Channel {
  line: Line;
  nth: number;
  axis: string;
}

/** Every second channel has another dash: colours alone do not tell lines apart. */
const DASHES = ["solid", "dash", "dot", "dashdot"];

/** A channel's line, and its dots. */
export function readingTraces({ name, unit, line, nth, axis }: Reading, { lines }: Colours): Trace[] {
  const color = lines[nth % lines.length];
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
      line: { color, width: 2, dash: DASHES[Math.floor(nth / 2) % DASHES.length], simplify: false },
    },
    { ...shared, ...line.dots, mode: "markers", marker: { color, size: 5 } },
  ];
}

/** On an axis `y2` of their own, below the readings: a stroke from sent to answered, an end for each, and a label. */
export function commandTraces(
  commands: readonly Command[],
  [from, to]: [number, number],
  inner: number,
  colours: Colours,
): Trace[] {
  const found = marks(commands, from, to, inner);
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
