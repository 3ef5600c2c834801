/** Many channels: no two lines look the same, the temperature is the large one, and axes do not run out. */
import { expect, test } from "vitest";
import { figure, lookOf, unitsOf } from "../../src/chart/figure";
import { LivePanel } from "../../src/data/panel";
import { Local } from "../../src/panel/local";
import { axisWord, view } from "../../src/panel/view";
import { history, type Item, news, scene, state } from "../helpers";

const channels = (...units: string[]) => units.map((unit, nth) => ({ name: `c${nth}`, unit }));

test("no two of the first 32 lines look the same", () => {
  const looks = Array.from({ length: 32 }, (_, nth) => JSON.stringify(lookOf(nth)));
  expect(new Set(looks).size).toBe(32);
});

test("each unit has its axis, in the order of the channels, but the last of six has all that are left", () => {
  expect(unitsOf(channels("°C", "lx", "°C", "%"), history([]))).toEqual([["°C"], ["lx"], ["%"]]);
  const many = unitsOf(channels(..."abcdefcghij"), history([]));
  expect(many).toEqual([..."abcde"].map((unit) => [unit]).concat([[..."fghij"]]));
  expect(many.map(axisWord).at(-1)).toBe("f, g, h, i, j");
  expect(unitsOf([], history([]))).toEqual([]);
  expect([["", "K"], [""]].map(axisWord)).toEqual(["K", "Values"]);
});

test("an axis that is held is named by its units, of many by those that stand over the chart", () => {
  const [it, local] = [new LivePanel(() => {}, 0), new Local()];
  it.adopt(state({ channels: channels(..."abcdefg", "mol/(m²·s)", "kg·m/s²·mol·cd", "kg·m²/s³·A²·K") }));
  expect(view(it, local, 0).held).toBe("");
  local.axes.set("a", { mode: "zero" });
  local.axes.set("b", { mode: "hold", range: [0, 1] });
  expect(view(it, local, 0).held).toBe("b");
  local.axes.set("f", { mode: "hold", range: [0, 1] });
  expect(view(it, local, 0).held).toBe("b, f, g, mol/(m²·s), kg·m/s²·mol·cd, kg·…");
});

test("a derived channel has no axis before it has a value, which it never has if it fails", () => {
  const derived = { name: "c9", unit: "K", derived: ["c0"] };
  const all = [derived, ...channels("°C", "lx")];
  const drawn = (some: typeof all) => {
    const { data, layout } = figure(scene([], { channels: some }));
    return [
      data.filter((it) => it.yaxis !== "y2").map(({ name }) => name),
      Object.keys(layout).filter((it) => /^yaxis\d*$/.test(it)).length,
    ];
  };
  expect(unitsOf(all, history([]))).toEqual([["°C"], ["lx"]]);
  expect(unitsOf(all, history([[0, 1]], { channel: "c9" }))).toEqual([["K"], ["°C"], ["lx"]]);
  expect(drawn(all)).toEqual([["c0", "c1"], 3]);
  expect(drawn([derived])).toEqual([[""], 2]);
});

test("the temperature is shown large, wherever it stands", () => {
  const it = new LivePanel(() => {}, 0);
  const others = channels("lx", "%");
  it.adopt(state({ channels: [...others, { name: "temperature", unit: "°C" }] }));
  expect(view(it, new Local(), 0).main?.channel).toBe("temperature");
  expect(view(it, new Local(), 0).axes).toBe(3);
  it.adopt(state({ channels: others }));
  expect(view(it, new Local(), 0).main?.channel).toBe("c0");
});

test("a derived channel says of what it is made", () => {
  const it = new LivePanel(() => {}, 0);
  const derived = { name: "dew point", unit: "°C", derived: ["temperature", "humidity"] };
  it.adopt(state({ channels: [...channels("°C"), derived, { ...derived, name: "old", derived: [] }] }));
  const said = view(it, new Local(), 0).tiles.map((tile) => tile.derived);
  expect(said).toEqual([null, "derived from temperature and humidity", "derived"]);
});

test("another look is offered of the channels that have enough readings for it", () => {
  const it = new LivePanel(() => {}, 0);
  it.adopt(state({ channels: channels("°C", "lx", "%") }));
  const hear = (channel: string, count: number) => {
    const from = it.history.table.have;
    const items = Array.from({ length: count }, (_, nth): Item => [from + nth, nth]);
    it.hear(...news(items, from, { channel }), 0);
  };
  const offered = () => {
    const { spectrum, xy } = view(it, new Local(), 0).looks;
    return [spectrum, xy].map((them) => them.map(({ name }) => name).join());
  };
  expect(offered()).toEqual(["", ""]);
  hear("c0", 31);
  hear("c1", 1);
  expect(offered()).toEqual(["", "c0"]);
  hear("c0", 1);
  hear("c1", 1);
  expect(offered()).toEqual(["c0", "c0,c1"]);
});
