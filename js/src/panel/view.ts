/** What is shown, as plain facts: made from the panel's state, drawn by `template.ts`. */

import { unitsOf } from "../chart/figure";
import type { Channel, Control, Lamp, Level, PanelState, Replay } from "../contract";
import type { LivePanel } from "../data/live";
import { plain } from "../page/text";
import { type Echo, echo, pending } from "./echo";
import type { Local } from "./local";
import { type Setting, settings } from "./settings";
import * as words from "./words";

export type LedWord = "on" | "off" | "unknown" | "waiting";

export interface Tile {
  channel: string;
  /** The channel's name, safe to show. */
  label: string;
  unit: string;
  value: string;
  age: string;
  stale: boolean;
  shown: boolean;
}

export interface ShownLamp {
  name: string;
  level: Level;
  word: string;
}

export interface View {
  id: string;
  /** What kind of board it is, where it is not a real one now. */
  tags: string[];
  /** How a recording is played, or null. */
  replay: Replay | null;
  led: LedWord;
  /** Whether the LED is known to be on or off just now. */
  pressed: boolean | null;
  about: string;
  tiles: Tile[];
  /** The channel whose value is shown large: the temperature, or the first. */
  main: Tile | null;
  /** How many axes the chart has. */
  axes: number;
  course: boolean;
  /** Whether the board has an LED to command. */
  hasLed: boolean;
  settings: Setting[];
  /** Whether it is only a picture now. */
  ended: boolean;
  /** Why nothing can be commanded, or null. */
  blocked: string | null;
  echo: Echo | null;
  /** All of them while something is wrong, else none. */
  lamps: ShownLamp[];
  says: string | null;
  next: string | null;
  quiet: string;
  /** Whether a board is there at all. */
  settled: boolean;
  notices: string[];
  /** Whether the next click on Clear clears. */
  clears: boolean;
  /** What a screen reader is told when it changes. */
  announcement: string;
  /** What the chart waits for while it has nothing to show, or null. */
  waits: string | null;
}

const TEMPERATURE = "temperature";
const RATE_OVER = 5_000;
const NOTICES = 3;

/** The view at a time of the page. */
export function view(panel: LivePanel, local: Local, at: number): View {
  const now = panel.clock.kernel(at);
  const { state } = panel;
  const { click, latest } = panel.history.commands;
  const ended = endedBecause(panel, at);
  const lost = ended === null && panel.contact.lost(at);
  const silent = ended === null && panel.contact.silent(at);
  const waits = !ended && !lost && pending(click, latest, at, now);
  const known = lost || ended !== null ? null : (state?.led ?? null);
  const led: LedWord = waits ? "waiting" : ledWord(known);
  const trouble = lost ? words.KERNEL_LOST : (ended ?? state?.trouble ?? null);
  const tiles = tilesOf(panel, local, now, lost || ended !== null);
  const blocked = ended ?? (lost ? words.KERNEL_LOST : blockedBecause(state));
  const lamps = ended ? [] : lampsOf(state, lost, trouble !== null);
  return {
    id: plain(state?.id ?? ""),
    tags: [...(state?.virtual ? ["virtual"] : []), ...(state?.replay ? ["replay"] : [])],
    replay: ended === null ? (state?.replay ?? null) : null,
    led,
    pressed: waits ? null : known,
    about: about(panel, led, now, lost || ended !== null),
    tiles,
    main: tiles.find(({ channel }) => channel === TEMPERATURE) ?? tiles[0] ?? null,
    axes: Math.max(1, unitsOf(tiles.map(({ channel: name, unit }) => ({ name, unit }))).length),
    course: state?.mode === "course",
    hasLed: hasLed(state?.controls ?? []),
    settings: settings(panel, local),
    ended: ended !== null,
    blocked,
    echo: ended ? null : newest(echo(click, latest, at, now), state, blocked),
    lamps,
    says: trouble && plain(trouble),
    next: lost ? words.KERNEL_LOST_NEXT : ended === null ? (state?.next && plain(state.next)) || null : null,
    quiet: silent ? words.KERNEL_SILENT : quietLine(panel, local, now),
    settled: !silent && local.paused === null && Boolean(state?.mode || state?.replay),
    notices: (state?.notices ?? []).filter((notice) => !local.dismissed.has(notice)).slice(-NOTICES),
    clears: at < local.clearUntil,
    announcement: [trouble ?? "", waits || !heard(panel) ? "" : `LED ${led}`].filter(Boolean).join(" "),
    waits: tiles.every(({ age }) => age === "") ? waitsFor(panel, trouble !== null) : null,
  };
}

/** A board that has declared nothing yet is taken to have its LED, as every Pico has. */
function hasLed(controls: Control[]): boolean {
  return controls.length === 0 || controls.some(({ name, type }) => name === "led" && type === "switch");
}

