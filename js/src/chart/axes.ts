/** Plotly's layout: axes one above the other, each with a range that its signal fills and with room for its words. */
import { type Ticks, timeTicks } from "../data/zone";
import { plain, shortened } from "../page/text";
import {
  axisOf,
  FONT_SIZE,
  forPlotly,
  ground,
  type Range,
  type Reading,
  type TimeAxis,
  textWidth,
} from "./style";
import type { Values } from "./thin";

/** An axis of values, named as a trace does: `y`, `y3`, … */
export type Scale = {
  axis: string;
  title: string[]; // its units, in lines
  readings: Reading[];
  range: Range;
  ticks: Ticks;
  log?: boolean; // whether the range is of exponents of ten
};

/** The room above and below the values, as a share of their span, and beyond a limit. */
const PAD = 0.05;
const BEYOND = 0.08;
/** A range moves in steps of about this share of the values' span, and is kept while they fill that share of it. */
const STEP = 1 / 8;
const FILLED = 0.5;
/** The least span: so many of the smallest steps in which the values are told, and such a share of them. */
const STEPS_SEEN = 4;
const SHARE_SEEN = 2e-4;
const MOST_DECIMALS = 12;
/** With more of them, and from there on, a number is written with an exponent. */
const WRITTEN_DECIMALS = 6;
const LARGE = 1e7;

/** Where a value is on an axis in powers of ten; null where there is no such place. */
export const logOf = (value: number | null) => (value !== null && value > 0 ? Math.log10(value) : null);

/** A range around values and zero, which is its edge unless there are values on either side. */
export function rangeWithZero(lines: readonly Values[], others: readonly number[], before?: Range): Range {
  const [low, high] = seen(lines, others);
  const [from, to] = valueRange([...lines, { y: [0] }], others, before);
  return [low < 0 ? from : 0, high > 0 ? to : 0];
}

/** A range around the values, and others to be seen; the one before is kept while it fits, so that the axis is calm. */
export function valueRange(lines: readonly Values[], others: readonly number[] = [], before?: Range): Range {
  const [low, high] = seen(lines, others);
  if (low > high) return [0, 1];
  const span = Math.max(high - low, leastSpan(low, high));
  const fits = before && before[0] <= low && before[1] >= high;
  if (fits && span >= FILLED * (before[1] - before[0])) return before;
  const [middle, half] = [(low + high) / 2, (0.5 + PAD) * span];
  const step = niceBelow(span * STEP);
  return [Math.floor((middle - half) / step) * step, Math.ceil((middle + half) / step) * step];
}

function seen(lines: readonly Values[], others: readonly number[]): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { y } of lines)
    for (const value of y) {
      if (value === null) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  const [least, most] = [Math.min(low, ...others), Math.max(high, ...others)];
  // What lies beyond a limit is to be seen, too.
  const beyond = (most - least) * BEYOND;
  return [least < low ? least - beyond : low, most > high ? most + beyond : high];
}

/** A smaller one would show nothing but the last decimal. */
function leastSpan(low: number, high: number): number {
  const decimals = (value: number) => {
    for (let at = 0; at < MOST_DECIMALS; at++) if (Number(value.toFixed(at)) === value) return at;
    return MOST_DECIMALS;
  };
  const finest = 10 ** -Math.max(decimals(low), decimals(high));
  return Math.max(STEPS_SEEN * finest, SHARE_SEEN * Math.max(Math.abs(low), Math.abs(high)));
}

/** The greatest of 1, 2, 5, 10, 20, … that is not above a length, whatever its size. */
function niceBelow(length: number): number {
  const power = 10 ** Math.floor(Math.log10(length));
  return ([5, 2].find((it) => it * power <= length) ?? 1) * power;
}

function niceAbove(length: number): number {
  const power = 10 ** Math.floor(Math.log10(length));
  return ([1, 2, 5].find((it) => it * power >= length) ?? 10) * power;
}

/** At most so many ticks for a range, and as many again on both sides, for a drag to bring into sight. */
export function valueTicks([from, to]: Range, most: number): Ticks {
  const step = niceAbove((to - from) / most);
  const first = Math.ceil((2 * from - to) / step - 1e-9);
  const count = Math.floor((2 * to - from) / step + 1e-9) - first + 1;
  const values = Array.from({ length: count }, (_, nth) => (first + nth) * step);
  const largest = Math.max(Math.abs(from), Math.abs(to));
  return { values, texts: values.map((it) => numberAt(it, step, largest)) };
}

/** Ticks of an axis in powers of ten, whose range is of exponents. */
export function logTicks([from, to]: Range, most: number): Ticks {
  if (to - from < 1) {
    const { values, texts } = valueTicks([10 ** from, 10 ** to], most);
    const first = values.findIndex((value) => value > 0);
    return { values: values.slice(first).map(Math.log10), texts: texts.slice(first) };
  }
  const every = Math.ceil((to - from) / most);
  const steps = to - from <= Math.min(2, most / 2) ? [1, 2, 5] : [1];
  const first = Math.floor((2 * from - to) / every) * every;
  const count = Math.ceil((3 * (to - from)) / every) + 1;
  const powers = Array.from({ length: count }, (_, nth) => first + nth * every);
  const places = powers.flatMap((power) => steps.map((step) => ({ power, value: step * 10 ** power })));
  return {
    values: places.map(({ value }) => Math.log10(value)),
    texts: places.map(({ power, value }) => numberAt(value, 10 ** power, value)),
  };
}

