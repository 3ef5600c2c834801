/** One timer for all, and none for nobody. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { every } from "../../src/page/time";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("calls each at its own pace with one timer, until the last has gone", async () => {
  const calls = { often: 0, rarely: 0 };
  const stops = [every(100, () => calls.often++), every(500, () => calls.rarely++)];
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toEqual({ often: 10, rarely: 2 });
  stops[0]();
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toEqual({ often: 10, rarely: 4 });
  stops[1]();
  expect(vi.getTimerCount()).toBe(0);
});

test("begins again for whoever comes later", async () => {
  every(100, () => {})();
  let calls = 0;
  const stop = every(100, () => calls++);
  await vi.advanceTimersByTimeAsync(100);
  expect(calls).toBe(1);
  stop();
});
