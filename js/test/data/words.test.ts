/** Numbers, times, CSV and ranges as people read them. */
import { describe, expect, test } from "vitest";
import { valueRange } from "../../src/chart/axes";
import { forPlotly } from "../../src/chart/style";
import { moved, userZoom } from "../../src/chart/zoom";
import { csv, field } from "../../src/data/csv";
import { exact, number, rate, span } from "../../src/data/words";
import { history } from "../helpers";

test.each([
  [23.44, "23.4"],
  [-3.25, "−3.3"],
  [0, "0.0"],
  [0.0421, "0.042"],
  [65535, "65535"],
  [2.5e7, "2.50e+7"],
])("the number %d is shown as %s", (value, text) => expect(number(value)).toBe(text));

test.each([
  [41_000, "41 s"],
  [720_000, "12 min"],
  [3 * 3_600_000, "3 h"],
  [5 * 86_400_000, "5 d"],
])("%d ms are %s", (ms, text) => expect(span(ms)).toBe(text));

test.each([
  [5, "5 readings a second"],
  [1, "a reading a second"],
  [0.5, "a reading every 2 s"],
  [201.4, "200 readings a second"],
])("%d readings a second are %s", (perSecond, text) => expect(rate(perSecond)).toBe(text));

test("each minus is one, also of an exponent", () => {
  expect([number(-1.25e-7), exact(-1.25e-7)]).toEqual(["−1.25e−7", "−1.25e−7"]);
});

describe("CSV", () => {
  test("has UTC times, elapsed seconds, units, and readings in order of time", () => {
    const page = history([[1500, 2], [1000, 1.5], [1600, { kind: "offline" }]], { virtual: true }); // biome-ignore format: a table
    expect(csv(page, [{ name: "temperature", unit: "°C" }])).toBe(
      "time,elapsed_s,channel,value,unit,virtual,replay,derived,mark\r\n" +
        "1970-01-01T00:00:01.000Z,0.000,temperature,1.5,°C,true,false,false,\r\n" +
        "1970-01-01T00:00:01.500Z,0.500,temperature,2,°C,true,false,false,\r\n",
    );
  });

  test("readings carry the last mark before them", () => {
    const page = history([[1000, 1], [1500, { kind: "mark", mark: "m", text: "=on" }], [1600, 2], [1200, 3]]); // biome-ignore format: a table
    const marks = csv(page, []).trim().split("\r\n").map((line) => line.split(",").at(-1)); // biome-ignore format: one thought
    expect(marks).toEqual(["mark", "", "", "'=on"]);
  });

  test.each([
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["=cmd()", "'=cmd()"],
    ["\u00b5A", "\u00b5A"],
  ])("the field %s is written %s", (text, written) => expect(field(text)).toBe(written));
});

test("text for Plotly cannot be a link or a template", () => {
  expect(forPlotly("<a>%{x}&$")).toBe("&lt;a&gt;&#37;{x}&amp;&#36;");
});

describe("the chart's ranges", () => {
  test("of values move in steps", () => {
    const line = (y: (number | null)[]) => ({ x: [], y, dots: { x: [], y: [] } });
    const range = valueRange([line([20.1, null, 24.9])]);
    expect(range[0]).toBeLessThan(20.1);
    expect(range[1]).toBeGreaterThan(24.9);
    expect(valueRange([line([20.11, 24.91])])).toEqual(range);
    expect(valueRange([line([])])).toEqual([0, 1]);
  });

  test("move and zoom by keys", () => {
    expect(moved([0, 1000], 0.25, 1)).toEqual([250, 1250]);
    expect(moved([0, 1000], 0, 0.5)).toEqual([250, 750]);
  });

  test("are taken from Plotly where a user has changed one", () => {
    const layout = { xaxis: { range: [1000, 2000.5] }, yaxis: { range: [1, 2] } };
    const zoom = userZoom({ "xaxis.range[0]": 1000, "yaxis.range[0]": 1 }, layout);
    expect(zoom).toEqual({ x: [1000, 2000.5], y: { y: [1, 2] } });
    expect(userZoom({ hovermode: "x" }, layout)).toBeNull();
    expect(userZoom({ "xaxis.range": [0, 1] }, layout), "the chart moves on by itself").toBeNull();
  });
});
