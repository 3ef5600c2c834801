/** A panel or a wall that has ended: the kernel has nothing more to tell, and is not asked. */
import { describe, expect, test } from "vitest";
import type { ToKernel, WallHead, WallToKernel } from "../../src/contract";
import { LivePanel } from "../../src/data/panel";
import { LiveWall } from "../../src/wall/wall";
import { news, state } from "../helpers";

const CLOSED = "This panel is closed: run its cell again, or make a new one.";

/** A panel whose kernel says its last words at 0, and the page then for half a minute. */
function ended(closed: string | null): { panel: LivePanel; sent: ToKernel[]; run: (from: number) => number } {
  const sent: ToKernel[] = [];
  const panel = new LivePanel((message) => sent.push(message), 0);
  const [message, buffers] = news([[0, 20], [1000, 21]]); // biome-ignore format: a table
  panel.hear({ ...message, state: state({ closed }) }, buffers, 0);
  return {
    panel,
    sent,
    /** How often it asks, each time answered at once. */
    run(from) {
      sent.length = 0;
      for (let at = from; at < from + 30_000; at += 100) {
        const before = sent.length;
        panel.tick(at);
        if (sent.length > before) panel.hear({ type: "news", now: at, answer: true }, [], at);
      }
      return sent.filter(({ type }) => type === "ask").length;
    },
  };
}

test("where no push comes a living panel asks on and on, an ended one once more", () => {
  expect(ended(null).run(100)).toBeGreaterThan(50);
  expect(ended(CLOSED).run(100)).toBe(1);
});

test("what is missing is asked for nevertheless", () => {
  const { panel, sent, run } = ended(CLOSED);
  run(100);
  const [message, buffers] = news([[5000, 22]], 7); // biome-ignore format: a table
  sent.length = 0;
  panel.hear(message, buffers, 40_000);
  expect(sent).toEqual([{ type: "ask", since: 2 }]);
});

test("after a clear, which no push tells of, it asks", () => {
  const { panel, sent, run } = ended(CLOSED);
  run(100);
  sent.length = 0;
  panel.clear();
  expect(sent.map(({ type }) => type)).toEqual(["clear", "ask"]);
});

describe("a wall", () => {
  /** The wall after its kernel's last words at 0, and how often it then asks in half a minute. */
  function wall(closed: string | null) {
    const look = { order: "trouble", channel: null, more: false };
    const nothing = { searching: null, round: null, trouble: null, next: null, notices: [], channels: [] };
    const head: WallHead = { ...nothing, commands: [], closed, look };
    const sent: WallToKernel[] = [];
    const it = new LiveWall((message) => sent.push(message), 0);
    const hear = (at: number, answer: boolean, from = 0) =>
      it.hear(
        { type: "wall", now: at, from, version: from, tiles: [], head, ...(answer ? { answer: true } : {}) },
        at,
      );
    hear(0, false);
    for (let at = 100; at < 30_000; at += 100) {
      const before = sent.length;
      it.tick(at);
      if (sent.length > before) hear(at, true);
    }
    return { asked: sent.length, sent, hear };
  }

  test("that lives is asked for on and on, one that has ended once more", () => {
    expect(wall(null).asked).toBeGreaterThan(50);
    expect(wall("This wall is closed.").asked).toBe(1);
  });

  test("that has ended is asked for what is missing nevertheless", () => {
    const { sent, hear } = wall("This wall is closed.");
    hear(40_000, false, 7);
    expect(sent.slice(1)).toEqual([{ type: "ask", since: 0 }]);
  });
});