/** The channels with their units: declared ones first, then others that readings have come for. */
export function channelsOf(panel: LivePanel): Channel[] {
  const declared = panel.state?.channels ?? [];
  const others = [...panel.history.series.keys()].filter((name) => !declared.some((it) => it.name === name));
  return [...declared, ...others.map((name) => ({ name, unit: "" }))];
}

/** Why the panel is only a picture now, or null. */
function endedBecause(panel: LivePanel, at: number): string | null {
  const recorded = panel.recordedAt(at);
  if (recorded !== null) return words.recordedSentence(recorded);
  return panel.state?.closed ? plain(panel.state.closed) : null;
}

/** What went well is old news as soon as nothing can be commanded any more. */
function newest(told: Echo | null, state: PanelState | null, blocked: string | null): Echo | null {
  return told?.phase === "good" && blocked !== null && !state?.replay ? null : told;
}

function blockedBecause(state: PanelState | null): string | null {
  return state ? state.blocked && plain(state.blocked) : words.CONNECTING;
}

function ledWord(led: boolean | null): LedWord {
  return led === null ? "unknown" : led ? "on" : "off";
}

/** Whether anything of the board has ever come. */
function heard({ state, history }: LivePanel): boolean {
  const told = [state?.board, state?.online, state?.led].some((it) => it !== null && it !== undefined);
  return told || history.series.size > 0;
}

function waitsFor(panel: LivePanel, trouble: boolean): string {
  const { state } = panel;
  if (trouble || state?.replay) return words.NO_READINGS;
  if (!state || state.blocked) return words.CONNECTING;
  if (state.mode === "course") return words.FIRST_COMMAND;
  return heard(panel) ? words.FIRST_READING : words.NOT_HEARD;
}

function about(panel: LivePanel, led: LedWord, now: number, gone: boolean): string {
  const { state } = panel;
  if (!state || !heard(panel)) return "";
  const pico = state.lamps.find(({ name }) => name === "Pico");
  // The broker can count a board as online that has long been silent: its lamp knows.
  const online = (pico?.level ?? "ok") === "ok" ? state.online : null;
  const how = online === null ? pico?.word : `online ${words.span(now - online)}`;
  return [`LED ${led}`, state.board, gone ? null : how]
    .filter(Boolean)
    .map((part) => plain(part!))
    .join(" · ");
}

function tilesOf(panel: LivePanel, local: Local, now: number, gone: boolean): Tile[] {
  return channelsOf(panel).map(({ name, unit, every = 0 }) => {
    const series = panel.history.series.get(name);
    const shown = !local.hidden.has(name);
    const tile = { channel: name, label: plain(name), unit: plain(unit), shown };
    if (!series?.size) return { ...tile, value: "–", age: "", stale: false };
    const old = now - series.time(series.end - 1);
    const stale = gone || (panel.state?.stale != null && old > Math.max(panel.state.stale, 3 * every));
    return { ...tile, value: words.number(series.value(series.end - 1)), age: words.age(old, stale), stale };
  });
}

function lampsOf(state: PanelState | null, lost: boolean, trouble: boolean): ShownLamp[] {
  const others: Lamp[] = state?.lamps ?? [];
  if (!lost && !trouble && !others.some(({ level }) => level === "warn" || level === "bad")) return [];
  const kernel: ShownLamp = lost
    ? { name: "Kernel", level: "warn", word: "not answering" }
    : { name: "Kernel", level: "ok", word: "answering" };
  // What the others said is old once the kernel is silent.
  const shown = others.map(({ name, level, word }) => ({
    name,
    level: lost ? ("unknown" as const) : level,
    word: lost ? "unknown" : plain(word),
  }));
  return [kernel, ...shown];
}

/** What is said while all is well. */
function quietLine(panel: LivePanel, { paused }: Local, now: number): string {
  const { state } = panel;
  if (state?.replay) return words.replayed(state.replay, now);
  if (paused !== null) return words.PAUSED;
  if (!state?.mode) return !state || state.blocked ? words.CONNECTING : words.NOT_HEARD;
  return [quiet(panel, state, now), state.recording && plain(state.recording)].filter(Boolean).join(" · ");
}

function quiet(panel: LivePanel, state: PanelState, now: number): string {
  const rates = [...panel.history.series.values()].map((series) => {
    const recent = series.end - series.search(now - RATE_OVER);
    if (recent >= RATE_OVER / 1000) return recent / (RATE_OVER / 1000);
    const due =
      state.interval !== null && series.size > 0 && now - series.time(series.end - 1) < 3 * state.interval;
    return due ? 1000 / state.interval! : 0;
  });
  const latency = panel.history.commands.answered?.latency ?? null;
  return words.quiet(Math.max(0, ...rates), latency, state.mode === "course");
}
