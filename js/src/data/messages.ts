/** The MQTT messages that this page has been told of, while a drawer is open. */
import type { MessageRow, Messages } from "../contract";

const MOST = 1000; // as many as the kernel keeps
const QUIET = 1_500; // a kernel that knows of the open drawer tells something twice a second

export class Lines {
  all: readonly Line[] = []; // oldest first
  /** The number of the next message wanted. */
  have = 0;
  private drawers = 0;
  private heard = 0;
  private lost = false;

  /** A drawer was opened or closed; gives whether that changes what the kernel has to send. */
  watch(open: boolean, at: number): boolean {
    this.heard = at;
    this.drawers += open ? 1 : -1;
    return this.drawers === (open ? 1 : 0);
  }

  /** What belongs into a question to the kernel: nothing while no drawer is open. */
  get wanted(): { messages?: number } {
    return this.drawers > 0 ? { messages: this.have } : {};
  }

  hear({ since, first, rows }: Messages, at: number): void {
    this.heard = at;
    this.lost = since > this.have;
    if (this.lost) return;
    const known = Math.max(0, this.have - first);
    const leftOut = Math.max(0, first - this.have);
    const news = rows.slice(known).map((row, nth) => line(row, first + known + nth, nth ? 0 : leftOut));
    if (news.length === 0) return;
    this.all = [...this.all, ...news].slice(-MOST);
    this.have = first + rows.length;
  }

  /** Whether rows were lost on the way, or the kernel does not know of the open drawer. */
  overdue(at: number): boolean {
    return this.drawers > 0 && (this.lost || at - this.heard > QUIET);
  }
}

export type Line = ReturnType<typeof line>;

/** So many messages before it are not listed: they came too fast, or are long gone. `size` is of the whole payload. */
function line(row: MessageRow, number: number, leftOut: number) {
  const [time, direction, topic, payload, size, asked, granted, retained] = row;
  return { number, leftOut, time, direction, topic, payload, size, asked, granted, retained };
}

/** In place of a topic: all but a board's stream of readings, on the topics told of or on our own. */
export const NO_READINGS = "-";
const isReading = ({ topic, direction }: Line, measured?: readonly string[]) =>
  measured ? direction === "in" && measured.includes(topic) : topic.endsWith("/telemetry");

/** What a person has chosen to see; empty means all. Of texts with a comma between them, one is enough, and of topics. */
export interface Sieve {
  text: string;
  topics: readonly string[];
  direction: "" | Line["direction"];
  /** A line of the conversation that is shown alone, or null. */
  talk: Line | null;
}

export const ALL: Sieve = { text: "", topics: [], direction: "", talk: null };

/** The numbers of the lines that belong together: a command, its copies and its answer; null where there is none. */
export function conversationOf(line: Line, all: readonly Line[]): number[] | null {
  const name = nameOf(line);
  const lines = name === null ? courseTalk(line, all) : all.filter((it) => nameOf(it) === name);
  return lines?.map(({ number }) => number) ?? null;
}

function nameOf({ direction, topic, payload }: Line): string | null {
  if (direction === "subscribe" || !/\/(cmd|ack)$/.test(topic)) return null;
  return /"experiment_id":\s*"([^",]+)"/.exec(payload)?.[1] ?? null;
}

/** On the course layer commands have no names: the next number answers what has been sent since the one before. */
function courseTalk({ number }: Line, all: readonly Line[]): Line[] | null {
  const isAnswer = ({ topic }: Line) => topic.endsWith("/onboard_temp");
  const talk = all.filter(
    (it) => it.direction !== "subscribe" && (isAnswer(it) || it.topic.endsWith("/onboard_led")),
  );
  const at = talk.findIndex((it) => it.number === number);
  if (at < 0) return null;
  const end = talk.findIndex((it, nth) => nth >= at && isAnswer(it));
  const before = talk.findLastIndex((it, nth) => nth < at && isAnswer(it));
  const found = talk.slice(before + 1, end < 0 ? talk.length : end + 1);
  return found.every(isAnswer) ? null : found;
}

/** The lines that pass, each with what was left out before it. */
export function sift(
  lines: readonly Line[],
  { text, topics, direction, talk }: Sieve,
  measured?: readonly string[],
): Line[] {
  const wanted = text
    .toLowerCase()
    .split(",")
    .map((it) => it.trim())
    .filter(Boolean);
  const belong = talk && new Set(conversationOf(talk, lines));
  const isOf = (line: Line) =>
    topics.length === 0 ||
    topics.includes(line.topic) ||
    (topics.includes(NO_READINGS) && !isReading(line, measured));
  const passing: Line[] = [];
  let leftOut = 0;
  for (const line of lines) {
    leftOut += line.leftOut;
    if ((direction && line.direction !== direction) || !isOf(line)) continue;
    if (belong && !belong.has(line.number)) continue;
    const said = `${line.topic} ${line.payload}`.toLowerCase();
    if (wanted.length && !wanted.some((it) => said.includes(it))) continue;
    passing.push({ ...line, leftOut });
    leftOut = 0;
  }
  return passing;
}
