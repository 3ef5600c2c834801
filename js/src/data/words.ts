/** Every sentence and word that panels and walls have of their own. */
import {
  COMMANDS,
  type CommandEvent,
  type Experiment,
  LED_COMMANDS,
  type Moment,
  type PanelEvent,
  type Replay,
  type Standing,
} from "../contract";
import type { Conversation } from "../page/conversation";
import { plain } from "../page/text";
import { type Click, type Command, type Commands, GIVEN_UP } from "./commands";
import { zoneNear } from "./zone";

const KERNEL_LOST = "The kernel does not answer.";
const KERNEL_LOST_NEXT = "If it was restarted or has ended, run this cell again; if it is busy, wait.";
export const KERNEL_SILENT = "The kernel is silent; the chart waits for it.";
export const CONNECTING = "Connecting…";
export const NO_READINGS = "No readings yet";
export const SENDS_NONE = "This board sends no readings";
export const NOT_HEARD = "Waiting to hear from the board";
export const FIRST_READING = "Waiting for the first reading";
export const FIRST_COMMAND = "A reading comes with each command";
export const PAUSED = "Paused: the chart stands still, readings go on being kept";

const BUSY = 400; // from this long after a click on, the kernel is taken to be busy
const GOOD_FADES = 8_000;
const BAD_FADES = 30_000;
const MOST_DECIMALS = 9;
const NOTICEABLE = 250; // shorter waits are not shown: a light that flickers says nothing

export function commandWord(name: string): string {
  return COMMANDS.some((it) => it === name) ? name[0].toUpperCase() + name.slice(1) : plain(name);
}

export function outcomeWord(outcome: CommandEvent): string {
  if (outcome.kind === "answered") return outcome.already ? "so already" : milliseconds(outcome.latency);
  return { sent: "…", mute: "sent", unanswered: "no answer", refused: "refused" }[outcome.kind];
}

export type Echo = { phase: "pending" | "good" | "bad"; text: string };

/** Of a click that the kernel has not told of yet. */
export function clickEcho(name: string, waited: number): Echo {
  const state = waited > BUSY ? "waiting for the running cell" : "sending";
  return { phase: "pending", text: `${commandWord(name)}: ${state}…` };
}

/** The echo, or null when there is nothing to say. `at` is the page's time, `now` the kernel's. */
export function echo(click: Click | null, command: Command | null, at: number, now: number): Echo | null {
  if (!command) return click && clickEcho(click.name, at - click.at);
  const { name, settled, outcome } = command;
  const word = commandWord(name);
  const fades = {
    sent: GIVEN_UP,
    answered: GOOD_FADES,
    mute: GOOD_FADES,
    unanswered: BAD_FADES,
    refused: BAD_FADES,
  };
  if (now - settled > fades[outcome.kind]) return null;
  if (outcome.kind === "sent") return { phase: "pending", text: `${word} sent…` };
  if (outcome.kind === "mute") return { phase: "pending", text: `${word} sent; this board does not answer` };
  if (outcome.kind === "unanswered")
    return { phase: "bad", text: `✕ ${word}: no answer after ${span(outcome.after)}` };
  if (outcome.kind === "refused")
    return { phase: "bad", text: `✕ ${word} refused: ${plain(outcome.reason)}` };
  if (outcome.already) return { phase: "good", text: `✓ ${word}: it was so already` };
  const took = milliseconds(outcome.latency);
  const perhaps = `✓ ${word}: an answer in ${took}, perhaps to another command`;
  return { phase: "good", text: outcome.certain ? `✓ ${word} confirmed in ${took}` : perhaps };
}

/** Whether an answer is due, long enough for the LED to be called waiting. */
export function pending(click: Click | null, command: Command | null, at: number, now: number): boolean {
  const isOfLed = LED_COMMANDS.some((name) => name === (command ?? click)?.name);
  if (!command) return isOfLed && at - click!.at > NOTICEABLE;
  const waited = now - command.sent;
  return isOfLed && command.outcome.kind === "sent" && waited > NOTICEABLE && waited < GIVEN_UP;
}

/** How a panel or a wall stands at a time of the page, by its talk with the kernel and what that has told. */
export function standing(talk: Conversation<never>, known: Standing | null, at: number) {
  const recorded = talk.recordedAt(at);
  const recordedAt = recorded !== null && new Date(recorded).toLocaleString();
  const closed = recordedAt ? `Recorded at ${recordedAt}; the kernel is gone.` : known?.closed;
  const ended = Boolean(closed);
  const lost = !ended && talk.contact.lost(at);
  const says = closed || (lost ? KERNEL_LOST : known?.trouble);
  const next = ended ? null : lost ? KERNEL_LOST_NEXT : known?.next;
  return {
    /** Whether it is only a picture now. */
    ended,
    lost,
    gone: ended || lost, // whether nothing is known of what is just now
    says: says ? plain(says) : null,
    next: next ? plain(next) : null,
  };
}

