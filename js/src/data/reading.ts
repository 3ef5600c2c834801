/** What there is at one time: each channel's reading, the LED, and what happened nearby. Pure. */
import type { Channel } from "../contract";
import type { Command } from "./commands";
import type { History } from "./history";
import type { Series } from "./series";
import { first } from "./sorted";
import { commandWord, milliseconds, outcomeWord } from "./words";

export type Reading = ReturnType<typeof readingAt>;

/** What there is at a time; `reach`: so many milliseconds from it something still counts as there. */
export function readingAt(history: History, channels: readonly Channel[], time: number, reach: number) {
  const lines = channels.map((channel) => history.series.get(channel.name));
  const there = lines.flatMap((series) => (series ? at(history, series, time, reach) : []) ?? []);
  const nearest = closest(there, ({ time }) => time, time);
  const moment = nearest?.time ?? time;
  const values = channels.map((channel, nth) => {
    const series = lines[nth];
    const found = series && at(history, series, moment, reach);
    return { channel, value: found ? history.table.value(found.row) : null };
  });
  const origin = nearest && history.table.origin[history.table.originOf(nearest.row)];
  return {
    time: moment, // of the reading that is nearest; where there is none, the time that was asked for
    values, // null where the channel was silent
    led: origin?.led ?? null, // as the board said with that reading
    nearby: nearby(history, moment, reach), // a mark's or a command's words
  };
}

/** The time of the reading so many of them after a time, or before it; of any of the channels. */
export function stepped(history: History, channels: readonly Channel[], time: number, steps: number): number {
  let moment = time;
  for (let left = Math.abs(steps); left > 0; left--) {
    const next = channels.flatMap(({ name }) => {
      const series = history.series.get(name);
      if (!series) return [];
      const place = steps > 0 ? series.search(moment + EXACT) : series.search(moment - EXACT) - 1;
      return place >= series.start && place < series.end ? [series.time(place)] : [];
    });
    if (!next.length) return moment;
    moment = steps > 0 ? Math.min(...next) : Math.max(...next);
  }
  return moment;
}

const EXACT = 1e-3; // milliseconds that are no step

type Found = { row: number; time: number };

/** A channel's reading at a time, unless the board was silent there. */
function at(history: History, series: Series, time: number, reach: number): Found | null {
  const next = series.search(time);
  const around = [next - 1, next].filter((place) => place >= series.start && place < series.end);
  const rows = around.map((place) => ({ row: series.row(place), time: series.time(place) }));
  const found = closest(rows, (it) => it.time, time);
  if (!found || Math.abs(found.time - time) <= reach) return found;
  return around.length === 2 && !history.silentBetween(series.row(next - 1), series.row(next)) ? found : null;
}

function closest<T>(items: readonly T[], timeOf: (item: T) => number, time: number): T | null {
  const far = (item: T) => Math.abs(timeOf(item) - time);
  return items.reduce<T | null>((best, it) => (best && far(best) <= far(it) ? best : it), null);
}

/** The item that is nearest to a time, of some that are in the order of their times. */
function nearestOf<T>(items: readonly T[], timeOf: (item: T) => number, time: number): T | null {
  const next = first(0, items.length, (at) => timeOf(items[at]) >= time);
  return closest(items.slice(Math.max(0, next - 1), next + 1), timeOf, time);
}

function nearby({ across, commands, deeds }: History, time: number, reach: number): string | null {
  const moments = [deeds, across].map((all) => nearestOf(all, (it) => it.time, time));
  const command = nearestOf(commands.list, (it) => it.sent, time);
  const things = [...moments, command && { time: command.sent, text: told(command) }];
  const found = closest(
    things.filter((it) => it !== null),
    (it) => it.time,
    time,
  );
  return found && Math.abs(found.time - time) <= reach ? found.text : null;
}

function told({ name, outcome }: Command): string {
  const word = commandWord(name);
  if (outcome.kind === "answered") return `${word}, answered after ${milliseconds(outcome.latency)}`;
  return outcome.kind === "sent" ? `${word}, sent` : `${word}: ${outcomeWord(outcome)}`;
}
