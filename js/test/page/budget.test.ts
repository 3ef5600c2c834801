/** Several panels draw at once what comes close together, and leave the page half of its time. */
import { expect, test } from "vitest";
import { budget } from "../../src/page/pane";

/** Draws that take so many milliseconds each, asked for at such times; which of them were drawn at once. */
function drawn(times: number[], took: number): boolean[] {
  let now = 0;
  const atOnce = budget(() => now);
  return times.map((time) => {
    now = Math.max(now, time);
    const draw = () => {
      now += took;
    };
    return atOnce(draw);
  });
}

const every = (milliseconds: number, count: number) =>
  Array.from({ length: count }, (_, nth) => 1000 + nth * milliseconds);

test("readings of three panels that come together are drawn at once", () => {
  expect(drawn([1000, 1002, 1005, 1050, 1052, 1055], 6)).toEqual(Array(6).fill(true));
});

test("what would take more than half of the page's time waits for the next frame", () => {
  const at = drawn(every(10, 200), 10).filter(Boolean).length;
  expect(at).toBeGreaterThan(95);
  expect(at).toBeLessThan(110);
});

test("after one slow drawing the page has as long for itself, then all is drawn at once again", () => {
  let now = 1000;
  const atOnce = budget(() => now);
  atOnce(() => {
    now += 100;
  });
  expect(atOnce(() => {})).toBe(false);
  now += 76;
  expect(atOnce(() => {})).toBe(true);
});
