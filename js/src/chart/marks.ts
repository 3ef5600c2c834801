/** What stands along the time axis: commands, with when each was answered, what else was done, and users' marks. */
import type { Command } from "../data/commands";
import type { Deed, History, Moment } from "../data/history";
import { first } from "../data/sorted";
import { outcomeWord } from "../data/words";
import { plain, shortened } from "../page/text";
import { COMMANDS_AXIS } from "./axes";
import { FONT_SIZE, forPlotly, note, type Overlay, type TimeAxis, type Trace, textWidth } from "./style";

const SYMBOLS = {
  sent: "triangle-up-open",
  answered: "triangle-up",
  failed: "x-thin-open",
  done: "diamond-open",
};
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

type Stretch = [start: number, end: number];
const NOWHERE: Stretch = [Number.NEGATIVE_INFINITY, 0];

/** Room for words along an axis so many pixels wide, with lines across it that no word may cover. */
function placesIn(width: number, lines: readonly number[]) {
  const taken: Stretch[] = [];
  const free = ([start, end]: Stretch): boolean => {
    if (start < 0 || end > width || lines.some((at) => at > start + 1 && at < end - 1)) return false;
    return taken.every(([from, to]) => end <= from || start >= to);
  };
  /** Takes the first of several stretches that is free, and gives its position among them, or -1. */
  const take = (stretches: readonly Stretch[]): number => {
    const found = stretches.findIndex(free);
    if (found >= 0) taken.push(stretches[found]);
    return found;
  };
  return { free, take };
}

function pixelsAt(time: number, { range: [from, to], width }: TimeAxis): number {
  return ((time - from) / (to - from)) * width;
}

/** What is seen, newest first, with its pixels. Of what would hide each other the newest stays. */
function* seen<T>(items: readonly T[], timeOf: (item: T) => number, axis: TimeAxis, apart: number) {
  let free = Number.POSITIVE_INFINITY;
  for (let at = items.length - 1; at >= 0 && timeOf(items[at]) >= axis.range[0]; at--) {
    const pixels = pixelsAt(timeOf(items[at]), axis);
    if (pixels > axis.width || pixels > free - apart * axis.style.scale) continue;
    free = pixels;
    yield [items[at], pixels] as const;
  }
}

type End = { at: number; look: keyof typeof SYMBOLS };
/** What has a place below the readings: its words, and where it begins and ends. */
type Entry = { text: string; ends: [End, ...End[]] };

function ofCommand({ name, sent, settled, outcome }: Command): Entry {
  const text = `${plain(name)} ${outcomeWord(outcome)}`.trim();
  const failed = outcome.kind === "unanswered" || outcome.kind === "refused";
  const begin: End = { at: sent, look: failed ? "failed" : "sent" };
  return { text, ends: outcome.kind === "answered" ? [begin, { at: settled, look: "answered" }] : [begin] };
}

const ofDeed = ({ time, text }: Deed): Entry => ({
  text: shortened(text, LONGEST_MARK),
  ends: [{ at: time, look: "done" }],
});

/** Commands and deeds on an axis with lines across it: ends for sent and answered, labels where there is room. */
export function commandMarks(
  commands: readonly Command[],
  axis: TimeAxis,
  lines: readonly number[] = [],
  deeds: readonly Deed[] = [],
) {
  const ends: End[] = [];
  const labels: { at: number; text: string; side: (typeof SIDES)[number] }[] = [];
  const places = placesIn(axis.width, lines);
  const shown = <T>(all: readonly T[], time: (it: T) => number) =>
    all.slice(first(0, all.length, (at) => time(all[at]) >= axis.range[0]));
  const entries = [
    ...shown(commands, (it) => it.sent).map(ofCommand),
    ...shown(deeds, (it) => it.time).map(ofDeed),
  ];
  if (deeds.length) entries.sort((a, b) => a.ends[0].at - b.ends[0].at);
  const all = entries.map((it) => pixelsAt(it.ends[0].at, axis));
  const others = placesIn(axis.width, all);
  for (const [entry, middle] of seen(entries, (it) => it.ends[0].at, axis, COMMANDS_APART)) {
    const { text } = entry;
    const wide = (textWidth(text, LABEL_SIZE) + LABEL_SPACE) * axis.style.scale;
    // Beside its own mark a word must not stand above another's.
    const clear = (it: Stretch) => (others.free(it) ? it : NOWHERE);
    const beside = [clear([middle, middle + wide]), clear([middle - wide, middle])];
    const side = places.take([[middle - wide / 2, middle + wide / 2], ...beside]);
    if (side >= 0) labels.push({ at: entry.ends[0].at, text, side: SIDES[side] });
    ends.push(...entry.ends);
  }
  return { ends, labels };
}

export function commandTraces(
  { commands, deeds }: Pick<History, "commands" | "deeds">,
  axis: TimeAxis,
  lines: number[],
): Trace[] {
  const { good, bad, soft, scale } = axis.style;
  const { ends, labels } = commandMarks(commands.list, axis, lines, deeds);
  const colours = { sent: good, answered: good, failed: bad, done: soft };
  const color = ends.map(({ look }) => colours[look]);
  const trace = (name: string, x: (number | null)[], y: number, more: Trace): Trace => {
    return { type: "scatter", yaxis: COMMANDS_AXIS, cliponaxis: false, name, x, y: x.map(() => y), ...more };
  };
  const times = ends.map(({ at }) => at);
  const points = trace("commands", times, HEIGHT, {
    mode: "markers",
    marker: {
      symbol: ends.map(({ look }) => SYMBOLS[look]),
      color,
      size: 9 * scale,
      line: { width: 1.5 * scale, color },
    },
  });
  // A trace of its own: in a trace of marks, Plotly gives a text to the wrong mark when others have none.
  const places = labels.map(({ at }) => at);
  const words = trace("labels", places, ABOVE, {
    mode: "text",
    text: labels.map(({ text }) => forPlotly(text)),
    textposition: labels.map(({ side }) => `top ${side}`),
    textfont: { size: LABEL_SIZE * scale, color: soft },
  });
  const trips = ends.flatMap(({ at, look }, nth) =>
    look === "answered" ? [ends[nth - 1].at, at, null] : [],
  );
  if (!trips.length) return [points, words];
  const line = { color: good, width: 2 * scale };
  return [points, words, trace("round trips", trips, HEIGHT, { mode: "lines", line })];
}

/** A line across the chart for each mark, and its words above, on the side where there is room; `pixels` are the lines'. */
export function markLines(marks: readonly Moment[], axis: TimeAxis): Overlay & { pixels: number[] } {
  const { soft, ink, scale } = axis.style;
  const shown = [...seen(marks, (it) => it.time, axis, MARKS_APART)];
  const pixels = shown.map(([, at]) => at);
  const places = placesIn(axis.width, pixels);
  const annotations = shown.flatMap(([mark, at]): Trace[] => {
    const text = shortened(mark.text, LONGEST_MARK);
    const wide = (textWidth(text, FONT_SIZE) + MARK_SPACE) * scale;
    const words = (start: number): Stretch => [start, start + wide];
    const side = places.take([words(at), words(at - wide)]);
    if (side < 0) return [];
    const place = { x: mark.time, y: 1, yref: "paper", yanchor: "bottom", xanchor: ["left", "right"][side] };
    return [note(place, text, ink, scale)];
  });
  const line = { color: soft, width: 1.2 * scale, dash: "dot" };
  const across = { type: "line", y0: 0, y1: 1, yref: "paper", line };
  return { shapes: shown.map(([{ time }]) => ({ ...across, x0: time, x1: time })), annotations, pixels };
}
