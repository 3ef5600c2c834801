/** What lies between two cursors. */
import { expect, test } from "vitest";
import { numbersOf } from "../../src/data/stretch";
import { history } from "../helpers";

const series = history([[1000, 20], [2000, 23], [3000, 22], [4000, 27], [9000, 5]]).series.get("temperature")!; // biome-ignore format: a table

test("the numbers of a stretch, its ends included", () => {
  const found = numbersOf(series, 1000, 4000)!;
  expect(found).toMatchObject({
    n: 4,
    difference: 7,
    seconds: 3,
    mean: 23,
    median: 22.5,
    least: 20,
    leastAt: 1000,
    most: 27,
    mostAt: 4000,
  });
  expect(found.deviation).toBeCloseTo(Math.sqrt(26 / 3), 12);
  expect(found.slope).toBeCloseTo(2, 12);
});

test("an odd count has its middle one for its median", () => {
  expect(numbersOf(series, 0, 3500)!.median).toBe(22);
});

test("one reading has neither deviation nor slope, and where there is none there are no numbers", () => {
  expect(numbersOf(series, 1500, 2500)).toMatchObject({ n: 1, difference: 0, deviation: null, slope: null });
  expect(numbersOf(series, 4001, 8999)).toBeNull();
});

test("readings of one time have no slope", () => {
  const twice = history([[1000, 20], [1000, 21]]).series.get("temperature")!; // biome-ignore format: a table
  expect(numbersOf(twice, 0, 2000)).toMatchObject({ n: 2, slope: null, seconds: 0 });
});

test("a mean that is nothing but what a sum is off by is none", () => {
  const swings = history([[0, 0.1], [1000, 0.2], [2000, -0.3]]).series.get("temperature")!; // biome-ignore format: a table
  expect(0.1 + 0.2 - 0.3).not.toBe(0);
  expect(numbersOf(swings, 0, 2000)!.mean).toBe(0);
});
