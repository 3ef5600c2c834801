/** What is drawn is drawn again only for something new. */
import { expect, test } from "vitest";
import { guard } from "../../src/page/guard";

test("the first time, and whenever a part is another than the last time, there is something new", () => {
  const changed = guard();
  const list = [1];
  expect([changed(1, list), changed(1, list), changed(2, list)]).toEqual([true, false, true]);
  expect([changed(2, [1]), changed(Number.NaN, list), changed(Number.NaN, list)]).toEqual([
    true,
    true,
    false,
  ]);
  expect(guard()(undefined)).toBe(true);
});
