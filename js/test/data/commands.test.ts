/** What becomes of a command: the words beside the buttons, and its mark on the chart. */
import { describe, expect, test } from "vitest";
import { commandMarks, commandTraces } from "../../src/chart/marks";
import { Commands } from "../../src/data/commands";
import { echo, pending, quiet } from "../../src/data/words";
import { scene } from "../helpers";

const call = { id: "1", command: "on", click: "c" };
const answer = { kind: "answered", ...call, latency: 83, certain: true, led: true } as const;

function clicked(): Commands {
  const commands = new Commands();
  commands.clicked({ id: "c", name: "on", at: 1000 });
  return commands;
}

function says(commands: Commands, at: number): string | undefined {
  return echo(commands.click, commands.latest, at, at)?.text;
}

describe("the echo beside the buttons", () => {
  test("goes from sending to the running cell's turn, sent, confirmed, and is gone in the end", () => {
    const commands = clicked();
    expect(says(commands, 1100)).toBe("On: sending…");
    expect(says(commands, 1500)).toBe("On: waiting for the running cell…");
    commands.hear(0, 2000, { kind: "sent", ...call });
    expect(says(commands, 2010)).toBe("On sent…");
    commands.hear(1, 2083, answer);
    expect(says(commands, 2090)).toBe("✓ On confirmed in 83 ms");
    expect(says(commands, 20_000)).toBeUndefined();
  });

  test("says when there was no answer, and why it was refused", () => {
    const silent = clicked();
    silent.hear(0, 2000, { kind: "sent", ...call });
    silent.hear(1, 12_000, { kind: "unanswered", ...call, after: 10_000 });
    expect(says(silent, 12_100)).toBe("✕ On: no answer after 10 s");
    const refused = clicked();
    refused.hear(0, 2000, { kind: "refused", ...call, reason: "The broker is not connected." });
    expect(says(refused, 2100)).toBe("✕ On refused: The broker is not connected.");
  });

  test("claims no more than that it was sent where the board gives no answers", () => {
    const mute = clicked();
    mute.hear(0, 2000, { kind: "sent", ...call });
    mute.hear(1, 2000, { kind: "mute", ...call });
    expect(says(mute, 2100)).toBe("On sent; this board does not answer");
    expect([mute.due(2100), mute.unsettled.size, mute.latency]).toEqual([false, 0, null]);
  });

  test("is honest about an answer that may be another's", () => {
    const commands = clicked();
    commands.hear(0, 2000, { ...answer, certain: false });
    expect(says(commands, 2001)).toBe("✓ On: an answer in 83 ms, perhaps to another command");
  });

  test("speaks of a later command of the notebook's code", () => {
    const commands = clicked();
    commands.hear(0, 2000, { kind: "sent", ...call });
    commands.hear(1, 2083, answer);
    commands.hear(2, 3000, { kind: "sent", id: "2", command: "off", click: null });
    expect(says(commands, 3010)).toBe("Off sent…");
  });

  test("an answer is due until it has come, or for as long as a command may wait", () => {
    const commands = clicked();
    expect(commands.due(1100)).toBe(true);
    expect(commands.due(14_000)).toBe(false);
    commands.hear(0, 2000, { kind: "sent", ...call });
    expect(commands.due(2100)).toBe(true);
    commands.hear(1, 2083, answer);
    expect(commands.due(2100)).toBe(false);
  });

  test("a click that got lost is spoken of for a minute, then the notebook's commands are", () => {
    const commands = clicked();
    commands.giveUp(61_000);
    expect(says(commands, 61_000)).toBe("On: waiting for the running cell…");
    commands.giveUp(61_001);
    expect([says(commands, 61_001), pending(commands.click, commands.latest, 61_001, 61_001)]).toEqual([
      undefined,
      false,
    ]);
    commands.hear(0, 62_000, { kind: "sent", id: "2", command: "off", click: null });
    expect(says(commands, 62_010)).toBe("Off sent…");
  });

  test("nothing is said of a click whose command is cleared", () => {
    const commands = clicked();
    commands.hear(0, 2000, { kind: "sent", ...call });
    commands.hear(1, 2083, answer);
    commands.drop(2);
    expect(says(commands, 2100)).toBeUndefined();
    expect(pending(commands.click, commands.latest, 2100, 2100)).toBe(false);
  });

  test("the LED waits only while an answer is due", () => {
    const commands = clicked();
    expect(pending(commands.click, commands.latest, 1100, 1100)).toBe(false);
    expect(pending(commands.click, commands.latest, 1500, 1500)).toBe(true);
    commands.hear(0, 2083, answer);
    expect(pending(commands.click, commands.latest, 2500, 2500)).toBe(false);
  });
});

