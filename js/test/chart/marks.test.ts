/** Marks and limits on the chart: what is drawn, and where there is room for words. */
import { describe, expect, test } from "vitest";
import { figure } from "../../src/chart/figure";
import { markLines } from "../../src/chart/marks";
import { readingAt } from "../../src/data/reading";
import { history, type Item, scene } from "../helpers";

const AXIS = { ...scene([]), width: 400 };
const READINGS: Item[] = [[0, 23], [500, 23.5], [1000, 24]]; // biome-ignore format: a table

const mark = (row: number, time: number, text: string) => ({ row, time, text, name: text, changes: 0 });

interface Drawn {
  shapes: Record<string, unknown>[];
  annotations: { text: string; xanchor: string }[];
  yaxis: { range: [number, number] };
}

function drawn(items: Item[], limits: { channel: string; low: number | null; high: number | null }[]): Drawn {
  const made = figure(scene(items, { limits, width: 800 }));
  return made.layout as unknown as Drawn;
}

describe("limits", () => {
  test("are dashed lines that the axis makes room for, with what lies beyond tinted", () => {
    const { shapes, annotations, yaxis } = drawn(READINGS, [{ channel: "temperature", low: 20, high: 30 }]);
    expect(shapes.filter(({ type }) => type === "line").map(({ y0 }) => y0)).toEqual([30, 20]);
    const tints = shapes.filter(({ type }) => type === "rect") as { y0: number; y1: number }[];
    expect(tints.map(({ y0, y1 }) => [y0, y1 > yaxis.range[1], y1 < yaxis.range[0]])).toEqual([
      [30, true, false],
      [20, false, true],
    ]);
    expect(annotations.map(({ text }) => text)).toEqual(["above 30 °C", "below 20 °C"]);
    expect(yaxis.range[0]).toBeLessThan(20);
    expect(yaxis.range[1]).toBeGreaterThan(30);
  });

  test("of a channel that is not there, or on no side, draw nothing", () => {
    const limits = [
      { channel: "light", low: 1, high: 2 },
      { channel: "temperature", low: null, high: null },
    ];
    expect(drawn(READINGS, limits).shapes).toEqual([]);
  });
});

test("a trigger's level is a line that the axis makes room for, where its channel is drawn", () => {
  const trigger = { channel: "temperature", above: 25, below: null, before: 5, after: 20, each: true, margin: 0.1, since: null }; // biome-ignore format: a table
  const shown = (given: object) =>
    figure(scene(READINGS, { trigger: { ...trigger, ...given }, width: 800 })).layout as unknown as Drawn;
  const { shapes, annotations, yaxis } = shown({});
  expect(shapes).toMatchObject([{ y0: 25, y1: 25, yref: "y" }]);
  expect(annotations.map(({ text }) => text)).toEqual(["trigger 25 °C"]);
  expect(yaxis.range[1]).toBeGreaterThan(25);
  expect(shown({ below: 25 }).shapes).toHaveLength(1);
  expect(shown({ below: 20 }).shapes).toHaveLength(2);
  expect(shown({ channel: "light" }).shapes).toEqual([]);
});

test("a level's words stand beside those at its height, and at the left where none are", () => {
  const trigger = { channel: "temperature", before: 5, after: 20, each: true, margin: 0.1, since: null };
  const limits = [{ channel: "temperature", low: 20, high: 30 }];
  const shifts = (above: number) => {
    const { layout } = figure(scene(READINGS, { limits, trigger: { ...trigger, above, below: null } }));
    return (layout.annotations as { xshift: number }[]).map(({ xshift }) => xshift);
  };
  expect(shifts(25)).toEqual([0, 0, 0]);
  expect(shifts(30)).toEqual([0, 0, expect.closeTo(11 * 7.2)]);
  expect(shifts(19)[2], "words above 19 are at the height of those below 20").toBeCloseTo(11 * 7.2);
  expect(shifts(20.1)[2]).toBe(0);
});

