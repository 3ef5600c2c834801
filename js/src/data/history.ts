/** All that has happened to one board, as the store's rows tell it. */

import type { Remark } from "../chart/remarks";
import type { PanelEvent, Rows } from "../contract";
import { Breaks } from "./breaks";
import { Commands } from "./commands";
import { insert } from "./insert";
import { type Columns, RowTable } from "./rows";
import { Series } from "./series";

/** The share of rows that may be gone before the rest is moved together. */
const SLACK = 1 / 8;

/** Events that tell of a time without readings. */
const SILENCES: PanelEvent["kind"][] = ["unanswered", "offline", "start"];

export class History {
  readonly table = new RowTable();
  readonly breaks = new Breaks(this.table);
  readonly commands = new Commands();
  /** In the order of their rows. */
  /** In the order of their times. */
  remarks: Remark[] = [];
  /** By channel, in the order of their first reading. */
  readonly series = new Map<string, Series>();
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

  private take(from: number, batch: Rows): void {
    for (const [channel, rows] of this.readings(from)) this.channel(channel).add(rows);
    for (const [row, event] of batch.events ?? []) if (row >= from) this.event(row, event);
  }

  private readings(from: number): Map<string, number[]> {
    const byOrigin = new Map<number, number[]>();
    for (let row = from; row < this.table.have; row++) {
      const origin = this.table.originOf(row);
      if (origin) listIn(byOrigin, origin).push(row);
    }
    const byChannel = new Map<string, number[]>();
    for (const [origin, rows] of byOrigin) {
      const channel = this.table.origin[origin].channel;
      byChannel.set(channel, [...(byChannel.get(channel) ?? []), ...rows]);
    }
    return byChannel;
  }

  private channel(name: string): Series {
    const series = this.series.get(name) ?? new Series(this.table);
    this.series.set(name, series);
    return series;
  }

  private event(row: number, event: PanelEvent): void {
    const time = this.table.time(row);
    if (SILENCES.includes(event.kind)) this.breaks.silence(time);
    if (event.kind === "mark") insert(this.remarks, { row, time, text: event.text }, (it) => it.time);
    this.commands.hear(row, time, event);
  }

  private drop(): void {
    const { table } = this;
    for (const series of this.series.values()) series.drop(table.floor);
    this.breaks.drop(this.start);
    this.commands.drop(table.floor);
    this.remarks = this.remarks.filter(({ row }) => row >= table.floor);
    if (table.dead <= (table.have - table.floor) * SLACK) return;
    for (const series of this.series.values()) series.compact(table.floor);
    table.compact();
    for (const series of this.series.values()) series.index(0);
  }
}

function listIn(lists: Map<number, number[]>, key: number): number[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
