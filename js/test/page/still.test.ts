/** Still pictures: for pages where no panel lives, and of several notebooks on one page. */
import { expect, it } from "vitest";
import { hideStill, showStill } from "../../src/page/displays";

function page() {
  const rules = new Map<string, string>();
  return {
    rules,
    getElementById: (id: string) => (rules.has(id) ? { remove: () => rules.delete(id) } : null),
    createElement: () => ({ id: "", textContent: "" }),
    head: { append: (it: { id: string; textContent: string }) => rules.set(it.id, it.textContent) },
  };
}

it("P9: a living panel hides its own still picture, and no other notebook's", () => {
  const shown = page();
  hideStill(shown as never, "0a1b");
  hideStill(shown as never, "0a1b");
  expect([...shown.rules.values()]).toEqual([".picopanel-still-0a1b { display: none; }"]);
});

it("P9: what cannot be a panel's key, as in a notebook of a stranger, makes no rule", () => {
  const shown = page();
  for (const key of ["", "undefined", "a{} body", "x, body"]) hideStill(shown as never, key);
  expect(shown.rules.size).toBe(0);
});

it("P9: a panel that is gone from the page hides nothing any more, and no other panel's end matters", () => {
  const shown = page();
  hideStill(shown as never, "0a1b");
  hideStill(shown as never, "2c3d");
  showStill(shown as never, "0a1b");
  showStill(shown as never, "ffff");
  expect([...shown.rules.values()]).toEqual([".picopanel-still-2c3d { display: none; }"]);
});
