/** All that has happened to one board, as the store's rows tell it. */
import type { Origin, PanelEvent, Rows } from "../contract";
import { Commands } from "./commands";
import { type Columns, RowTable } from "./rows";
import { Series } from "./series";
import { first, insert } from "./sorted";
import { turnWord } from "./words";

const SLACK = 1 / 8; // the share of rows that may be gone before the rest is moved together
/** Events that tell of a time without readings. */
const SILENCES: PanelEvent["kind"][] = ["unanswered", "offline", "start"];
const SHORTEST_SILENCE = 1000; // milliseconds that are no silence, however short the interval

/** Words for a moment. */
export type Moment = { row: number; time: number; text: string };

/** Words for a moment; of changes of one mark the greatest count holds, and without words it is gone. */
export type Mark = Moment & { name: string; changes: number };

/** What was done on purpose, without a command. */
export type Deed = Moment;

export class History {
  readonly table = new RowTable();
  readonly commands = new Commands();
  deeds: Deed[] = []; // in that order, too
  marks: Mark[] = []; // in the order of their times, as the silences' are
  markings = 0; // grows with every change of a mark
  private readonly named = new Map<string, Mark>(); // also those that are gone
  private turns: Moment[] = []; // an experiment's steps and ends, for the chart, in order of time
  private silences: number[] = [];
  readonly series = new Map<string, Series>(); // by channel, in the order of their first reading
  /** Whether rows are missing that later ones have shown to exist. */
  missing = false;
  /** Grows with every change. */
  revision = 0;

  hear(batch: Rows, columns: Columns): void {
    const floor = this.table.floor;
    const from = this.table.merge(batch, columns);
    this.missing = from === null;
    // First: a replay that begins again brings commands with the names of those that are gone.
    if (this.table.floor > floor) this.drop();
    if (from !== null) this.take(from, batch);
    this.revision++;
  }

  /** The time of the first reading; Infinity before there is one. */
  get start(): number {
    const series = [...this.series.values()].filter(({ size }) => size > 0);
    return Math.min(...series.map((it) => it.time(it.start)));
  }

  /** What stands across the chart: marks, and an experiment's steps, in order of time. */
  get across(): Moment[] {
    if (!this.turns.length) return this.marks;
    return [...this.marks, ...this.turns].sort((one, other) => one.time - other.time);
  }

  /** Whether the board was silent between two rows, given in order of time: no line joins them. */
  silentBetween(before: number, after: number): boolean {
    const [from, to] = [this.table.time(before), this.table.time(after)];
    const [one, other] = [this.origin(before), this.origin(after)];
    if (one?.boot && other?.boot && one.boot !== other.boot) return true;
    const interval = Math.max(one?.interval ?? 0, other?.interval ?? 0);
    if (interval > 0) return to - from > Math.max(3 * interval, SHORTEST_SILENCE);
    return this.silences[this.silenceAfter(from)] <= to;
  }

  private origin(row: number): Origin | undefined {
    return this.table.origin[this.table.originOf(row)];
  }

  private silenceAfter(time: number): number {
    return first(0, this.silences.length, (at) => this.silences[at] > time);
  }

  private take(from: number, batch: Rows): void {
    const rows = new Map<string, number[]>();
    for (let row = from; row < this.table.have; row++) {
      const channel = this.origin(row)?.channel;
      if (channel === undefined) continue;
      const list = rows.get(channel);
      if (list) list.push(row);
      else rows.set(channel, [row]);
    }
    for (const [channel, list] of rows) {
      if (!this.series.has(channel)) this.series.set(channel, new Series(this.table));
      this.series.get(channel)!.add(list);
    }
    for (const [row, event] of batch.events ?? []) if (row >= from) this.event(row, event);
  }

  private event(row: number, event: PanelEvent): void {
    const time = this.table.time(row);
    if (SILENCES.includes(event.kind)) insert(this.silences, time, (it) => it);
    if (event.kind === "mark") {
      const { mark: name, text, change: changes = 0 } = event;
      this.setMark({ row, time, name, text, changes });
    }
    if (event.kind === "done") insert(this.deeds, { row, time, text: event.text }, (it) => it.time);
    const text = turnWord(event);
    if (text !== null) insert(this.turns, { row, time, text }, (it) => it.time);
    if (event.kind === "withdrawn") this.withdraw(row, event.channel, event.since);
    if ("id" in event) this.commands.hear(row, time, event);
  }

  /** The mark of a name, as it was last changed. */
  mark(name: string): Mark | undefined {
    return this.named.get(name);
  }

  private setMark(mark: Mark): void {
    const former = this.named.get(mark.name);
    if (former && former.changes > mark.changes) return;
    this.named.set(mark.name, mark);
    this.markings++;
    if (former?.text) this.marks.splice(this.marks.indexOf(former), 1);
    if (mark.text) insert(this.marks, mark, (it) => it.time);
  }

  private withdraw(before: number, channel: string, since: number): void {
    const { table } = this;
    const series = this.series.get(channel);
    if (!series) return;
    const counts = (row: number) =>
      row >= before || table.time(row) < since || !table.origin[table.originOf(row)].derived;
    for (const row of series.keep(counts)) table.forget(row);
    series.index(0);
    if (!series.size) this.series.delete(channel);
  }

  private drop(): void {
    const { table } = this;
    for (const series of this.series.values()) series.drop(table.floor);
    this.silences = this.silences.slice(this.silenceAfter(this.start));
    this.commands.drop(table.floor);
    this.deeds = this.deeds.filter(({ row }) => row >= table.floor);
    this.marks = this.marks.filter(({ row }) => row >= table.floor);
    for (const { name, row } of this.named.values()) if (row < table.floor) this.named.delete(name);
    this.turns = this.turns.filter(({ row }) => row >= table.floor);
    if (table.dead <= (table.have - table.floor) * SLACK) return;
    for (const series of this.series.values()) series.keep((row) => row >= table.floor);
    table.compact();
    for (const series of this.series.values()) series.index(0);
  }
}
