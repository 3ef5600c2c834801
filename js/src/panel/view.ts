/** What is shown, as plain facts: made from the panel's state, drawn by `template.ts`. */
import { unitsOf } from "../chart/figure";
import type { Channel, Control, PanelState, Value } from "../contract";
import type { LivePanel } from "../data/panel";
import type { Series } from "../data/series";
import * as words from "../data/words";
import { plain, said, shortened } from "../page/text";
import type { Local } from "./local";

const TEMPERATURE = "temperature";
const RATE_OVER = 5_000;
const USUAL_OVER = 5; // gaps between readings
const NOTICES = 3;
const LONGEST_HELD = 40; // characters, of what stands over the chart
/** The readings that another look needs; a spectrum as many as `_store/spectrum.py` does. */
const LEAST = { spectrum: 32, xy: 2 };

export type View = ReturnType<typeof view>;
export type Tile = View["tiles"][number];
/** A control with what is to be shown as its value, and said beside it. */
export type Setting = Control & { shown: Value | null; says: string; draft: boolean };

export function view(panel: LivePanel, local: Local, at: number) {
  const now = panel.clock.kernel(at);
  const { state, history } = panel;
  const controls = state?.controls ?? [];
  const { click, latest } = history.commands;
  const { ended, lost, gone, says, next } = words.standing(panel, state, at);
  const silent = !ended && panel.contact.silent(at);
  const waits = !gone && words.pending(click, latest, at, now);
  const described = state?.mode === "described";
  /** A board that has declared nothing yet is taken to have its LED, as every Pico has. */
  const hasLed = controls.some(isLed) || (controls.length === 0 && !described);
  const known = gone ? null : (state?.led ?? null);
  const led = waits ? "waiting" : known === null ? "unknown" : known ? "on" : "off";
  const reason = state ? state.blocked : words.CONNECTING;
  const blocked = gone ? says : reason && plain(reason);
  const echo = words.echo(click, latest, at, now);
  // What went well is old news as soon as nothing can be commanded any more, and a kernel that is gone hears no click.
  const old = echo?.phase === "good" && blocked !== null && !state?.replay;
  const outdated = old || (echo?.phase === "pending" && panel.contact.cut);
  const tiles = tilesOf(panel, local, now, gone);
  const units = unitsOf(panel.channels, history);
  const experiment = state?.experiment;
  return {
    id: plain(state?.id ?? ""),
    /** What kind of board it is, where it is not a real one now. */
    tags: [...(state?.virtual ? ["virtual"] : []), ...(state?.replay ? ["replay"] : [])],
    replay: ended ? null : (state?.replay ?? null),
    played: state?.replay ? panel.played(at) : 0,
    moments: panel.moments,
    led,
    pressed: waits ? null : known, // whether the LED is known to be on or off just now
    about: about(panel, hasLed ? led : null, now, gone),
    tiles,
    /** The channel whose value is shown large. */
    main: tiles.find(({ channel }) => channel === TEMPERATURE) ?? tiles[0] ?? null,
    axes: Math.max(1, units.length),
    /** Those of each axis. */
    units,
    channels: panel.channels,
    /** Those of which there is another look. */
    looks: { spectrum: channelsFor("spectrum", panel), xy: channelsFor("xy", panel) },
    trigger: state?.trigger ?? null,
    /** What the axes are called that are held where a hand has put them. */
    held: heldWords(units, local),
    hasLed,
    /** Whether it can be asked to measure, as a board that does so by itself need not be. */
    reads: state !== null && onlyAnswers(state),
    settings: settings(panel, local),
    experiment: experimentOf(panel, local, now, gone),
    ended,
    blocked,
    echo: ended || outdated ? null : echo,
    /** Whether the board's set-up is open; null where none is offered. */
    setup: local.setup || (local.setup === false && !gone && state?.nobody) ? local.setup : null,
    /** All of them while something is wrong, else none. */
    lamps: ended ? [] : lampsOf(state, lost, says !== null),
    says,
    next,
    quiet: silent ? words.KERNEL_SILENT : quietLine(panel, local, now),
    /** Whether a board is there at all. */
    settled: !silent && local.paused === null && Boolean(state?.mode || state?.replay),
    notices: (state?.notices ?? []).filter((notice) => !local.dismissed.has(notice)).slice(-NOTICES),
    clears: at < local.clearUntil, // whether the next click on Clear clears
    /** What a screen reader is told when it changes. */
    announcement: [
      says ?? "",
      standsAt(panel, at),
      waits || !hasLed || !heard(panel) ? "" : `LED ${led}`,
      experiment && !gone ? plain(`${experiment.name} ${experiment.state}`) : "",
    ]
      .filter(Boolean)
      .join(" "),
    /** What the chart waits for while it has nothing to show, or null. */
    waits: tiles.every(({ age }) => age === "") ? waitsFor(panel, says !== null) : null,
  };
}

