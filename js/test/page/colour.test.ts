/** Contrast as WCAG reckons it. */
import { expect, test } from "vitest";
import { type Colour, contrast, over } from "../../src/page/theme";

const WHITE: Colour = [255, 255, 255, 1];
const BLACK: Colour = [0, 0, 0, 1];

test("P12: black on white is 21 to 1, and grey 118 the last that is read on white", () => {
  expect(contrast(BLACK, WHITE)).toBeCloseTo(21);
  expect(contrast(WHITE, [118, 118, 118, 1])).toBeCloseTo(4.54, 2);
});

test("P12: an ink that lets the ground through is measured as it looks there", () => {
  expect(over([0, 0, 0, 0.8], WHITE)).toEqual([51, 51, 51, 1]);
  expect(over([0, 0, 0, 0.8], BLACK)).toEqual(BLACK);
});
