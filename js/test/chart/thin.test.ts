/** However much is drawn, no spike and no silence is lost. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { thin } from "../../src/chart/thin";
import { history, type Item } from "../helpers";

function drawn(items: Item[], width: number, from: number, to: number, interval: number | null = 1000) {
  const made = history(items, { interval });
  return thin(made, made.series.get("temperature")!, from, to, width);
}

describe("thinning", () => {
  test("keeps the least and the greatest, and stays within a few points per pixel", () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 3000 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 50 }), (all, width) => {
        const line = drawn(
          all.map((value, at) => [at, value]),
          width,
          0,
          all.length,
        );
        const seen = line.y.filter((value) => value !== null);
        expect(Math.min(...seen)).toBe(Math.min(...all));
        expect(Math.max(...seen)).toBe(Math.max(...all));
        expect(line.x.length).toBeLessThanOrEqual(2 * width + 8);
        expect(line.x).toEqual(line.x.toSorted((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  test("a spike of one sample among 100 000 is drawn", () => {
    const items: Item[] = Array.from({ length: 100_000 }, (_, at) => [at, at === 54_321 ? 99 : 20]);
    expect(drawn(items, 500, 0, 100_000).y).toContain(99);
  });

  test("a silence of more than 3 intervals breaks the line", () => {
    const line = drawn([[0, 1], [1000, 2], [4500, 3], [5500, 4]], 500, 0, 6000); // biome-ignore format: a table
    expect(line.y).toEqual([1, 2, null, 3, 4]);
  });

  test("a fast stream is not broken by less than a second", () => {
    expect(drawn([[0, 1], [900, 2]], 500, 0, 1000, 50).y).toEqual([1, 2]); // biome-ignore format: a table
  });

  test("readings on demand are joined, unless the board was silent between them", () => {
    expect(drawn([[0, 1], [60_000, 2]], 500, 0, 60_000, null).y).toEqual([1, 2]); // biome-ignore format: a table
    const silent: Item[] = [[0, 1], [30_000, { kind: "offline" }], [60_000, 2]]; // biome-ignore format: a table
    expect(drawn(silent, 500, 0, 60_000, null).y).toEqual([1, null, 2]);
  });

  test("silences are forgotten with the readings before them, and others are not", () => {
    const silent = { kind: "offline" } as const;
    const made = history([[0, 1], [1000, silent], [2000, 2], [3000, silent], [4000, 3]], { interval: null }); // biome-ignore format: a table
    const empty = { times: new Float64Array(), values: new Float64Array(), origins: new Uint16Array() };
    const series = made.series.get("temperature")!;
    const [first, second, third] = [0, 1, 2].map((at) => series.row(at));
    made.hear({ first: 5, end: 5, floor: 2 }, empty);
    expect(made.silentBetween(first, second)).toBe(false);
    expect(made.silentBetween(second, third)).toBe(true);
    made.hear({ first: 5, end: 5, floor: 5 }, empty);
    expect(made.silentBetween(second, third)).toBe(false);
  });

  test("samples sent again later take their place in time", () => {
    expect(drawn([[0, 1], [3000, 4], [1000, 2], [2000, 3]], 500, 0, 3000).y).toEqual([1, 2, 3, 4]); // biome-ignore format: a table
  });

  test("a reading that no line touches has a dot", () => {
    const stream = Array.from({ length: 200 }, (_, at): Item => [at * 100, 1]);
    const line = drawn([...stream, [60_000, 7]], 300, 0, 60_000, 100);
    expect(line.dots.y).toEqual([7]);
  });
});
