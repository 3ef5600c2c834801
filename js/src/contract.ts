/**
 * What passes between the kernel and the page: the whole front-end contract, of a panel, of a wall, and of a
 * set-up's card.
 *
 * The kernel's side of it is `conversation.py`, `news.py` and `snapshot.py` in `src/picopanel/_page`, and
 * `conversation.py` and `tiles.py` in `src/picopanel/_wall`; of the card, `card.py` in `src/picopanel/_setup`.
 * Times are milliseconds of Unix time by the kernel's clock, which may differ from the page's.
 */

/** What a row's `origin` number stands for. Origin 0 is an event; its row has no value. */
export interface Origin {
  channel: string;
  boot: string | null; // start of the board that sent it, or null on the course layer
  /** Milliseconds between samples, or null when readings come only when asked for. */
  interval: number | null;
  led: boolean | null; // whether the LED was on, as the board said
  virtual: boolean;
  replay: boolean; // whether it was played from a recording
  derived?: boolean; // whether it was reckoned from other readings
}

/** A command, and what became of it; `latency` and `after` in milliseconds. */
export type CommandEvent = { id: string; command: string; click: string | null } & (
  | { kind: "sent" }
  /** `already`: it was so before by the board's own word, and nothing new came. */
  | { kind: "answered"; latency: number; certain: boolean; led: boolean | null; already?: boolean }
  | { kind: "unanswered"; after: number }
  /** It was sent to a board that gives no answers: no more is known of it, now or later. */
  | { kind: "mute" }
  | { kind: "refused"; reason: string }
);

/** What has happened, beside readings. */
export type PanelEvent =
  | CommandEvent
  | { kind: "offline" | "online" }
  /** A recording goes on from here, after a pause. */
  | { kind: "start" }
  | { kind: "boot"; boot: string }
  | { kind: "gap"; count: number }
  | { kind: "notice"; text: string }
  /** Something was done on purpose without a command of the kernel: a fault, or what somebody else has set. */
  | { kind: "done"; text: string }
  /** Derived readings that came before this, of a channel and from a time on, are gone. */
  | { kind: "withdrawn"; channel: string; since: number }
  /** A user's words for a moment. One that is changed comes again, under its name; without words it is gone. */
  | { kind: "mark"; mark: string; text: string; change?: number }
  | ExperimentEvent
  | StepEvent;

/** An experiment's beginning, a pause in it, its end; the declaration comes with the beginning. */
export type ExperimentEvent = {
  kind: "experiment";
  run: string;
  name: string;
  state: "begun" | "paused" | "resumed" | "done" | "stopped" | "failed" | "aborted";
  says?: string;
};

/** An experiment begins a step; `place` is where that is written, with a point for each repetition around it. */
export type StepEvent = {
  kind: "step";
  run: string;
  step: number;
  of: number;
  place: string;
  word: string;
  does: string;
};

/**
 * Rows `first` to `end - 1` of the store; rows below `floor` are gone (cleared or dropped).
 * Buffers: times (float64), values (float64), origins (uint16), little endian, `end - first` each;
 * where all rows have one origin, `origin` stands for the third.
 */
export interface Rows {
  first: number;
  end: number;
  floor: number;
  /** Whether these are the newest of many, to be shown until all have come, which follow. */
  ahead?: true;
  origin?: number;
  /** The origins of this batch that no push has told of yet, by number; in an answer, all of them. */
  origins?: Record<string, Origin>;
  events?: [row: number, event: PanelEvent][];
}

/** What all that is told to a page has. */
export interface Told {
  now: number; // the kernel's clock when this was sent
  played?: number; // of a replay: where it was then, in milliseconds of playing
  answer?: true; // whether the page has asked for it; else it was pushed
  resting?: true; // whether something is held back because a page was out of sight, until one asks
}

/** What the page is told, but for the answer to `bundle`. Any number of repetitions and overlaps is harmless. */
export interface News extends Told {
  type: "news";
  rows?: Rows;
  state?: PanelState;
  messages?: Messages; // while a drawer is open: at most a few times a second
}

/**
 * MQTT messages that passed, numbered by the kernel. Those from `since` up to `first` are left out: they
 * came faster than can be listed, or are no longer kept.
 */