function numberAt(value: number, step: number, largest: number): string {
  const places = Math.floor(Math.log10(step) + 1e-9);
  const plain = largest < LARGE && -places <= WRITTEN_DECIMALS;
  const digits = Math.max(0, Math.floor(Math.log10(Math.max(largest, step))) - places);
  const exact = Number((Math.round(value / step) * step).toPrecision(15));
  const text =
    plain || exact === 0 ? exact.toFixed(plain ? Math.max(0, -places) : 0) : exact.toExponential(digits);
  return text.replace("e+", "e").replaceAll("-", "−");
}

export function longest([from, to]: Range, { values, texts }: Ticks): string {
  const within = texts.filter((_, nth) => values[nth] >= from && values[nth] <= to);
  return within.reduce((longest, it) => (it.length > longest.length ? it : longest), "");
}

const MARGIN = { l: 46, r: 28, t: 10, b: 26 }; // the least; more where words need it
/** The room for the words of marks, above the readings, and for a unit beside the numbers. */
const MARKS_ROOM = 12;
const UNIT_ROOM = 26;
const STRIP = 0.16;
const BETWEEN = 0.09;
/** The least pixels between two numbers, be they of one axis or of two. */
const APART = 15;
/** What each further unit adds to the chart's height, as a share of that with one; `panel.css` has it, too. */
const FURTHER = 0.4;
const LONGEST_UNIT = 12;
const TITLE_SIZE = 14;
const TITLE_LINE = 18;
const TITLE_LINES = 4;

/** How many pixels of a chart's width its time axis has, or a few less. */
export function innerWidth(width: number, scale: number): number {
  return Math.max(50, width - scale * (MARGIN.l + MARGIN.r));
}

export const COMMANDS_AXIS = "y2";

export function axisName(nth: number): string {
  return nth === 0 ? "y" : `y${nth + 2}`;
}

const layoutName = (axis: string) => axis.replace("y", "yaxis");

/** The shares of a chart's height that the commands' strip, the gaps and each of so many axes have, and its pixels. */
function shares(all: number, count: number, scale: number) {
  const pixels = Math.max(1, all - scale * (MARGIN.t + MARGIN.b));
  const tall = 1 + FURTHER * (count - 1);
  const strip = STRIP / tall;
  const least = Math.min((APART * scale) / pixels, (1 - strip) / (2 * count));
  const between = Math.max(BETWEEN / tall, least);
  return { strip, between, height: (1 - strip - between * (count - 1)) / count, pixels };
}

export function scaleHeight(all: number, count: number, scale: number): number {
  const { height, pixels } = shares(all, count, scale);
  return height * pixels;
}

/** The ticks of an axis of so many pixels: so few that no number touches the next, but one at the least. */
export function ticksFor(range: Range, log: boolean, most: number, pixels: number, scale: number): Ticks {
  const made = log ? logTicks : valueTicks;
  const room = Math.max(1, pixels / (APART * scale));
  for (let few = room; few < most; few++) {
    const ticks = made(range, few);
    if (longest(range, ticks)) return ticks;
  }
  return made(range, most);
}

export function margins(scales: Scale[], names: number[], marks: boolean, width: number, scale: number) {
  const { l, r, t, b } = MARGIN;
  const numbers = scales.map(
    ({ range, ticks, title }) =>
      textWidth(longest(range, ticks), FONT_SIZE) + UNIT_ROOM + (title.length - 1) * TITLE_LINE,
  );
  return {
    l: Math.round(scale * Math.max(l, ...numbers)),
    r: Math.round(Math.min(width / 3, Math.max(scale * r, ...names))),
    t: scale * (marks ? t + MARKS_ROOM : t),
    b: scale * b,
  };
}

/** The units of an axis of so many pixels, in lines that it has room for. */
export function titleOf(units: readonly string[], pixels: number, scale: number): string[] {
  const room = Math.max(1, Math.floor((pixels + APART * scale) / textWidth(" ", TITLE_SIZE * scale)));
  const lines = [""];
  for (const unit of units) {
    const word = cut(plain(unit), Math.min(room, LONGEST_UNIT));
    const joined = [lines.at(-1)!, word].filter(Boolean).join(", ");
    if (joined.length <= Math.max(room, word.length)) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines.length > TITLE_LINES ? [...lines.slice(0, TITLE_LINES - 1), "…"] : lines;
}

/** In so many characters, the last of which tells that there are more. */
const cut = (text: string, most: number) => (text.length > most ? shortened(text, most - 1) : text);

export function layout(
  scales: readonly Scale[],
  { range, width, style }: TimeAxis,
  all: number,
): Record<string, unknown> {
  const { strip, between, height } = shares(all, scales.length, style.scale);
  const axes = scales.map((it, nth) => {
    const bottom = strip + (scales.length - 1 - nth) * (height + between);
    const title = { text: it.title.map(forPlotly).join("<br>"), font: { size: TITLE_SIZE * style.scale } };
    const domain = [bottom, bottom + height];
    return [layoutName(it.axis), { ...axisOf(style, it.range, it.ticks), domain, title }];
  });
  return {
    uirevision: "kept",
    ...ground(style),
    dragmode: "zoom",
    xaxis: { ...axisOf(style, range, timeTicks(range, width, style.scale)), anchor: COMMANDS_AXIS },
    [layoutName(COMMANDS_AXIS)]: { domain: [0, strip], range: [0, 1], visible: false, fixedrange: true },
    ...Object.fromEntries(axes),
  };
}
