/** Every command and what became of it, whoever gave it: a click here, another view, or the notebook's code. */
import type { CommandEvent } from "../contract";
import { insert } from "./sorted";

export interface Command {
  row: number;
  name: string;
  click: string | null;
  sent: number; // when it was sent or refused, by the kernel's clock
  settled: number; // when the outcome came, by the kernel's clock; until then as `sent`
  outcome: CommandEvent; // what was last told of it: `sent` while it waits
}

/** A click of this page, at a time of its own, of which the kernel need not have heard. */
export type Click = { id: string; name: string; at: number };

export const DUE = 12_000; // longer than a command waits for its answer
/** A click or a command without an outcome after this long is lost, and no longer spoken of. */
export const GIVEN_UP = 60_000;
const USUAL = 100; // commands whose answers tell how long one takes
const FEW = 3;

export class Commands {
  /** In the order they were sent, which is not that of their rows: a file's old ones come after today's. */
  list: Command[] = [];
  click: Click | null = null; // this page's last click, until a later command takes its place
  /** This page's clicks of which the outcome has not come, and when they were made. */
  readonly unsettled = new Map<string, number>();

  clicked(click: Click): void {
    this.click = click;
    this.unsettled.set(click.id, click.at);
  }

  /** Forgets clicks that got lost on their way, or their outcomes. */
  giveUp(at: number): void {
    for (const [id, clicked] of this.unsettled) {
      if (at - clicked <= GIVEN_UP) break;
      this.unsettled.delete(id);
      if (this.click?.id === id) this.click = null;
    }
  }

  /** The command that the last click became, or the last command. */
  get latest(): Command | null {
    if (!this.click) return this.list.at(-1) ?? null;
    return this.list.findLast(({ click }) => click === this.click?.id) ?? null;
  }

  /** Whether this page has clicked a short while ago and does not know the outcome yet. */
  due(at: number): boolean {
    if (!this.click || at - this.click.at > DUE) return false;
    return this.latest === null || this.latest.outcome.kind === "sent";
  }

  get latency(): number | null {
    const last = this.list.findLast(
      ({ outcome }) => outcome.kind === "answered" && !outcome.already,
    )?.outcome;
    return last?.kind === "answered" ? last.latency : null;
  }

  /** The median of the newest answers, and of how many; null while they are few. */
  get usual(): { median: number; n: number } | null {
    const answers = this.list
      .slice(-USUAL)
      .flatMap(({ outcome }) => (outcome.kind === "answered" && !outcome.already ? [outcome.latency] : []));
    if (answers.length < FEW) return null;
    const sorted = answers.sort((a, b) => a - b);
    const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
    return { median: (low + high) / 2, n: sorted.length };
  }

  hear(row: number, time: number, event: CommandEvent): void {
    const sent = event.kind !== "sent" && this.list.findLast(({ outcome }) => outcome.id === event.id);
    const command = sent || this.open(row, time, event);
    command.outcome = event;
    command.settled = time;
    if (command.click && event.kind !== "sent") this.unsettled.delete(command.click);
  }

  drop(floor: number): void {
    if (this.list.some(({ row, click }) => row < floor && click === this.click?.id)) this.click = null;
    this.list = this.list.filter(({ row }) => row >= floor);
  }

  private open(row: number, time: number, event: CommandEvent): Command {
    const sent = event.kind === "answered" ? time - event.latency : time;
    const command = { row, name: event.command, click: event.click, sent, settled: sent, outcome: event };
    insert(this.list, command, (it) => it.sent);
    // Our click has become a command already: a later one takes its place.
    if (this.click && event.click !== this.click.id && this.latest) this.click = null;
    return command;
  }
}
