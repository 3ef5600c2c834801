/** One timer for all, and none for nobody. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { everyTick } from "../src/ticks";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("calls all ten times a second with one timer, until the last has gone", async () => {
  const calls = { a: 0, b: 0 };
  const stops = [everyTick(() => calls.a++), everyTick(() => calls.b++)];
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toEqual({ a: 10, b: 10 });
  stops[0]();
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toEqual({ a: 10, b: 20 });
  stops[1]();
  expect(vi.getTimerCount()).toBe(0);
});

test("begins again for whoever comes later", async () => {
  everyTick(() => {})();
  let calls = 0;
  const stop = everyTick(() => calls++);
  await vi.advanceTimersByTimeAsync(100);
  expect(calls).toBe(1);
  stop();
});
