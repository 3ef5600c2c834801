/** What is told at the first visit is told once, also where nothing can be kept. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** A page that is loaded anew. */
const page = async () => (await import("../../src/page/once")).firstTime;

test("once, for ever, where the browser keeps it", async () => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  const first = await page();
  expect([first("zoom"), first("zoom"), first("other")]).toEqual([true, false, true]);
  vi.resetModules();
  expect((await page())("zoom")).toBe(false);
});

function refuse(): never {
  throw new DOMException("no", "SecurityError");
}

const STORAGES: [string, Partial<Storage> | undefined][] = [
  ["there is no storage", undefined],
  ["a frame must not ask", { getItem: refuse }],
  ["it is full", { getItem: () => null, setItem: refuse }],
];

test.each(STORAGES)("once a page where %s", async (_, storage) => {
  vi.stubGlobal("localStorage", storage);
  const first = await page();
  expect([first("zoom"), first("zoom")]).toEqual([true, false]);
  vi.resetModules();
  expect((await page())("zoom")).toBe(true);
});
