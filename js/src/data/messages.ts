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

/** In place of a topic: all but a board's stream of readings. */
export const NO_READINGS = "-";
const isReading = ({ topic }: Line) => topic.endsWith("/telemetry");

/** What a person has chosen to see; empty means all. Of texts with a comma between them, one is enough. */
export type Sieve = { text: string; topic: string; direction: "" | Line["direction"] };

/** What the lines of one conversation have in common: a command, its copies and its answer. */
export function conversationOf({ direction, topic, payload }: Line): string | null {
  if (direction === "subscribe" || !/\/(cmd|ack)$/.test(topic)) return null;
  return /"experiment_id":\s*"([^",]+)"/.exec(payload)?.[1] ?? null;
}

/** The lines that pass, each with what was left out before it. */
export function sift(lines: readonly Line[], { text, topic, direction }: Sieve): Line[] {
  const wanted = text
    .toLowerCase()
    .split(",")
    .map((it) => it.trim())
    .filter(Boolean);
  const isOf = (line: Line) => (topic === NO_READINGS ? !isReading(line) : !topic || line.topic === topic);
  const passing: Line[] = [];
  let leftOut = 0;
  for (const line of lines) {
    leftOut += line.leftOut;
    if ((direction && line.direction !== direction) || !isOf(line)) continue;
    const said = `${line.topic} ${line.payload}`.toLowerCase();
    if (wanted.length && !wanted.some((it) => said.includes(it))) continue;
    passing.push({ ...line, leftOut });
    leftOut = 0;
  }
  return passing;
}
