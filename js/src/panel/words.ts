/** Every sentence and word the panel shows of its own. */

import type { Replay } from "../contract";
import type { Outcome } from "../data/commands";
import { zoneNear } from "../data/zone";
import { plain } from "../page/text";

export const KERNEL_LOST = "The kernel does not answer.";
export const KERNEL_LOST_NEXT = "If it was restarted or has ended, run this cell again; if it is busy, wait.";
export const KERNEL_SILENT = "The kernel is silent; the chart waits for it.";
export const CONNECTING = "Connecting…";
export const NO_READINGS = "No readings yet";
export const NOT_HEARD = "Waiting to hear from the board";
export const FIRST_READING = "Waiting for the first reading";
export const FIRST_COMMAND = "A reading comes with each command";
export const PAUSED = "Paused: the chart stands still, readings go on being kept";
export const WAITING_FOR_CELL = "waiting for the running cell";

const COMMANDS: Record<string, string> = {
  on: "On",
  off: "Off",
  toggle: "Toggle",
  blink: "Blink",
  read: "Read",
};

export function commandWord(name: string): string {
  return COMMANDS[name] ?? plain(name);
}

/** Marks a chart whose kernel is gone. */
export function recordedSentence(time: number): string {
  return `Recorded at ${new Date(time).toLocaleString()}; the kernel is gone.`;
}

/** A replay's line in place of what is told of a live board; times are recorded ones. */
export function replayed({ speed, paused, ended, until }: Replay, now: number): string {
  const time = (ms: number) => `${new Date(ms).toLocaleTimeString([], { hourCycle: "h23" })}${zoneNear(ms)}`;
  const at = `${new Date(now).toLocaleDateString([], { dateStyle: "medium" })}, ${time(now)}`;
  if (ended) return `Replay: it ended at ${at}`;
  const how = paused ? "paused" : speed === 1 ? "as fast as it was" : `${speed} times as fast`;
  return `Replay, ${how}: ${at} of ${time(until)}`;
}

/** What beside a command's mark says how it went. */
export function markWord(outcome: Outcome): string {
  switch (outcome.kind) {
    case "answered":
      return milliseconds(outcome.latency);
    case "unanswered":
      return "no answer";
    case "refused":
      return "refused";
    case "waiting":
      return "…";
  }
}

export function milliseconds(ms: number): string {
  return `${Math.round(ms)} ms`;
}

/** A time span as people say it: `41 s`, `12 min`, `3 h`, `2 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

export function age(ms: number, stale: boolean): string {
  if (stale) return `last, ${span(ms)} ago`;
  return ms < 2000 ? "just now" : `${span(ms)} ago`;
}

/** One decimal as the course has it; more for small values, none for large ones. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return "–";
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return value.toExponential(2).replace("-", "−");
  const decimals = size >= 1000 ? 0 : size >= 1 || size === 0 ? 1 : 3;
  return value.toFixed(decimals).replace("-", "−");
}

/** Readings a second in words; slow ones as the time between two. */
export function rate(perSecond: number): string {
  if (perSecond >= 0.95) {
    const whole = Number(perSecond.toPrecision(2));
    return Math.round(whole) === 1 ? "a reading a second" : `${Math.round(whole)} readings a second`;
  }
  return `a reading every ${span(1000 / perSecond)}`;
}

/** The one quiet line while all is well. */
export function quiet(perSecond: number, latency: number | null, course: boolean): string {
  const answer = latency === null ? "" : `, last answer in ${milliseconds(latency)}`;
  if (perSecond > 0) return `Live: ${rate(perSecond)}${answer}`;
  const idle = course ? "Connected: a reading comes with each command" : "Connected: no readings just now";
  return idle + answer;
}
