/** How a chart was set comes back, whoever wrote the notebook. */
import { expect, test } from "vitest";
import type { Look } from "../../src/contract";
import { Local } from "../../src/panel/local";
import { lookOf, wear } from "../../src/panel/look";

test("it comes back as it was", () => {
  const look: Look = { span: 300_000, hidden: ["light"], axes: [["°C", "hold", [1, 2]], ["%", "log", null]] }; // biome-ignore format: a table
  const local = new Local();
  wear(local, look);
  expect(lookOf(local)).toEqual(look);
});

test.each([
  {},
  { span: -1, hidden: "light", axes: { a: 1 } },
  { span: "1 min", hidden: [1, null], axes: [1, [], ["°C"], ["°C", "wild", null]] },
  { span: {}, hidden: {}, axes: null },
])("what is no look changes nothing: %j", (look) => {
  const local = new Local();
  wear(local, look as never);
  expect(lookOf(local)).toEqual(lookOf(new Local()));
});

test.each([[[5, 1]], [["a", 2]], [[1]], ["ab"], [{}]])("a range that is none holds nothing: %j", (held) => {
  const local = new Local();
  wear(local, { span: null, hidden: [], axes: [["°C", "zero", held as never]] });
  expect(local.axes.get("°C")).toEqual({ mode: "zero", range: undefined });
});
