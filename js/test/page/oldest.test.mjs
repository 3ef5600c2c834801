import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bcd, NAMES, newInProgram, newInSheet, OLDEST } from "../../oldest.mjs";
import { tooOld } from "../../src/page/oldest";

describe("what the oldest promised browsers lack is not built", () => {
  const words = (told) => told.map((it) => it.split(" ")[0]);

  it("finds methods, statics and globals that came later, and no word of the program's own", () => {
    const later = "[].at(0); Object.groupBy([], String); x.checkVisibility(); new CloseWatcher()";
    expect(words(newInProgram(later))).toEqual(["CloseWatcher", "groupBy", "checkVisibility"]);
    expect(
      newInProgram("const it = { groupBy() {} }; it.groupBy(); [].toSorted(); structuredClone(1)"),
    ).toEqual([]);
  });

  it("finds selectors, properties, functions, rules and features of media", () => {
    const later = "@scope { a:has(b) { text-wrap: balance; color: light-dark(red, blue) } }";
    expect(words(newInSheet(later))).toEqual(["@scope", ":has", "text-wrap", "light-dark()"]);
    expect(newInSheet("@supports selector(:has(a)) { a:has(b) { color: red } }")).toEqual([]);
    const known =
      "a:is(b) { color: color-mix(in srgb, red, blue); user-select: none; -webkit-user-select: none }";
    expect(newInSheet(known)).toEqual([]);
  });
});

describe("a page that is too old", () => {
  beforeEach(() => {
    vi.stubGlobal("OLDEST_NAMES", NAMES);
    vi.stubGlobal("CSS", { supports: (_, value) => value.startsWith("color-mix") });
  });
  afterEach(() => vi.unstubAllGlobals());

  it("is one that lacks any of three, which together came with just the promised versions", () => {
    const came = [
      bcd.javascript.builtins.Array.toSorted,
      bcd.api.DecompressionStream,
      bcd.css.types.color["color-mix"],
    ].map((it) => it.__compat.support);
    for (const [browser, version] of Object.entries(OLDEST)) {
      const first = came.map((support) => Number([support[browser]].flat()[0].version_added));
      expect(Math.max(...first), browser).toBe(Number(version));
    }
  });

  it("is told which to take; a newer one is not", () => {
    expect(tooOld()).toBeNull();
    vi.stubGlobal("DecompressionStream", undefined);
    expect(tooOld()).toContain(NAMES);
  });
});