describe("marks", () => {
  test("are lines across the whole chart, and their words only ever text", () => {
    const { shapes, annotations } = drawn(
      [...READINGS, [600, { kind: "mark", mark: "m", text: "<b>heater</b> $x$" }]],
      [],
    );
    expect(shapes).toMatchObject([{ x0: 600, x1: 600, y0: 0, y1: 1, yref: "paper" }]);
    expect(annotations.map(({ text }) => text)).toEqual(["&lt;b&gt;heater&lt;/b&gt; &#36;x&#36;"]);
  });

  test("the newest keep their words where there is no room for all", () => {
    const marks = [100, 110, 900].map((time, row) => mark(row, time, `heater ${time}`));
    const { shapes, annotations } = markLines(marks, AXIS);
    expect(shapes.map(({ x0 }) => x0)).toEqual([900, 110, 100]);
    expect(annotations.map(({ text, xanchor }) => [text, xanchor])).toEqual([
      ["heater 900", "right"],
      ["heater 110", "left"],
    ]);
  });

  test("stay beside older ones that a file brings later", () => {
    const items = [900, 100].map(
      (time): Item => [time, { kind: "mark", mark: `m${time}`, text: `heater ${time}` }],
    );
    const { shapes } = markLines(history(items).marks, AXIS);
    expect(shapes.map(({ x0 }) => x0)).toEqual([900, 100]);
  });

  test("outside what is shown are not drawn, and cleared ones are forgotten", () => {
    const marks = [mark(0, 2000, "later")];
    expect(markLines(marks, AXIS).shapes).toEqual([]);
    const page = history([[0, { kind: "mark", mark: "m", text: "old" }], [10, 23]]); // biome-ignore format: a table
    page.hear(
      { first: 2, end: 2, floor: 2, events: [] },
      { times: new Float64Array(), values: new Float64Array(), origins: new Uint16Array() },
    );
    expect(page.marks).toEqual([]);
  });

  test("that were changed stand as they were last, whatever order a file brings that in", () => {
    const at = (time: number, mark: string, text: string, change: number): Item => [
      time,
      { kind: "mark", mark, text, change },
    ];
    const page = history([
      at(300, "a", "new", 1),
      at(700, "a", "old", 0),
      at(500, "b", "", 2),
      at(500, "b", "was", 1),
    ]);
    expect(page.marks.map(({ time, text }) => [time, text])).toEqual([[300, "new"]]);
    expect(page.mark("b")).toMatchObject({ text: "", changes: 2 });
  });
});

describe("what was done without a command", () => {
  const done = (time: number, text: string): Item => [time, { kind: "done", text }];
  const sent: Item = [500, { kind: "sent", id: "1", command: "on", click: null }];

  test("stands among the commands, small, in the colour of what is quiet, and only ever text", () => {
    const page = history([...READINGS, done(200, "<b>Wi-Fi</b> away"), sent]);
    const { data } = figure(scene([], { history: page, width: 800 }));
    const [points, words] = ["commands", "labels"].map((name) => data.find((it) => it.name === name)!);
    expect(points.x).toEqual([500, 200]);
    expect((points.marker as { symbol: string[] }).symbol).toEqual(["triangle-up-open", "diamond-open"]);
    expect((points.marker as { color: string[] }).color).toEqual(["good", "soft"]);
    expect(words.text).toEqual(["on …", "&lt;b&gt;Wi-Fi&lt;/b&gt; away"]);
  });

  test("is read where it is pointed at, goes with its rows, and is no command of anybody's", () => {
    const page = history([...READINGS, done(505, "brightness=40 (elsewhere)")]);
    expect(readingAt(page, scene([]).channels, 502, 10).nearby).toBe("brightness=40 (elsewhere)");
    expect(page.commands.latest).toBeNull();
    const none = { times: new Float64Array(), values: new Float64Array(), origins: new Uint16Array() };
    page.hear({ first: 4, end: 4, floor: 4, events: [] }, none);
    expect(page.deeds).toEqual([]);
  });
});
