/** A page that goes: what it has shown is no longer pushed to it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ToKernel } from "../src/contract";
import { Displays } from "../src/displays";
import { LivePanel } from "../src/live";

const page = new EventTarget();

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  vi.stubGlobal("window", page);
  vi.stubGlobal("document", { getElementById: () => ({}) });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function shown(): { sent: string[]; display: { seen: boolean; close(): void }; displays: Displays<never> } {
  const sent: string[] = [];
  const panel = new LivePanel(({ type }: ToKernel) => sent.push(type), 0);
  panel.hear({ type: "news", now: 0, answer: true }, [], 0);
  const display = { seen: true, close: () => {} };
  const displays = new Displays(panel);
  displays.add(display);
  return { sent, display, displays: displays as Displays<never> };
}

test("says so at once, though it was seen just now, and once; one that comes back asks", async () => {
  const { sent, display, displays } = shown();
  await vi.advanceTimersByTimeAsync(300);
  page.dispatchEvent(new Event("pagehide"));
  expect(sent).toEqual(["hidden"]);
  display.seen = false;
  displays.look();
  await vi.advanceTimersByTimeAsync(5_000);
  page.dispatchEvent(new Event("pagehide"));
  expect(sent).toEqual(["hidden"]);
  display.seen = true;
  displays.look();
  expect(sent).toEqual(["hidden", "ask"]);
  displays.close();
});

test("of a panel that is closed nothing is said", () => {
  const { sent, displays } = shown();
  displays.close();
  page.dispatchEvent(new Event("pagehide"));
  expect(sent).toEqual([]);
});

test("a short look at another page is not told of", async () => {
  const { sent, display, displays } = shown();
  display.seen = false;
  await vi.advanceTimersByTimeAsync(900);
  display.seen = true;
  displays.look();
  expect(sent).toEqual([]);
  displays.close();
});