describe("marks on the chart", () => {
  const axis = (from: number, to: number) => ({
    ...scene([]),
    range: [from, to] as [number, number],
    width: 800,
  });
  const marks = (of: Commands, from: number, to: number) => commandMarks(of.list, axis(from, to));
  const commands = new Commands();
  for (let nth = 0; nth < 1000; nth++) {
    const id = String(nth);
    commands.hear(2 * nth, nth * 10, { kind: "sent", ...call, id });
    commands.hear(2 * nth + 1, nth * 10 + 8, { ...answer, id, latency: 8 });
  }

  test("labels never overlap, and the newest has its label", () => {
    const { labels } = marks(commands, 0, 11_000);
    expect(labels[0]).toMatchObject({ at: 9990, text: "on 8 ms" });
    const pixels = labels.map(({ at }) => (at / 11_000) * 800);
    const gaps = pixels.slice(1).map((pixel, at) => pixels[at] - pixel);
    expect(gaps.length).toBeGreaterThan(5);
    expect(Math.min(...gaps)).toBeGreaterThan("on 8 ms".length * 6);
  });

  test("are no more than there is room for, however many there were", () => {
    const { length } = marks(commands, 0, 11_000).ends;
    expect(length).toBeGreaterThan(50);
    expect(length).toBeLessThan(400);
  });

  test("show when a command was sent, and when answered", () => {
    expect(marks(commands, 9985, 9999)).toEqual({
      ends: [
        { at: 9990, look: "sent" },
        { at: 9998, look: "answered" },
      ],
      labels: [{ at: 9990, text: "on 8 ms", side: "center" }],
    });
    const trips = commandTraces({ commands, deeds: [] }, axis(9985, 9999), []).find(
      (it) => it.name === "round trips",
    );
    expect(trips?.x).toEqual([9990, 9998, null]);
  });

  test("stay when a file brings old commands, though these come later; the last answer is today's", () => {
    const today = new Commands();
    today.hear(0, 5_083, answer);
    today.hear(1, 100, { kind: "sent", ...call, id: "of the file" });
    today.hear(2, 190, { ...answer, id: "of the file", latency: 90 });
    expect(marks(today, 4_000, 6_000).ends.map(({ at }) => at)).toEqual([5_000, 5_083]);
    expect([today.latency, today.latest?.sent]).toEqual([83, 5_000]);
    today.drop(1);
    expect(today.list.map(({ row }) => row)).toEqual([1]);
  });

  test("the median of the answers is told once there are a few", () => {
    const some = new Commands();
    const medians = [90, 10, 30, 70].map((latency, nth) => {
      some.hear(nth, 1000 * nth, { ...answer, id: `${nth}`, latency });
      return some.usual;
    });
    expect(medians).toEqual([null, null, { median: 30, n: 3 }, { median: 50, n: 4 }]);
    expect(quiet(4, some, "by_itself")).toBe(
      "Live: 4 readings a second, last answer in 70 ms (median of 4: 50 ms)",
    );
  });

  test("what is gone from the store is gone here", () => {
    commands.drop(1998);
    expect(commands.list.map(({ sent }) => sent)).toEqual([9990]);
  });
});