export type Messages = { since: number; first: number; rows: MessageRow[] };

/** `granted` is null where the broker refuses. The payload is the beginning of one of `size` bytes. */
export type MessageRow = [
  time: number,
  direction: "out" | "in" | "subscribe",
  topic: string,
  payload: string,
  size: number,
  asked: number,
  granted: number | null,
  retained: boolean,
];

export type Level = "ok" | "warn" | "bad" | "unknown";

export type Lamp = { name: "Broker" | "Pico" | "Board" | "Data" | "LED"; level: Level; word: string };

export interface Channel {
  name: string;
  unit: string;
  every?: number; // the least milliseconds between two reads of it, where there is such a least
  derived?: string[]; // of which channels it is made, if it is; none where a recording does not tell
}

export type Value = number | string | boolean;

/**
 * What a board declares it can be set to; `value` is what it has last confirmed, or null; `sent` what a
 * described board was last told, be it confirmed or not.
 */
export type Control = { sent?: Value } & (
  | { name: string; type: "switch"; value?: boolean | null }
  | {
      name: string;
      type: "range";
      min: number;
      max: number;
      step: number;
      unit?: string;
      value?: number | null;
    }
  | { name: string; type: "color"; value?: string | null }
  | { name: string; type: "choice"; options: string[]; value?: string | null }
  | { name: string; type: "button"; value?: null }
);

/** What a channel's values should stay within; null is no limit on that side. */
export type Limit = { channel: string; low: number | null; high: number | null };

/**
 * What a chart stands still for: a channel that rises above a level or falls below one, having been `margin` on
 * the other side, from a time on or, if null, in all there is. `before` and `after` are seconds.
 */
export interface Trigger {
  channel: string;
  above: number | null;
  below: number | null;
  before: number;
  after: number;
  each: boolean; // whether each crossing counts, or the first alone
  margin: number;
  since: number | null;
}

/** What a page asks for; the kernel knows the noise and the time. `past`: in all there is. */
export type AskedTrigger = Omit<Trigger, "margin" | "since"> & { past: boolean };

/** How a panel or a wall stands. */
export interface Standing {
  trouble: string | null; // what is wrong, and the next step; both null while all is well
  next: string | null;
  notices: string[]; // things to know that do not stop it, newest last
  closed: string | null; // why it has ended
}

/** Last values: the synced trait `_state`, and the `state` of a news message. */
export interface PanelState extends Standing {
  version: number; // grows with every change, so that an old one that arrives late is known
  id: string;
  virtual: boolean;
  /**
   * `pico`: the board speaks the PicoPanel layer. `course`: the course layer only. `described`: as its
   * description says. null: not known yet.
   */
  mode: "pico" | "course" | "described" | null;
  reads?: boolean; // whether a described board can be asked to measure
  /** What a message on each topic of a described board is: a word or two, a colon, sentences. */
  meanings?: Record<string, string>;
  measured?: string[]; // those of its topics that bring readings and nothing else
  board: string | null;
  led: boolean | null;
  online: number | null; // since when the board is known to be online, or null
  interval: number | null; // milliseconds between samples; null: never by itself
  /** After so many milliseconds without a reading the value is only the last one; null: never. */
  stale: number | null;
  channels: Channel[];
  controls: Control[];
  limits: Limit[];
  trigger?: Trigger | null; // an older recording has none
  blocked: string | null; // why the buttons cannot work just now, or null when they can
  nobody: boolean; // whether nobody answers under this ID, so that a board may have to be set up
  lamps: Lamp[];
  look?: Look | null; // how its chart was last set; an older recording has none
  recording: string | null; // what to tell of the file that is recorded to, or null
  experiment?: Experiment | null; // the one under way, or the last; an older recording has none
  replay: Replay | null;
}

/** How an experiment stands: step `step` of `of`, with all repetitions. */
export interface Experiment {
  run: string; // a name of this one run
  name: string;
  state: "running" | "paused" | "ending" | "done" | "stopped" | "failed" | "aborted";
  step: number;
  of: number;
  does: string; // the step's words
  says: string | null; // why it ended early, or what holds it up
  most: boolean; // whether it may end earlier than is foreseen
  left: number | null; // milliseconds that are still waited, while it is paused
  until: number; // when it will have ended, while it runs
}

