/** Where a trigger's channel crosses, by the examples that the kernel's tests have, too. */
import { expect, test } from "vitest";
import contract from "../../../tests/contract.json";
import type { Trigger } from "../../src/contract";
import { History } from "../../src/data/history";
import { MOST_PIECES, Pieces } from "../../src/data/pieces";
import { columnsOf } from "../../src/data/rows";
import { history, type Item, news } from "../helpers";

const EACH: Trigger = { channel: "temperature", above: 30, below: null, before: 1, after: 0.5, each: true, margin: 0, since: null }; // biome-ignore format: a table

const readings = (values: number[]) => values.map((value, second): Item => [1000 * second, value]);
const times = (pieces: readonly { at: number }[]) => pieces.map(({ at }) => at / 1000);

test.each(contract.triggers)("$about", ({ trigger, values, crossings }) => {
  const { series } = history(readings(values));
  const given = { channel: "temperature", before: 1, ...trigger };
  expect(times(new Pieces().of(given, series.get("temperature")!))).toEqual(crossings);
});

function hear(log: History, items: Item[], floor = 0): void {
  const [{ rows }, buffers] = news(items, log.table.have);
  log.hear({ ...rows!, floor }, columnsOf(buffers));
}

test.each(contract.triggers)("$about, one reading after the other", ({ trigger, values, crossings }) => {
  const [log, pieces] = [new History(), new Pieces()];
  const given = { channel: "temperature", before: 1, ...trigger };
  let found: readonly { at: number }[] = [];
  for (const item of readings(values)) {
    hear(log, [item]);
    found = pieces.of(given, log.series.get("temperature")!);
  }
  expect(times(found)).toEqual(crossings);
});

test("a reading that comes late moves a crossing to where it was", () => {
  const [log, pieces] = [new History(), new Pieces()];
  hear(log, [[0, 20], [10_000, 40]]); // biome-ignore format: a table
  const found = () => times(pieces.of(EACH, log.series.get("temperature")!));
  expect(found()).toEqual([10]);
  hear(log, [[4000, 29], [5000, 31]]); // biome-ignore format: a table
  expect(found()).toEqual([5]);
});

test("the newest pieces are kept with their numbers, and go with their readings", () => {
  const [log, pieces] = [new History(), new Pieces()];
  const waves = Array.from({ length: 200 }, (_, nth) => (nth % 2 ? 40 : 20));
  hear(log, readings(waves));
  const found = () => pieces.of(EACH, log.series.get("temperature")!).map(({ nth }) => nth);
  expect(found()).toEqual(Array.from({ length: MOST_PIECES }, (_, nth) => 51 + nth));
  hear(log, [[200_000, 20], [201_000, 40]], 190); // biome-ignore format: a table
  expect(found()).toEqual([96, 97, 98, 99, 100, 101]);
  hear(log, [], log.table.have);
  expect(found()).toEqual([]);
  hear(log, [[300_000, 40], [301_000, 20]], log.table.have); // biome-ignore format: a table
  expect(found()).toEqual([]);
});

test("it is ready once readings have been far enough on the other side", () => {
  const [log, pieces] = [new History(), new Pieces()];
  const ready = (value: number) => {
    hear(log, [[1000 * log.table.have, value]]);
    pieces.of({ ...EACH, margin: 1 }, log.series.get("temperature")!);
    return pieces.ready;
  };
  expect([31, 29.5, 29, 29.5, 31].map(ready)).toEqual([false, false, true, true, false]);
});

test("where more came, and went, than is kept, it begins anew with what there is", () => {
  const [log, pieces] = [new History(), new Pieces()];
  const waves = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, nth): Item => [1000 * (from + nth), (from + nth) % 2 ? 40 : 20]);
  const found = (by: Pieces) => [...by.of(EACH, log.series.get("temperature")!)];
  hear(log, waves(0, 20));
  expect(found(pieces)).toHaveLength(10);
  hear(log, waves(20, 60));
  hear(log, [], 56);
  expect(found(pieces)).toEqual(found(new Pieces()));
  expect(found(pieces)).toHaveLength(2);
});
