/** The page's readings as a CSV file (RFC 4180). */
import type { Channel } from "../contract";
import type { History } from "./history";

const ALL: [from: number, to: number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const ROUNDED = 0.5; // ms, as `marks.py` in `src/picopanel/_store` says
const HEADER = "time,elapsed_s,channel,value,unit,virtual,replay,derived,mark";

/** Readings in order of time, of a stretch of it if that is given; `elapsed_s` from the first one, `mark` the last before each. */
export function csv({ table, marks }: History, channels: readonly Channel[], within = ALL): string {
  const rows: number[] = [];
  const [from, to] = within;
  for (let row = table.floor; row < table.have; row++)
    if (table.originOf(row) && table.time(row) >= from && table.time(row) <= to) rows.push(row);
  rows.sort((a, b) => table.time(a) - table.time(b) || a - b);
  const start = rows.length ? table.time(rows[0]) : 0;
  const ends = table.origin.map(({ channel, virtual, replay, derived }) => ({
    channel: field(channel),
    rest: `${field(channels.find(({ name }) => name === channel)?.unit ?? "")},${virtual},${replay},${derived ?? false}`,
  }));
  let mark = -1;
  const lines = rows.map((row) => {
    const time = table.time(row);
    while (mark + 1 < marks.length && marks[mark + 1].time - ROUNDED <= time) mark++;
    const elapsed = ((time - start) / 1000).toFixed(3);
    const { channel, rest } = ends[table.originOf(row)];
    return `${new Date(time).toISOString()},${elapsed},${channel},${table.value(row)},${rest},${field(marks[mark]?.text ?? "")}`;
  });
  return `${[HEADER, ...lines].join("\r\n")}\r\n`;
}

/** A field in quotes where it needs them; a spreadsheet must not take a board's text for a formula. */
export function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
