/** What stands along the time axis: the commands, with when each was answered, and the notebook's own marks. */

import type { Command } from "../data/commands";
import type { Mark } from "../data/history";
import { commandWord, milliseconds, outcomeWord } from "../data/words";
import { shortened } from "../page/text";
import { COMMANDS_AXIS } from "./axes";
import {
  FONT_SIZE,
  forPlotly,
  type Overlay,
  Places,
  type Range,
  type Style,
  type Trace,
  textWidth,
} from "./style";

const SYMBOLS = { sent: "triangle-up-open", answered: "triangle-up", failed: "x-thin-open" };
const SIDES = ["center", "right", "left"] as const;
const HEIGHT = 0.25;
const ABOVE = 0.38;
const LABEL_SIZE = 11;
const LABEL_SPACE = 10;
const LONGEST_MARK = 40;
const MARK_SPACE = 8;
/** Commands closer than this many pixels to a later one would hide under it, and marks' lines than that. */
const COMMANDS_APART = 5;
const MARKS_APART = 3;
/** A stretch that is never free. */
const NOWHERE: [number, number] = [Number.NEGATIVE_INFINITY, 0];

/** What is within a range, newest first, with its pixels. Of what would hide each other the newest stays. */
function* spaced<T>(
  items: readonly T[],
  time: (item: T) => number,
  pixelsOf: (time: number) => number,
  [from, to]: Range,
  least: number,
): Generator<[item: T, pixels: number]> {
  let free = Number.POSITIVE_INFINITY;
  for (let at = items.length - 1; at >= 0 && time(items[at]) >= from; at--) {
    const pixels = pixelsOf(time(items[at]));
    if (time(items[at]) > to || pixels > free - least) continue;
    free = pixels;
    yield [items[at], pixels];
  }
}

/**
 * The commands of a range on an axis so many pixels wide, drawn so much larger than in a panel, with lines across
 * it: ends for sent and answered, labels where there is room, and strokes between, with null between them.
 */
export function commandMarks(
  commands: readonly Command[],
  range: Range,
  width: number,
  scale = 1,
  lines: readonly number[] = [],
) {
  const found = {
    x: [] as number[],
    looks: [] as (keyof typeof SYMBOLS)[],
    hints: [] as string[],
    labels: { x: [] as number[], text: [] as string[], side: [] as (typeof SIDES)[number][] },
    trips: [] as (number | null)[],
  };
  const [from, to] = range;
  const pixels = (time: number) => ((time - from) / (to - from)) * width;
  const places = new Places(width, lines);
  const all = commands.map(({ sent }) => pixels(sent));
  const others = new Places(width, all);
  const end = (at: number, look: keyof typeof SYMBOLS, hint: string) => {
    found.x.push(at);
    found.looks.push(look);
    found.hints.push(hint);
  };
  for (const [command, middle] of spaced(commands, (it) => it.sent, pixels, range, COMMANDS_APART * scale)) {
    const { name, sent, settled, outcome } = command;
    const word = commandWord(name);
    const text = `${word.toLowerCase()} ${outcomeWord(outcome)}`.trim();
    const wide = (textWidth(text, LABEL_SIZE) + LABEL_SPACE) * scale;
    const beside: [number, number][] = [
      [middle, middle + wide],
      [middle - wide, middle],
    ];
    // Beside its own mark a word must not stand above another's.
    const clear = beside.map((it) => (others.free(it) ? it : NOWHERE));
    const side = places.take([[middle - wide / 2, middle + wide / 2], ...clear]);
    if (side >= 0) {
      found.labels.x.push(sent);
      found.labels.text.push(text);
      found.labels.side.push(SIDES[side]);
    }
    const failed = outcome.kind === "unanswered" || outcome.kind === "refused";
    end(sent, failed ? "failed" : "sent", failed ? `${word}: ${outcomeWord(outcome)}` : `${word}, sent`);
    if (outcome.kind !== "answered") continue;
    end(settled, "answered", `${word}, answered after ${milliseconds(outcome.latency)}`);
    found.trips.push(sent, settled, null);
  }
  return found;
}

export function commandTraces(
  commands: readonly Command[],
  range: Range,
  width: number,
  { good, bad, soft, scale }: Style,
  lines: readonly number[],
): Trace[] {
  const { x, looks, hints, labels, trips } = commandMarks(commands, range, width, scale, lines);
  const shared = { type: "scatter", yaxis: COMMANDS_AXIS, cliponaxis: false };
  const color = looks.map((look) => (look === "failed" ? bad : good));
  const ends = {
    ...shared,
    name: "commands",
    x,
    y: x.map(() => HEIGHT),
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
    y: labels.x.map(() => ABOVE),
    mode: "text",
    hoverinfo: "skip",
    text: labels.text.map(forPlotly),
    textposition: labels.side.map((side) => `top ${side}`),
    textfont: { size: LABEL_SIZE * scale, color: soft },
  };
  if (!trips.length) return [ends, words];
  const strokes = { x: trips, y: trips.map(() => HEIGHT), line: { color: good, width: 2 * scale } };
  return [ends, words, { ...shared, ...strokes, name: "round trips", mode: "lines", hoverinfo: "skip" }];
}

/** A line across the chart for each mark, and its words above, on the side where there is room; `pixels` are the lines'. */
export function markLines(
  marks: readonly Mark[],
  range: Range,
  width: number,
  { soft, ink, scale }: Style,
): Overlay & { pixels: number[] } {
  const [from, to] = range;
  const pixelsOf = (time: number) => ((time - from) / (to - from)) * width;
  const shown = [...spaced(marks, (it) => it.time, pixelsOf, range, MARKS_APART * scale)];
  const places = new Places(
    width,
    shown.map(([, pixels]) => pixels),
  );
  const line = { color: soft, width: 1.2 * scale, dash: "dot" };
  const font = { size: FONT_SIZE * scale, color: ink };
  const annotations = shown.flatMap(([mark, pixels]): Trace[] => {
    const text = shortened(mark.text, LONGEST_MARK);
    const wide = (textWidth(text, FONT_SIZE) + MARK_SPACE) * scale;
    const side = places.take([
      [pixels, pixels + wide],
      [pixels - wide, pixels],
    ]);
    if (side < 0) return [];
    const place = {
      x: mark.time,
      y: 1,
      yref: "paper",
      yanchor: "bottom",
      xanchor: side === 1 ? "right" : "left",
    };
    return [{ ...place, text: forPlotly(text), showarrow: false, font }];
  });
  const shapes = shown.map(([{ time }]) => ({
    type: "line",
    x0: time,
    x1: time,
    y0: 0,
    y1: 1,
    yref: "paper",
    line,
  }));
  return { shapes, annotations, pixels: shown.map(([, pixels]) => pixels) };
}
