/** One channel over another: each reading with the last of the other before it, and none across a silence. */
import { expect, test } from "vitest";
import { History } from "../../src/data/history";
import { correlation, pairs } from "../../src/data/xy";
import { origin } from "../helpers";

const ORIGINS = { 1: origin({ channel: "a" }), 2: origin({ channel: "b" }) };

function heard(rows: [origin: number, time: number, value: number][]): History {
  const made = new History();
  made.hear(
    { first: 0, end: rows.length, floor: 0, origins: ORIGINS },
    {
      origins: Uint16Array.from(rows, ([it]) => it),
      times: Float64Array.from(rows, ([, time]) => time),
      values: Float64Array.from(rows, ([, , value]) => value),
    },
  );
  return made;
}

test("each with the last before it, at the same time too, the newest first", () => {
  const history = heard([[2, 500, 1], [1, 1000, 10], [2, 1000, 2], [1, 1400, 11], [2, 2000, 3], [2, 9000, 4]]); // biome-ignore format: a table
  expect(pairs(history, "a", "b", 0, 10_000)).toEqual({ x: [11, 10], y: [3, 2], all: 2 });
  expect(pairs(history, "a", "b", 0, 1500)).toEqual({ x: [10], y: [2], all: 1 });
  expect(pairs(history, "a", "none", 0, 1500)).toEqual({ x: [], y: [], all: 0 });
});

test("of many the newest, and how many there are", () => {
  const rows = Array.from({ length: 5000 }, (_, nth): [number, number, number][] => [
    [1, nth * 100, nth],
    [2, nth * 100, -nth],
  ]);
  const found = pairs(heard(rows.flat()), "a", "b", 0, 1e9);
  expect([found.x.length, found.all, found.x[0], found.y[0]]).toEqual([4000, 5000, 4999, -4999]);
});

test("how far two go together, where that can be told", () => {
  expect(correlation({ x: [1, 2, 3], y: [10, 20, 30] })).toBeCloseTo(1);
  expect(correlation({ x: [1, 2, 3], y: [5, 4, 3] })).toBeCloseTo(-1);
  expect(correlation({ x: [1, 2, 3, 4], y: [1, -1, -1, 1] })).toBeCloseTo(0);
  expect(correlation({ x: [1, 1, 1], y: [1, 2, 3] })).toBeNull();
  expect(correlation({ x: [1, 2], y: [1, 2] })).toBeNull();
});
