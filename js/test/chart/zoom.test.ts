/** A live chart moves by whole pixels and never hides what has come. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { inPixels } from "../../src/chart/zoom";
import { Local } from "../../src/panel/local";

const NOW = 1_795_000_000_000;
const local = (span: number | null) => ({ ...new Local(), span });

test("ends at the present or less than a pixel after it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e7 }), fc.integer({ min: 200, max: 3000 }), (after, pixels) => {
      const end = inPixels(NOW + after, local(60_000), pixels);
      expect(end).toBeGreaterThanOrEqual(NOW + after - 0.001);
      expect(end - NOW - after).toBeLessThanOrEqual(60_000 / pixels);
    }),
  );
});

test("moves 100 times in the time of 100 pixels, however often it is drawn", () => {
  const ends = Array.from({ length: 10_000 }, (_, at) => inPixels(NOW + at, local(60_000), 600));
  expect(new Set(ends).size).toBeLessThanOrEqual(101);
});

test("all there is ends at the present", () => {
  expect(inPixels(NOW + 0.5, local(null), 600)).toBe(NOW + 0.5);
});
