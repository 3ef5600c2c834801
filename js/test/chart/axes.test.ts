/** How an axis of values gets its range: by the readings that are shown, as it was, from all, with zero, in powers of ten. */
import { describe, expect, test } from "vitest";
import { logTicks, ticksFor } from "../../src/chart/axes";
import { figure } from "../../src/chart/figure";
import { type AxisChoice, heldAxes } from "../../src/chart/zoom";
import { Local } from "../../src/panel/local";
import { type Item, scene } from "../helpers";

type Axis = { range: [number, number]; tickvals: number[]; ticktext: string[] };

/** The axis of temperatures, of a second's readings before which there was one of 90. */
function drawn(
  items: Item[],
  choice?: AxisChoice,
): { axis: Axis; y: unknown; annotations: { text: string; y: number }[] } {
  const chosen = new Local();
  if (choice) chosen.axes.set("°C", choice);
  const limits = [{ channel: "temperature", low: null, high: 25 }];
  const { data, layout } = figure(scene([[-90_000, 90], [-80_000, 21], ...items], { chosen, limits }));
  return { axis: layout.yaxis as Axis, y: data[0].y, annotations: layout.annotations as never };
}

const ITEMS: Item[] = [[0, 20], [1000, 22]]; // biome-ignore format: a table

describe("an axis", () => {
  test("that follows holds what is shown and its limit", () => {
    const [from, to] = drawn(ITEMS).axis.range;
    expect(from).toBeGreaterThanOrEqual(15);
    expect(to).toBeGreaterThan(25);
    expect(to).toBeLessThan(30);
  });

  test("that is held stays, whatever comes", () => {
    expect(drawn(ITEMS, { mode: "hold", range: [1, 2] }).axis.range).toEqual([1, 2]);
  });

  test("of all there is holds what the window does not show", () => {
    expect(drawn(ITEMS, { mode: "all" }).axis.range[1]).toBeGreaterThanOrEqual(90);
  });

  test.each([
    [[[0, 20], [1000, 22]], (from: number, to: number) => from === 0 && to > 25],
    [[[0, -5], [1000, 22]], (from: number, to: number) => from < -5 && to > 25],
  ] as [Item[], (from: number, to: number) => boolean][])("with zero has it at its edge, or within: %j", (items, good) => {
    expect(drawn(items, { mode: "zero" }).axis.range).toSatisfy(([from, to]) => good(from, to));
  }); // biome-ignore format: a table

  test("in powers of ten draws values and limits where they belong, and none that has no place", () => {
    const { axis, y, annotations } = drawn([[0, 10], [500, -3], [1000, 1000]], { mode: "log" }); // biome-ignore format: a table
    expect((y as (number | null)[]).slice(-3)).toEqual([1, null, 3]);
    expect(axis.range[0]).toBeLessThan(1);
    expect(axis.range[1]).toBeGreaterThan(3);
    expect(annotations[0]).toMatchObject({ text: "above 25 °C" });
    expect(annotations[0].y).toBeCloseTo(Math.log10(25));
    const at = axis.ticktext.indexOf("100");
    expect(axis.tickvals[at]).toBe(2);
  });

  test("in powers of ten has ticks that can be told apart", () => {
    for (const range of [
      [0, 0.1],
      [1.2, 1.5],
      [-3, 4],
      [-8, 9],
      [0, 1.5],
    ] as [number, number][]) {
      // biome-ignore format: a table
      const { values, texts } = logTicks(range, 6);
      const seen = texts.filter((_, nth) => values[nth] >= range[0] && values[nth] <= range[1]);
      expect(new Set(seen).size, String(range)).toBe(seen.length);
      expect(seen.length, String(range)).toBeGreaterThanOrEqual(2);
      expect(seen.length, String(range)).toBeLessThanOrEqual(8);
    }
  });
});

