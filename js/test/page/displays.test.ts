/** A page that goes: what it has shown is no longer pushed to it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ToKernel } from "../../src/contract";
import { LivePanel } from "../../src/data/panel";
import { Displays } from "../../src/page/displays";
import { now } from "../../src/page/time";
import { news, state } from "../helpers";

const page = new EventTarget();

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  vi.stubGlobal("window", page);
  vi.stubGlobal("document", { getElementById: () => ({ remove: () => {} }) });
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
  const displays = new Displays(panel, "0a");
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

test("P11: a panel that is shown nowhere any more lets its rows and its clock go, and asks for them when it is shown again", async () => {
  const sent: ToKernel[] = [];
  const panel = new LivePanel((message: ToKernel) => sent.push(message), now());
  const displays = new Displays(panel, "0a");
  const hide = displays.add({ seen: true, close: () => {} } as never);
  panel.hear(...news(Array.from({ length: 1000 }, (_, at) => [at, 20])), now());
  await vi.advanceTimersByTimeAsync(60_000);
  expect([panel.history.table.have, vi.getTimerCount()]).toEqual([1000, 1]);
  hide();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(panel.history.table.have, "a view that is moved on its page is gone for a moment").toBe(1000);
  await vi.advanceTimersByTimeAsync(6_000);
  expect([panel.history.table.have, panel.history.series.size, vi.getTimerCount()]).toEqual([0, 0, 0]);
  displays.add({ seen: true, close: () => {} } as never);
  displays.look();
  expect(sent.at(-1)).toEqual({ type: "ask", since: 0 });
  expect(vi.getTimerCount()).toBe(1);
  displays.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("P11: a recording without its kernel stays, for nobody could tell it again", async () => {
  const panel = new LivePanel(() => {}, now());
  const series = [{ channel: "temperature", times: [0, 1000], values: [20, 21] }];
  panel.showRecorded({ at: 2000, state: state(), series });
  const displays = new Displays(panel, "0a");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(panel.history.series.get("temperature")?.size).toBe(2);
  displays.close();
});

test("T4: a page that must ask goes on asking when the computer's clock is set back", async () => {
  const asked: number[] = [];
  const panel: LivePanel = new LivePanel(({ type }) => {
    if (type !== "ask") return;
    asked.push(performance.now());
    setTimeout(() => panel.hear({ type: "news", now: 0, answer: true }, [], now()), 50);
  }, now());
  panel.hear({ type: "news", now: 0, answer: true }, [], now());
  const displays = new Displays(panel, "0a");
  displays.add({ seen: true, close: () => {} } as never);
  await vi.advanceTimersByTimeAsync(5_000);
  vi.setSystemTime(Date.now() - 30_000);
  await vi.advanceTimersByTimeAsync(5_000);
  const gaps = asked.slice(1).map((at, nth) => at - asked[nth]);
  expect(asked.length).toBeGreaterThan(15);
  expect(Math.max(...gaps)).toBeLessThan(600);
  displays.close();
});
