/** What time it is where the readings are. */
import { expect, test } from "vitest";
import { Clock } from "../../src/page/time";

test("the kernel's clock is told by the message that was least late", () => {
  const clock = new Clock();
  clock.hear(1000, 500);
  clock.hear(2000, 1900);
  expect(clock.kernel(2000)).toBe(2500);
});
