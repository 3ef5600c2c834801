/** Commands as marks on the chart's time axis: when each was sent, when it was answered, and a label where there is room. */
import type { Command } from "./commands";
import { commandWord, markWord, milliseconds } from "./words";

export type Look = "sent" | "answered" | "failed";

export interface Marks {
  x: number[];
  looks: Look[];
  /** What each mark is, for who points at it. */
  hints: string[];
  /** Those for which there is room. */
  labels: { x: number[]; text: string[] };
  /** A stroke from each command to its answer, null between them. */
  trips: (number | null)[];
}

const CHARACTER = 6.3;
const SPACE = 10;
/** Marks closer than this many pixels to a later one would hide under it. */
const MARK = 5;

/** Marks from one time to another, on an axis so many pixels wide, drawn so much larger than in a panel. Where there is no room the newest stays. */
export function marks(
  commands: readonly Command[],
  from: number,
  to: number,
  width: number,
  scale = 1,
): Marks {
  const found: Marks = { x: [], looks: [], hints: [], labels: { x: [], text: [] }, trips: [] };
  const pixels = (time: number) => ((time - from) / (to - from)) * width;
  let [freeMark, freeLabel] = [Infinity, Infinity];
  for (let at = commands.length - 1; at >= 0 && commands[at].sent >= from; at--) {
    const command = commands[at];
    const middle = pixels(command.sent);
    if (command.sent > to || middle > freeMark - MARK * scale) continue;
    freeMark = middle;
    const text = label(command);
    const half = (text.length * CHARACTER * scale) / 2;
    const fits = middle + half < Math.min(width, freeLabel - SPACE * scale) && middle > half;
    if (fits) {
      freeLabel = middle - half;
      found.labels.x.push(command.sent);
      found.labels.text.push(text);
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
