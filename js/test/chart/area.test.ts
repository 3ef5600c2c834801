/** Where on the chart's element a time is, and back. */
import { expect, test } from "vitest";
import { placed, timeAt } from "../../src/chart/area";

const AREA = { range: [1000, 3000] as [number, number], left: 50, width: 400, top: 5, height: 100 };

test("a place has its time", () => {
  expect([50, 150, 450].map((x) => timeAt(x, AREA))).toEqual([1000, 1500, 3000]);
});

test("a time has its place, which knows how far both edges are; beyond them it is at the edge", () => {
  const at = (time: number) => placed(time, AREA);
  expect(at(1500)).toBe("left: 150px; top: 5px; height: 100px; --before: 100px; --after: 300px");
  expect(at(-9000)).toBe("left: 50px; top: 5px; height: 100px; --before: 0px; --after: 400px");
  expect(at(9000)).toBe("left: 450px; top: 5px; height: 100px; --before: 400px; --after: 0px");
});
