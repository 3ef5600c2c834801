/** An axis of values: a range that the signal fills, and the words at its ticks. */

import type { Ticks } from "../data/zone";
import type { Line } from "./thin";

export type Range = [number, number];

const BEYOND = 0.08;
/** The room above and below the values, as a share of their span. */
const PAD = 0.05;
/** A range moves in steps of about this share of the values' span. */
const STEP = 1 / 8;
/** A range is kept while its values fill this share of it. */
const FILLED = 0.5;
/** The least span: so many of the smallest steps in which the values are told, and such a share of them. */
const STEPS_SEEN = 4;
const SHARE_SEEN = 2e-4;
const MOST_DECIMALS = 12;
/** With more of them a number is written with an exponent. */
const WRITTEN_DECIMALS = 6;
/** From here on numbers are written with an exponent. */
const LARGE = 1e7;

/** A range around the values, and others to be seen; the one before is kept while it fits, so that the axis is calm. */
export function valueRange(lines: readonly Line[], others: readonly number[] = [], before?: Range): Range {
  const [low, high] = seen(lines, others);
  if (low > high) return [0, 1];
  const span = Math.max(high - low, leastSpan(low, high));
  const fits = before && before[0] <= low && before[1] >= high;
  if (fits && span >= FILLED * (before[1] - before[0])) return before;
  const [middle, half] = [(low + high) / 2, (0.5 + PAD) * span];
  const step = niceBelow(span * STEP);
  return [Math.floor((middle - half) / step) * step, Math.ceil((middle + half) / step) * step];
}

/** Whether there is anything that an axis could be of. */
export function hasValues(lines: readonly Line[], others: readonly number[]): boolean {
  return others.length > 0 || lines.some(({ y }) => y.length > 0);
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

/** How many characters the longest word has at a tick within the range. */
export function longest([from, to]: Range, { values, texts }: Ticks): number {
  return Math.max(
    0,
    ...texts.filter((_, nth) => values[nth] >= from && values[nth] <= to).map((it) => it.length),
  );
}

function seen(lines: readonly Line[], others: readonly number[]): Range {
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

/** A number as exact as the step between two. */
function numberAt(value: number, step: number, largest: number): string {
  const places = Math.floor(Math.log10(step) + 1e-9);
  const plain = largest < LARGE && -places <= WRITTEN_DECIMALS;
  const digits = Math.max(0, Math.floor(Math.log10(Math.max(largest, step))) - places);
  const exact = Number((Math.round(value / step) * step).toPrecision(15));
  const text =
    plain || exact === 0 ? exact.toFixed(plain ? Math.max(0, -places) : 0) : exact.toExponential(digits);
  return text.replace("e+", "e").replaceAll("-", "−");
}