/** A replay's line in place of what is told of a live board; times are recorded ones. */
export function replayed({ speed, paused, ended, until }: Replay, now: number): string {
  const time = (ms: number) => `${new Date(ms).toLocaleTimeString([], { hourCycle: "h23" })}${zoneNear(ms)}`;
  const at = `${new Date(now).toLocaleDateString([], { dateStyle: "medium" })}, ${time(now)}`;
  if (ended) return `Replay: it ended at ${at}`;
  const how = paused ? "paused" : speed === 1 ? "as fast as it was" : `${speed} times as fast`;
  return `Replay, ${how}: ${at} of ${time(until)}`;
}

const DRAWN_STEPS = ["wait", "wait until", "repeat"]; // commands and marks are drawn as what they are

const HAPPENED = new Map([
  ["begun", "begins"],
  ["paused", "is paused"],
  ["resumed", "goes on"],
  ["aborted", "was ended"],
]);

/** What an event of an experiment has to say across the chart: its own steps but those that are repeated; else null. */
export function turnWord(event: PanelEvent): string | null {
  if (event.kind === "step")
    return DRAWN_STEPS.includes(event.word) && !event.place.includes(".") ? event.does : null;
  return event.kind === "experiment" ? `${event.name} ${HAPPENED.get(event.state) ?? event.state}` : null;
}

/** An experiment in one line, and for how long it goes on. */
export function experimentLine(it: Experiment, now: number): { words: string; left: string } {
  const { name, state, step, of, does, says, most } = it;
  if (state === "done") return { words: `${name}: done, ${of} ${of === 1 ? "step" : "steps"}`, left: "" };
  if (state === "stopped" || state === "failed" || state === "aborted") {
    const ended = `${name} ${HAPPENED.get(state) ?? state}`;
    return { words: says ? `${ended}: ${says}` : ended, left: "" };
  }
  const how = { running: ":", paused: " is paused at", ending: " comes to its end:" }[state];
  const words = `${name}${how} step ${step} of ${of}, ${does}`;
  const left = it.left ?? it.until - now;
  const time = left >= 500 ? `${most ? "at most " : ""}${span(left)} left` : "";
  return { words: says ? `${words}. ${says}` : words, left: says && state === "running" ? "" : time };
}

/** A place in a recording: `2:10`, `1:02:10`. */
export function place(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (it: number) => String(it).padStart(2, "0");
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}

/** The command or mark that is nearest to a place in a recording, within so many milliseconds of it. */
export function momentAt(moments: readonly Moment[], at: number, within: number): Moment | undefined {
  const away = (it: Moment) => Math.abs(it[0] - at);
  const near = moments.filter((it) => away(it) <= within);
  return near.sort((a, b) => away(a) - away(b))[0];
}

/** What a moment of a recording is called. */
export function momentWord([, kind, text]: Moment): string {
  if (kind === "mark") return plain(text);
  return kind === "failed" ? `${commandWord(text)}, failed` : commandWord(text);
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

/** One decimal as the course has it; more for small values, none for large ones, and for two digits of a `span`. */
export function number(value: number, span = 0): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return "–";
  const wanted =
    span > 0 ? Math.min(MOST_DECIMALS, 1 - Math.floor(Math.log10(span))) : Number.NEGATIVE_INFINITY;
  if (size >= 1e6 || (size > 0 && size < 1e-3)) {
    const digits = Math.min(MOST_DECIMALS, Math.max(2, wanted + Math.floor(Math.log10(size))));
    return value.toExponential(digits).replaceAll("-", "−");
  }
  const decimals = Math.max(wanted, size >= 1000 ? 0 : size >= 1 || size === 0 ? 1 : 3);
  return value.toFixed(decimals).replace("-", "−");
}

/** All that a reading tells, up to seven digits. */
export function exact(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return String(Number(value.toPrecision(7))).replaceAll("-", "−");
}

/** Of which channels one is made, where that is known. */
export function derived(sources: string[]): string {
  return sources.length ? `derived from ${sources.join(" and ")}` : "derived";
}

/** What was reckoned, to four digits. */
export function rounded(value: number): string {
  return exact(Number(value.toPrecision(4)));
}

export function rate(perSecond: number): string {
  if (perSecond < 0.95) return `a reading every ${span(1000 / perSecond)}`;
  const whole = Math.round(Number(perSecond.toPrecision(2)));
  return whole === 1 ? "a reading a second" : `${whole} readings a second`;
}

/** What is connected without a reading just now, by how readings come, if any do. */
const IDLE = {
  by_itself: "Connected: no readings just now",
  as_answers: "Connected: a reading comes with each command",
  never: "Connected",
};

/** The one quiet line while all is well. */
export function quiet(
  perSecond: number,
  { latency, usual }: Commands,
  readingsCome: keyof typeof IDLE,
): string {
  const median = usual ? ` (median of ${usual.n}: ${milliseconds(usual.median)})` : "";
  const answer = latency === null ? "" : `, last answer in ${milliseconds(latency)}${median}`;
  if (perSecond > 0) return `Live: ${rate(perSecond)}${answer}`;
  return IDLE[readingsCome] + answer;
}
