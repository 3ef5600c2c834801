/** The page's rows as a CSV file (RFC 4180). */

import type { Remark } from "../chart/remarks";
import type { Origin } from "../contract";
import type { RowTable } from "./rows";

const HEADER = "time,elapsed_s,channel,value,unit,virtual,replay,mark";

const NOWHERE: Origin = { channel: "", boot: null, interval: null, virtual: false, replay: false };

/** Readings in order of time, `elapsed_s` from the first one, `mark` the last before each; the units by channel, the remarks in order of time. */
export function csv(
  table: RowTable,
  units: ReadonlyMap<string, string>,
  remarks: readonly Remark[] = [],
): string {
  const rows: number[] = [];
  for (let row = table.floor; row < table.have; row++) if (table.originOf(row)) rows.push(row);
  rows.sort((a, b) => table.time(a) - table.time(b) || a - b);
  const start = rows.length ? table.time(rows[0]) : 0;
  const ends = table.origin.map(({ channel, virtual, replay } = NOWHERE) => ({
    channel: field(channel),
    rest: `${field(units.get(channel) ?? "")},${virtual},${replay}`,
  }));
  let mark = -1;
  const lines = rows.map((row) => {
    const time = table.time(row);
    while (mark + 1 < remarks.length && remarks[mark + 1].time <= time) mark++;
    const { channel, rest } = ends[table.originOf(row)];
    return `${new Date(time).toISOString()},${seconds(time - start)},${channel},${table.value(row)},${rest},${field(remarks[mark]?.text ?? "")}`;
  });
  return `${[HEADER, ...lines].join("\r\n")}\r\n`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** A field in quotes where it needs them; a spreadsheet must not take a board's text for a formula. */
export function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
