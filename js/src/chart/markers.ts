/** Commands as marks on the chart's time axis: when each was sent, when it was answered, and a label where there is room. */
import type { Command } from "../data/commands";
import { commandWord, markWord, milliseconds } from "../panel/words";
import { Places } from "./places";

export type Look = "sent" | "answered" | "failed";

const SIDES = ["center", "right", "left"] as const;
/** A stretch that is never free. */
const NOWHERE: [number, number] = [Number.NEGATIVE_INFINITY, 0];
export type Side = (typeof SIDES)[number];

export interface Marks {
  x: number[];
  looks: Look[];
  /** What each mark is, for who points at it. */
  hints: string[];
  /** Those for which there is room, and on which side of their marks. */
  labels: { x: number[]; text: string[]; side: Side[] };
  /** A stroke from each command to its answer, null between them. */
  trips: (number | null)[];
}

const CHARACTER = 6.3;
const SPACE = 10;
/** Marks closer than this many pixels to a later one would hide under it. */
const MARK = 5;

/** Marks from one time to another, on an axis so many pixels wide with lines across it, drawn so much larger than in a panel. Where there is no room the newest stays. */
export function marks(
  commands: readonly Command[],
  from: number,
  to: number,
  width: number,
  scale = 1,
  lines: readonly number[] = [],
): Marks {
  const found: Marks = { x: [], looks: [], hints: [], labels: { x: [], text: [], side: [] }, trips: [] };
  const pixels = (time: number) => ((time - from) / (to - from)) * width;
  const places = new Places(width, lines);
  const others = new Places(
    width,
    commands.map(({ sent }) => pixels(sent)),
  );
  let freeMark = Number.POSITIVE_INFINITY;
  for (let at = commands.length - 1; at >= 0 && commands[at].sent >= from; at--) {
    const command = commands[at];
    const middle = pixels(command.sent);
    if (command.sent > to || middle > freeMark - MARK * scale) continue;
    freeMark = middle;
    const text = label(command);
    const wide = (text.length * CHARACTER + SPACE) * scale;
    const beside: [number, number][] = [
      [middle, middle + wide],
      [middle - wide, middle],
    ];
    // Beside its own mark a word must not stand above another's.
    const clear = beside.map((it) => (others.free(it) ? it : NOWHERE));
    const side = places.take([[middle - wide / 2, middle + wide / 2], ...clear]);
    if (side >= 0) {
      found.labels.x.push(command.sent);
      found.labels.text.push(text);
      found.labels.side.push(SIDES[side]);
    }
    mark(found, command);
  }
  return found;
}

function mark({ x, looks, hints, trips }: Marks, { name, sent, outcome }: Command): void {
  const word = commandWord(name);
  const failed = outcome.kind === "unanswered" || outcome.kind === "refused";
  x.push(sent);
  looks.push(failed ? "failed" : "sent");
  hints.push(failed ? `${word}: ${markWord(outcome)}` : `${word}, sent`);
  if (outcome.kind !== "answered") return;
  x.push(outcome.at);
  looks.push("answered");
  hints.push(`${word}, answered after ${milliseconds(outcome.latency)}`);
  trips.push(sent, outcome.at, null);
}

function label({ name, outcome }: Command): string {
  return `${commandWord(name).toLowerCase()} ${markWord(outcome)}`.trim();
}
