/** Commands as marks on the chart's time axis: when each was sent, when it was answered, and a label where there is room. */
import type { Command } from "./commands";
import { commandWord, markWord } from "./words";

export interface Marks {
  sent: { x: number[] };
  answered: { x: number[] };
  failed: { x: number[] };
  labels: { x: number[]; text: string[] };
  /** A stroke from each command to its answer, null between them. */
  trips: { x: (number | null)[] };
}

const CHARACTER = 6.3;
const SPACE = 10;
/** Marks closer than this many pixels to a later one would hide under it. */
const MARK = 5;

/** Marks from one time to another, on an axis so many pixels wide. Where there is no room the newest stays. */
export function marks(commands: readonly Command[], from: number, to: number, width: number): Marks {
  const found: Marks = {
    sent: { x: [] },
    answered: { x: [] },
    failed: { x: [] },
    labels: { x: [], text: [] },
    trips: { x: [] },
  };
  const pixels = (time: number) => ((time - from) / (to - from)) * width;
  let [freeMark, freeLabel] = [Infinity, Infinity];
  for (let at = commands.length - 1; at >= 0 && commands[at].sent >= from; at--) {
    const command = commands[at];
    const middle = pixels(command.sent);
    if (command.sent > to || middle > freeMark - MARK) continue;
    freeMark = middle;
    mark(found, command);
    const text = label(command);
    const half = (text.length * CHARACTER) / 2;
    if (middle + half > freeLabel - SPACE || middle + half > width || middle < half) continue;
    freeLabel = middle - half;
    found.labels.x.push(command.sent);
    found.labels.text.push(text);
  }
  return found;
}

function mark(found: Marks, { sent, outcome }: Command): void {
  if (outcome.kind === "unanswered" || outcome.kind === "refused") {
    found.failed.x.push(sent);
    return;
  }
  found.sent.x.push(sent);
  if (outcome.kind !== "answered") return;
  found.answered.x.push(outcome.at);
  found.trips.x.push(sent, outcome.at, null);
}

function label({ name, outcome }: Command): string {
  return `${commandWord(name).toLowerCase()} ${markWord(outcome)}`.trim();
}