/** How a person has set a chart: its span in ms or null for all, lines that are hidden, and axes, by unit. */
export interface Look {
  span: number | null;
  hidden: string[];
  axes: [unit: string, mode: string, held: [number, number] | null][];
}

/** How a recording is played, in place of a live board. The kernel's clock then shows recorded times. */
export interface Replay {
  speed: number; // how many times as fast as it was recorded, 1 to 1000
  speeds: number[];
  paused: boolean;
  ended: boolean;
  until: number;
  /** Milliseconds that it takes as fast as it was recorded, long silences cut short; an older recording has none. */
  length?: number;
  jumps?: number; // grows whenever it goes elsewhere than on
}

/** The trait `_moments`: what a replay can be sent to, in order; `at` in milliseconds of playing. */
export type Moment = [at: number, kind: "mark" | "command" | "failed", text: string];

/** The commands that change the LED. */
export const LED_COMMANDS = ["on", "off", "toggle", "blink"] as const;
export const COMMANDS = [...LED_COMMANDS, "read"] as const;
export type CommandName = (typeof COMMANDS)[number];

/** What the page sends. */
export type ToKernel =
  /** With `messages` a drawer is open, and lacks the messages from this number on; without, none is. */
  | { type: "ask"; since: number; messages?: number }
  | { type: "click"; click: string; command: CommandName }
  | { type: "set"; click: string; name: string; value: Value }
  /** The user's words for a moment, by the kernel's clock, for a new mark or one that is changed; none take it away. */
  | { type: "mark"; click: string; mark: string; text: string; at: number }
  /** The chart's two cursors, by the kernel's clock, the earlier one first; or none. */
  | { type: "cursors"; at: [number, number] | null }
  | { type: "trigger"; trigger: AskedTrigger | null }
  /** How its chart has been set. */
  | { type: "look"; look: Look }
  /** What swings in a channel, of a time by the kernel's clock; answered by `SpectrumNews`. */
  | { type: "spectrum"; channel: string; at: [number, number] }
  /** What is to be done with the run of an experiment. */
  | { type: "experiment"; click: string; run: string; does: "pause" | "resume" | "abort" }
  | { type: "clear" }
  /**
   * For a replay; `paused: false` begins one that has ended again. `seek`: go to a place, in milliseconds of
   * playing; `step`: to the next command or mark, or to the one before.
   */
  | { type: "play"; paused?: boolean; speed?: number; seek?: number; step?: 1 | -1; click?: string }
  /** Nobody sees the panel on this page: rows can wait until it asks. */
  | { type: "hidden" }
  /** The card that sets up a board is wanted, or no longer; the trait `_setup` refers to it. */
  | { type: "setup"; open: boolean }
  /** Wanted where the shared model is not to be had; answered by `{type: "bundle"}` and the gzipped app. */
  | { type: "bundle" };

/** A channel's spectrum: amplitudes in its unit by frequencies in Hz, thinned; or what is `wrong`. */
export interface SpectrumNews {
  type: "spectrum";
  channel: string;
  wrong: string | null;
  frequencies: number[];
  amplitudes: number[];
  n: number;
  interval: number; // seconds
  even: boolean; // whether its readings were evenly spaced; else they were laid on a grid
}

/** The trait `_recorded`: what a notebook without its kernel shows. Times and values are thinned to 2000 points. */
export interface Recorded {
  at: number;
  state: PanelState;
  series: { channel: string; times: number[]; values: (number | null)[] }[];
  marks?: { time: number; text: string }[]; // the newest; an older recording has none
}

/** What one tile shows. */
export interface TileFacts {
  id: string;
  led: boolean | null;
  has_led?: boolean; // an older recorded tile lacks it
  at: number | null;
  value: number | null;
  unit: string;
  /** After so many milliseconds without a reading the value is only the last one; null: never. */
  stale: number | null;
  virtual: boolean;
  level: Level; // the board's lamp, never without its word
  word: string;
  trouble: string | null;
  next: string | null;
  /** How often it was away, and came back or did not, while the kernel listened; a recorded tile may lack it. */
  away?: number;
  spark?: number[]; // the latest readings, thinned; left out where it has not changed since `from`
}