/** What an axis is called: its units, or what it is where there is none. */
export const axisWord = (units: readonly string[]) => units.map(plain).filter(Boolean).join(", ") || "Values";

function heldWords(units: readonly string[][], { axes }: Local): string {
  const held = units.filter(([unit]) => axes.get(unit)?.range);
  return shortened(held.map(axisWord).join(", "), LONGEST_HELD);
}

/** The channels that have enough readings for another look. */
export function channelsFor(look: keyof typeof LEAST, { channels, history }: LivePanel): Channel[] {
  return channels.filter(({ name }) => (history.series.get(name)?.size ?? 0) >= LEAST[look]);
}

const OVER = ["done", "stopped", "failed", "aborted"];

/** An experiment's line, or null where there is none, or none any more. */
function experimentOf({ state }: LivePanel, { dismissed }: Local, now: number, gone: boolean) {
  const it = state?.experiment;
  if (!it || dismissed.has(it.run)) return null;
  const over = OVER.includes(it.state);
  const { words: said, left } = words.experimentLine(it, now);
  return {
    run: it.run,
    words: plain(said),
    left: gone ? "" : left,
    paused: it.state === "paused",
    over,
    bad: it.state === "failed",
    /** What can be done with it. */
    pauses: !gone && (it.state === "running" || it.state === "paused"),
    ends: !gone && !over,
  };
}

/** Whether a reading comes only as the answer to a command. */
const onlyAnswers = ({ mode, reads }: PanelState) => mode === "course" || reads === true;

/** Whether no reading ever comes: a board whose description has controls alone. */
const sendsNone = ({ mode, channels }: PanelState) => mode === "described" && channels.length === 0;

const isLed = ({ name, type }: Control) => name === "led" && type === "switch";

/** The controls beside the LED: what is chosen until there is an answer, then what the board has confirmed. */
export function settings({ state, history }: LivePanel, { drafts }: Local): Setting[] {
  const others = (state?.controls ?? []).filter((it) => !isLed(it));
  return others.map((control) => {
    const draft = drafts.get(control.name);
    const open = draft && (draft.click === null || history.commands.unsettled.has(draft.click));
    // What a board never confirms stays as it was set, and is shown as what it is: only sent.
    const told = control.value ?? control.sent ?? null;
    const unsure = Boolean(open) || (control.value == null && told !== null);
    const shown = open ? draft.value : told;
    const unit = control.type === "range" && control.unit ? ` ${plain(control.unit)}` : "";
    return { ...control, shown, says: shown === null ? "–" : said(shown) + unit, draft: unsure };
  });
}

/** Whether anything of the board has ever come. */
function heard({ state, history }: LivePanel): boolean {
  const told = [state?.board, state?.online, state?.led].some((it) => it !== null && it !== undefined);
  return told || history.series.size > 0;
}

function waitsFor(panel: LivePanel, trouble: boolean): string {
  const { state } = panel;
  if (state && sendsNone(state)) return words.SENDS_NONE;
  if (trouble || state?.replay) return words.NO_READINGS;
  if (!state || state.blocked) return words.CONNECTING;
  if (onlyAnswers(state)) return words.FIRST_COMMAND;
  return heard(panel) ? words.FIRST_READING : words.NOT_HEARD;
}

