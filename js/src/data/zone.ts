/**
 * Time in the viewer's zone: ticks for an axis of milliseconds, and words for a moment. To an axis of dates all
 * days have 24 hours; here an hour that comes twice is two hours, and what is near it says which of them it is.
 */
import { first } from "./sorted";

export type Ticks = { values: number[]; texts: string[] };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 31 * DAY;
/** Steps within a day, in milliseconds. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((it) => it * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((it) => it * MINUTE),
  ...[1, 2, 3, 6, 12].map((it) => it * HOUR),
];
const DAYS = [1, 2, 7, 14];
const MONTHS = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200];
const MONTH_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONDAY = 5; // the first Monday's day in January 1970, where weeks are counted from
const LABEL = 85; // pixels for a label, and for one with its zone
const ZONED_LABEL = 120;
const NEAR = 3 * HOUR; // what is this close to a change of the clocks names its zone
const APART = 0.6; // the share of a step that ticks on the two sides of a change are at least apart

/** Ticks for a range on an axis so many pixels wide, and as many again on both sides, for a drag to bring into sight. */
export function timeTicks([from, to]: readonly [number, number], width: number, scale = 1): Ticks {
  const label = to - from < MONTH && turns(from - NEAR, to + NEAR).length ? ZONED_LABEL : LABEL;
  const most = Math.max(2, Math.floor(width / (label * scale)));
  const { step, ticks } = ruler((to - from) / most);
  // In whole blocks, so that a chart that moves on has the same ticks for as long as it can.
  const block = most * step;
  return ticks((Math.floor(from / block) - 1) * block, (Math.ceil(to / block) + 1) * block);
}

/** A moment in words, to the millisecond, with its day where that is not the viewer's. */
export function moment(time: number, now: number): string {
  const date = new Date(time);
  const today = date.toDateString() === new Date(now).toDateString();
  return `${today ? "" : `${day(date)} ${date.getFullYear()}, `}${clock(time)}${zoneNear(time)}`;
}

/** The ruler with the smallest step that is not below a length. */
function ruler(least: number): { step: number; ticks(from: number, to: number): Ticks } {
  const step = STEPS.find((it) => it >= least);
  if (step) return { step, ticks: (from, to) => hours(from, to, step) };
  const days = DAYS.find((it) => it * DAY >= least);
  if (days) return calendar(days, DAY, (nth) => new Date(1970, 0, MONDAY + nth), day);
  const months = MONTHS.find((it) => it * MONTH >= least) ?? MONTHS.at(-1)!;
  return calendar(months, MONTH, (nth) => new Date(1970, nth), months < 12 ? month : year);
}

/** Ticks at every so many milliseconds of the zone's own time. */
function hours(from: number, to: number, step: number): Ticks {
  const values: number[] = [];
  const edges = [from, ...turns(from, to), to];
  for (const [nth, end] of edges.slice(1).entries()) {
    const shift = offset(edges[nth]);
    for (let at = Math.ceil((edges[nth] + shift) / step) * step - shift; at < end; at += step)
      if (!values.length || at - values.at(-1)! >= APART * step) values.push(at);
  }
  return { values, texts: values.map((time) => hour(time, step)) };
}

function calendar(every: number, length: number, at: (nth: number) => Date, word: (date: Date) => string) {
  const ticks = (from: number, to: number): Ticks => {
    const found = new Map<number, string>(); // a day that a zone left out is the next one
    for (let nth = Math.floor(from / length / every) * every; at(nth).getTime() < to; nth += every)
      found.set(at(nth).getTime(), word(at(nth)));
    return { values: [...found.keys()], texts: [...found.values()] };
  };
  return { step: every * length, ticks };
}

function hour(time: number, step: number): string {
  const date = new Date(time);
  const midnight = step >= HOUR && date.getHours() === 0;
  return midnight ? day(date) : clock(time, step) + zoneNear(time);
}

const day = (date: Date) => `${date.getDate()} ${MONTH_NAMES[date.getMonth()]}`;
const month = (date: Date) => `${MONTH_NAMES[date.getMonth()]} ${date.getFullYear()}`;
const year = (date: Date) => String(date.getFullYear());

/** The time of day, as exact as a step needs: to the millisecond. */
export function clock(time: number, step = 1): string {
  const [, inZone] = new Date(time + offset(time)).toISOString().split("T"); // as 08:05:09.250Z
  return inZone.slice(0, step >= MINUTE ? 5 : step >= SECOND ? 8 : 12);
}

/** The zone as the clocks then were, of a time near a change of them, when one hour could be taken for another. */
export function zoneNear(time: number): string {
  if (!turns(time - NEAR, time + NEAR).length) return "";
  const minutes = Math.round(offset(time) / MINUTE);
  const [whole, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return ` UTC${minutes < 0 ? "−" : "+"}${whole}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}

function turns(from: number, to: number): number[] {
  const found: number[] = [];
  for (let at = from; at < to; at += DAY) {
    const next = Math.min(at + DAY, to);
    // The first millisecond that is counted as the later time is.
    if (offset(at) !== offset(next))
      found.push(first(Math.floor(at) + 1, Math.ceil(next), (middle) => offset(middle) === offset(next)));
  }
  return found;
}

/** By how much the zone is ahead of UTC, in milliseconds. */
const offset = (time: number) => -MINUTE * new Date(time).getTimezoneOffset();
