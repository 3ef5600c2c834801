/** Where there is room: for words along the time axis, for numbers beside an axis, for names at lines' ends. */
import { describe, expect, it } from "vitest";
import { longest, valueRange, valueTicks } from "../../src/chart/axes";
import { apart, figure, lookOf } from "../../src/chart/figure";
import { commandMarks, markLines } from "../../src/chart/marks";
import type { Command } from "../../src/data/commands";
import { type Item, scene } from "../helpers";

const AXIS = scene([]);
const line = (y: number[]) => ({ x: y.map((_, at) => at), y, dots: { x: [], y: [] } });
const waves = (middle: number, half: number) =>
  line(Array.from({ length: 200 }, (_, at) => middle + half * Math.sin(at / 9)));

describe("P4: a signal fills its axis", () => {
  it.each([
    [1013.2, 0.3],
    [23.4, 0.2],
    [-0.0125, 0.004],
    [100_500, 40],
    [5e9, 2e8],
    [0, 3e-7],
  ])("P4: values of %d ± %d take most of the height", (middle, half) => {
    const [low, high] = valueRange([waves(middle, half)]);
    expect(low).toBeLessThanOrEqual(middle - half);
    expect(high).toBeGreaterThanOrEqual(middle + half);
    expect((2 * half) / (high - low)).toBeGreaterThan(0.65);
  });

  it("P4: of a value that stands still a few of its own steps are shown, not its last decimal", () => {
    const [low, high] = valueRange([line([23.4, 23.4, 23.4])]);
    expect(high - low).toBeGreaterThan(0.3);
    expect(high - low).toBeLessThan(1);
    expect(low < 23.4 && high > 23.4).toBe(true);
  });

  it("P4: the axis is calm while the signal's ends come and go, and follows when it has become small", () => {
    const before = valueRange([line([1012.9, 1013.5])]);
    for (const top of [1013.48, 1013.3, 1013.41, 1013.5])
      expect(valueRange([line([1012.93, top])], [], before)).toBe(before);
    const [low, high] = valueRange([line([1013.11, 1013.25])], [], before);
    expect(high - low).toBeLessThan((before[1] - before[0]) * 0.7);
    expect(valueRange([line([1013.1, 1090])], [], before)[1]).toBeGreaterThan(1090);
  });
});

describe("P5: numbers beside an axis have their room", () => {
  const left = (value: number) => {
    const items: Item[] = Array.from({ length: 100 }, (_, at) => [10 * at, value * (1 + at / 1e4)]);
    const made = figure(scene(items));
    return made.layout as { margin: { l: number }; yaxis: { ticktext: string[] } };
  };

  it.each([-0.0125, 100_500, 1013.2, 23.5])("P5: %d", (value) => {
    const { margin, yaxis } = left(value);
    const most = Math.max(...yaxis.ticktext.map(({ length }) => length));
    expect(margin.l).toBeGreaterThanOrEqual(Math.min(most, 5) * 7 + 16);
  });

  it("P5: numbers are as exact as their step, and never longer than they need be", () => {
    expect(valueTicks([-0.014, -0.011], 4).texts).toContain("−0.012");
    expect(valueTicks([100_460, 100_540], 4).texts).toContain("100500");
    expect(valueTicks([4.8e9, 5.2e9], 4).texts).toContain("5.0e9");
    expect(valueTicks([-2e-7, 2e-7], 4).texts).toContain("−1e−7");
    expect(longest([0, 10], valueTicks([0, 10], 5))).toBe("10");
  });
});

describe("P25: more channels of one unit than there are colours are told apart", () => {
  const channels = Array.from({ length: 9 }, (_, nth) => ({ name: `probe ${nth + 1}`, unit: "°C" }));

  it("P25: each has its name at its line's end, in its colour, and no name covers another", () => {
    const items = channels.map((_, at): Item => [500, 20 + at / 100]);
    const made = figure(scene(items, { channels: channels, width: 700 }));
    const names = made.data.find((it) => it.name === "names") as Record<string, unknown[]>;
    expect(names.text).toEqual(channels.map(({ name }) => name));
    expect((made.layout.margin as { r: number }).r).toBeGreaterThan(50);
    const few = figure(scene(items, { channels: channels.slice(0, 8), width: 700 }));
    expect(few.data.some((it) => it.name === "names")).toBe(false);
  });

  it("P25: the ninth has the first one's colour in another dash", () => {
    const looks = channels.map((_, nth) => JSON.stringify(lookOf(nth)));
    expect(new Set(looks).size).toBe(9);
  });

  it("P25: names keep their order and their distance, and stay beside the axis", () => {
    const found = apart([5, 5.1, 5.2, null, 9.9, 10], [0, 10], 0.1) as number[];
    expect(found[3]).toBeNull();
    const seen = found.filter((it) => it !== null);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    for (const [nth, it] of seen.slice(1).entries()) expect(it - seen[nth]).toBeGreaterThanOrEqual(1 - 1e-9);
    expect(Math.max(...seen)).toBeLessThanOrEqual(9.5);
  });
});

describe("P26: words stand where there is room", () => {
  const mark = (time: number, text: string) => ({ row: time, time, text, name: text, changes: 0 });
  const command = (sent: number): Command => ({
    row: sent,
    name: "on",
    click: null,
    sent,
    settled: sent + 80,
    outcome: { kind: "answered", id: "1", command: "on", click: null, latency: 80, certain: true, led: true },
  });

  it("P26: of two marks close together the older one's words go to its other side", () => {
    const { annotations } = markLines([mark(500, "lamp on"), mark(520, "door open")], AXIS);
    const shown = annotations.map(({ text, xanchor }) => [text, xanchor]);
    expect(shown).toEqual([
      ["door open", "left"],
      ["lamp on", "right"],
    ]);
  });

  it("P26: no mark's line runs through another one's words", () => {
    const { annotations } = markLines([mark(450, "a long word"), mark(500, "b")], AXIS);
    expect(annotations.map(({ xanchor }) => xanchor)).toEqual(["left", "right"]);
  });

  it("P26: a command's label keeps clear of a mark's line, and of the edge", () => {
    const side = (sent: number, lines: number[]) => commandMarks([command(sent)], AXIS, lines).labels[0].side;
    expect(side(500, [])).toBe("center");
    expect(side(500, [295])).toBe("right");
    expect(side(500, [310])).toBe("left");
    expect(side(995, [])).toBe("left");
    expect(side(5, [])).toBe("right");
  });
});

describe("P28: before the first reading", () => {
  it("P28: an axis of nothing has no numbers", () => {
    const made = figure(scene([]));
    expect((made.layout.yaxis as { tickvals: number[] }).tickvals).toEqual([]);
  });
});