function about(panel: LivePanel, led: string | null, now: number, gone: boolean): string {
  const { state } = panel;
  if (!state || !heard(panel)) return "";
  const pico = state.lamps.find(({ name }) => name === "Pico" || name === "Board");
  // The broker can count a board as online that has long been silent: its lamp knows.
  const online = (pico?.level ?? "ok") === "ok" ? state.online : null;
  const how = online === null ? pico?.word : `online ${words.span(now - online)}`;
  const parts = [led && `LED ${led}`, state.board, gone ? null : how];
  return parts.flatMap((part) => (part ? plain(part) : [])).join(" · ");
}

function tilesOf(panel: LivePanel, local: Local, now: number, gone: boolean) {
  return panel.channels.map(({ name, unit, every = 0, derived }) => {
    const series = panel.history.series.get(name);
    const tile = {
      channel: name,
      label: plain(name),
      unit: plain(unit),
      shown: !local.hidden.has(name),
      /** That it is no measurement, and of what it is made; null for a measurement. */
      derived: derived ? words.derived(derived.map(plain)) : null,
    };
    if (!series?.size) return { ...tile, value: "–", age: "", stale: false };
    const old = now - series.latest!;
    const stale = gone || (panel.state?.stale != null && old > Math.max(panel.state.stale, 3 * every));
    return { ...tile, value: words.number(series.value(series.end - 1)), age: words.age(old, stale), stale };
  });
}

function lampsOf(state: PanelState | null, lost: boolean, trouble: boolean) {
  const others = state?.lamps ?? [];
  if (!lost && !trouble && !others.some(({ level }) => level === "warn" || level === "bad")) return [];
  const kernel = { name: "Kernel", level: lost ? "warn" : "ok", word: lost ? "not answering" : "answering" };
  // What the others said is old once the kernel is silent.
  const old = { level: "unknown", word: "unknown" };
  return [kernel, ...others.map((it) => (lost ? { ...it, ...old } : { ...it, word: plain(it.word) }))];
}

/** The command or mark at which a replay stands, or nothing. */
function standsAt(panel: LivePanel, at: number): string {
  const { replay } = panel.state ?? {};
  if (!replay?.paused) return "";
  const played = panel.played(at);
  const moment = words.momentAt(panel.moments, played, 1);
  return moment ? `${words.momentWord(moment)}, at ${words.place(played)}` : "";
}

function quietLine(panel: LivePanel, { paused }: Local, now: number): string {
  const { state } = panel;
  if (state?.replay) return words.replayed(state.replay, now);
  if (paused !== null) return words.PAUSED;
  if (!state?.mode) return !state || state.blocked ? words.CONNECTING : words.NOT_HEARD;
  const { commands } = panel.history;
  const come = onlyAnswers(state) ? "as_answers" : sendsNone(state) ? "never" : "by_itself";
  const line = words.quiet(rate(panel, state, now), commands, come);
  return [line, state.recording && plain(state.recording)].filter(Boolean).join(" · ");
}

/** Readings a second of the fastest channel; slow ones by the board's interval or their own, as long as they come. */
function rate({ history }: LivePanel, state: PanelState, now: number): number {
  const rates = [...history.series.values()].map((series) => {
    const recent = series.end - series.search(now - RATE_OVER);
    if (recent >= RATE_OVER / 1000) return recent / (RATE_OVER / 1000);
    const interval = state.interval ?? (onlyAnswers(state) ? null : usualGap(series));
    const due = interval !== null && series.latest !== null && now - series.latest < 3 * interval;
    return due ? 1000 / interval : 0;
  });
  return Math.max(0, ...rates);
}

/** Milliseconds between the latest readings, of a board that names no interval; null of too few. */
function usualGap(series: Series): number | null {
  const gaps = Math.min(series.size - 1, USUAL_OVER);
  return gaps < 2 ? null : (series.latest! - series.time(series.end - 1 - gaps)) / gaps || null;
}