/** A command to many boards, as far as it has got. */
export interface Round {
  nth: number; // grows with every round of the kernel
  click: string | null; // the page's name for it, or null if the notebook's code gave it
  command: string;
  asked: number;
  answered: number;
  pending: number;
  missing: string[]; // some of those without an answer
  why?: string | null; // for what reason, where all have the same and it is not silence
}

/** What is told of the wall as a whole. */
export interface WallHead extends Standing {
  searching: string | null;
  round: Round | null;
  channels: string[]; // what the boards measure, by name
  commands: CommandName[]; // that at least one board can be told
  look: WallLook;
}

/** How a person has set a wall, in all its views. */
export interface WallLook {
  order: string;
  channel: string | null; // what the tiles show; null: each board's own
  more: boolean; // whether what only some want of it is shown
}

/** The tiles that have changed after version `from`. Any number of repetitions and overlaps is harmless. */
export interface WallNews extends Told {
  type: "wall";
  from: number;
  version: number;
  tiles: TileFacts[];
  head?: WallHead;
}

/** A message of an opened board's panel; `serial` changes when another device has taken its place. */
export type BoardNews = { type: "board"; id: string; serial: number; message: unknown };

/** The table of attendance. */
export type TableNews = { type: "table"; csv: string };

/** The trait `_recorded`: the first paint, and what a notebook without its kernel shows. */
export type RecordedWall = { at: number; look?: WallLook; tiles: TileFacts[] };

export type WallToKernel =
  | { type: "ask"; since: number }
  | { type: "hidden" }
  | { type: "all"; click: string; command: CommandName; ids: string[] | null }
  | { type: "board"; id: string; message: ToKernel }
  /** Nobody looks at that board's panel any more. */
  | { type: "shut"; id: string }
  | { type: "table" }
  | { type: "look"; look: WallLook }
  | { type: "bundle"; of: "panel" };

/** The state of a set-up's card: a trait, so no password is in it. */
export interface CardState {
  id: string;
  asks: boolean; // whether the user may choose the ID; in a panel it is the panel's
  broker: string;
  kernel: boolean; // whether boards can be reached from the kernel's own computer
  steps: StepState[];
  running: boolean;
  reading: boolean; // whether the board's console is read, by the kernel, while it is not set up
  trouble: string | null; // why the last set-up ended before its end, and what to do
  console: string; // the end of what the board has printed
}

export interface StepState {
  name: string;
  title: string;
  state: "waits" | "doing" | "done" | "failed";
  says: string;
}

/**
 * What a page is to do at a board; `plan.py` in `src/picopanel/_setup` says what each program is. It has the
 * broker's password, so it goes as a message, which nothing keeps, to a page that asks for it.
 */
export interface Plan {
  look: string;
  save: string;
  files: [name: string, data: Uint8Array][];
  verify: string;
  start: string;
  reset: string;
  trouble: Record<string, string>; // sentences, by what is wrong between the page and the board
  steps: string[]; // by their names, those of the set-up that are at the board
  /** Where MicroPython's file for a MODEL is, and the models by what their BOOTSEL drives call the chip. */
  micropython: { address: string; models: Record<string, string> };
}

/** The plan on its way: the files' bytes are the message's buffers. */
export type PlanNews = { type: "plan"; files: string[] } & Omit<Plan, "files">;

/** MicroPython for a board, as the message's buffer, or what is wrong. */
export type ImageNews = { type: "micropython"; model: string; wrong: string | null };

export type CardToKernel =
  /**
   * In Colab nothing else brings the state. With `plan` the page lacks the plan of the set-up that runs; with
   * `micropython` that for this model.
   */
  | { type: "ask"; plan: boolean; micropython: string | null }
  | { type: "start"; click: string; id: string; way: "kernel"; ssid: string; password: string }
  /** The Wi-Fi's name and password stay in the page. */
  | { type: "start"; click: string; id: string; way: "page" }
  /** The board's console is to be read, until `stop`. */
  | { type: "console"; click: string }
  | { type: "stop" }
  | FromTheBoard;

/** What the page that works at the board tells: steps, its end before their end, and what the board prints. */
export type FromTheBoard =
  | { type: "did"; step: string; says: string }
  | { type: "failed"; says: string }
  | { type: "printed"; text: string };