describe("axes one above the other", () => {
  const UNITS = ["°C", "°F", "°C/s", "K", "V", "kg·m/s²·mol·cd"];
  const channels = UNITS.map((unit, nth) => ({ name: nth ? `c${nth}` : "temperature", unit }));
  type Drawn = Axis & { domain: [number, number]; title: { text: string; font: { size: number } } };

  /** The axes from the top, and the pixels in which all of them are drawn. */
  function stacked(height: number, scale: number) {
    const style = { ...scene([]).style, scale };
    const limits = channels.flatMap(({ name: channel }) => [{ channel, low: 3, high: 97.5 }]);
    const { layout } = figure(scene(ITEMS, { channels, limits, height, width: 1800, style }));
    const names = ["yaxis", "yaxis3", "yaxis4", "yaxis5", "yaxis6", "yaxis7"];
    const { t, b } = layout.margin as { t: number; b: number };
    return { axes: names.map((name) => layout[name] as Drawn), pixels: height - t - b };
  }

  test.each([
    [300, 1],
    [300, 1.6],
    [560, 1.6],
    [780, 1],
  ])("no number touches another one, in a chart of %d pixels, %d times as large", (height, scale) => {
    const { axes, pixels } = stacked(height, scale);
    const places = axes.flatMap(({ range: [from, to], domain: [low, high], tickvals }) =>
      tickvals
        .filter((value) => value >= from && value <= to)
        .map((value) => pixels * (low + ((value - from) / (to - from)) * (high - low))),
    );
    expect(places.length).toBeGreaterThanOrEqual(UNITS.length);
    places.sort((a, b) => a - b);
    for (const [nth, place] of places.slice(1).entries())
      expect(place - places[nth]).toBeGreaterThan(12 * scale);
  });

  test("a unit that has no room beside its axis is cut, and tells so", () => {
    const titles = (height: number) => stacked(height, 1.6).axes.map(({ title }) => title.text);
    expect(titles(560)).toEqual([...UNITS.slice(0, -1), "kg·m/…"]);
    expect(titles(3000).at(-1)).toBe("kg·m/s²·mol…");
  });

  test("the last of six names every unit that it has, in lines for which there is room, and is of one kind", () => {
    const others = ["a", "b", "c", "d", "e", "kg·m/s²·mol·cd", "Ω"].map((unit) => ({ name: unit, unit }));
    const [shared, chosen] = [[...others, channels[0]], new Local()];
    const left = (some: typeof shared, height = 780) => {
      const { layout, data } = figure(scene([[0, 1e3], [10, 1e4]], { channels: some, chosen, height })); // biome-ignore format: a table
      return { layout, data, l: (layout.margin as { l: number }).l };
    };
    const { layout, l } = left(shared);
    expect((layout.yaxis7 as Drawn).title.text).toBe("kg·m/s²·mol…<br>Ω, °C");
    expect(l).toBeGreaterThan(left(shared.slice(-1)).l);
    chosen.axes.set("kg·m/s²·mol·cd", { mode: "log" });
    expect(left(shared).data.find(({ name }) => name === "temperature")).toMatchObject({ y: [3, 4] });
  });

  test("an axis has a number, however low it is", () => {
    for (const range of [[0.1, 0.9], [-0.3, -0.1], [12.1, 12.4], [3, 4]] as [number, number][]) // biome-ignore format: a table
      for (const log of [false, true]) {
        const { values } = ticksFor(range, log, 6, 20, 1);
        expect(values.some((it) => it >= range[0] && it <= range[1])).toBe(true);
      }
  });
});

test("an axis that is dragged by itself is held, one that is zoomed with time is not", () => {
  const layout = { xaxis: { range: [0, 9] }, yaxis: { range: [3, 4] } };
  expect(heldAxes({ "yaxis.range[0]": 3, "yaxis.range[1]": 4 }, layout)).toEqual({ y: [3, 4] });
  expect(heldAxes({ "xaxis.range[0]": 0, "xaxis.range[1]": 9, "yaxis.range[0]": 3 }, layout)).toEqual({});
  expect(heldAxes({ "yaxis.range": [3, 4] }, layout), "as the chart itself does").toEqual({});
});
