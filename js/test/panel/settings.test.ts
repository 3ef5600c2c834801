/** What a slider shows: what is being chosen, then only what the board has confirmed. */
import { expect, test } from "vitest";
import type { Control } from "../../src/contract";
import { LivePanel } from "../../src/data/panel";
import { plain } from "../../src/page/text";
import { Local } from "../../src/panel/local";
import { settings, view } from "../../src/panel/view";
import { type Item, news, state } from "../helpers";

const SLIDER: Control = { name: "brightness", type: "range", min: 0, max: 100, step: 1, value: 40 };

function panel(controls: Control[] = [SLIDER], items: Item[] = []): LivePanel {
  const it = new LivePanel(() => {}, 0);
  const [message, buffers] = news(items);
  it.hear({ ...message, state: state({ controls }) }, buffers, 0);
  return it;
}

function sent(click: string, outcome?: Item[1]): Item[] {
  const about = { id: "c1", command: "brightness=70", click };
  return [[10, { kind: "sent", ...about }], ...(outcome ? [[20, outcome] as Item] : [])];
}

/** A panel on which a value has been set and refused. */
function refused() {
  const [it, local] = [panel(), new Local()];
  const click = it.set("brightness", 70, 0);
  local.drafts.set("brightness", { value: 70, click });
  const about = { id: "c1", command: "brightness=70", click };
  it.hear(...news(sent(click, { kind: "refused", ...about, reason: "too bright" })), 20);
  return { it, local };
}

test("the LED's own switch is no setting, and others are", () => {
  const it = panel([{ name: "led", type: "switch" }, { name: "fan", type: "switch", value: true }]); // biome-ignore format: a table
  expect(settings(it, new Local()).map(({ name, shown }) => [name, shown])).toEqual([["fan", true]]);
  expect(view(it, new Local(), 0).hasLed).toBe(true);
  expect(view(panel([{ name: "fan", type: "switch" }]), new Local(), 0).hasLed).toBe(false);
});

test("a range says its value with its unit, and a control of which nothing is known a dash", () => {
  const unit = "°C\u202e"; // a board's word, which could turn what follows
  const it = panel([{ ...SLIDER, unit } as Control, { name: "hue", type: "range", min: 0, max: 9, step: 1, unit }, { name: "fan", type: "switch", value: true }]); // biome-ignore format: a table
  expect(settings(it, new Local()).map(({ says }) => says)).toEqual([`40 ${plain(unit)}`, "–", "on"]);
  expect(plain(unit)).not.toBe(unit);
});

test("what a board never confirms stays as it was set, and is shown as sent only", () => {
  const speed: Control = { name: "speed", type: "range", min: 0, max: 100, step: 1, value: null, sent: 80 };
  expect(settings(panel([speed]), new Local())).toMatchObject([{ shown: 80, draft: true }]);
  expect(settings(panel([{ ...speed, value: 40 } as Control]), new Local())).toMatchObject([
    { shown: 40, draft: false },
  ]);
});

test("what nobody has set is not known", () => {
  expect(settings(panel([{ name: "hue", type: "color" }]), new Local())[0].shown).toBeNull();
});

test("what is being chosen or under way is shown as such", () => {
  const local = new Local();
  local.drafts.set("brightness", { value: 70, click: null });
  expect(settings(panel(), local)).toMatchObject([{ shown: 70, draft: true }]);
  const it = panel();
  const click = it.set("brightness", 70, 0);
  local.drafts.set("brightness", { value: 70, click });
  expect(settings(it, local)).toMatchObject([{ shown: 70, draft: true }]);
  it.hear(...news(sent(click)), 10);
  expect(settings(it, local)).toMatchObject([{ shown: 70, draft: true }]);
});

test("a setting that got lost is shown as under way for a minute, and no longer", () => {
  const [it, local] = [panel(), new Local()];
  local.drafts.set("brightness", { value: 70, click: it.set("brightness", 70, 1000) });
  it.tick(61_000);
  expect(settings(it, local)).toMatchObject([{ shown: 70, draft: true }]);
  it.tick(61_001);
  expect(settings(it, local)).toMatchObject([{ shown: 40, draft: false }]);
});

test("a refused value goes back to what the board has confirmed", () => {
  const { it, local } = refused();
  expect(settings(it, local)).toMatchObject([{ shown: 40, draft: false }]);
});

test("a value that was refused stays so when the readings are cleared", () => {
  const { it, local } = refused();
  const [message] = news([]);
  it.hear(
    { ...message, rows: { first: 2, end: 2, floor: 2, events: [] } },
    [0, 0, 0].map(() => new ArrayBuffer(0)),
    30,
  );
  expect(it.history.commands.list).toEqual([]);
  expect(settings(it, local)).toMatchObject([{ shown: 40, draft: false }]);
});

test("while a setting waits for its answer the LED is no riddle", () => {
  const it = panel([SLIDER], sent("mine"));
  it.set("brightness", 70, 100);
  const shown = view(it, new Local(), 1100);
  expect([shown.led, shown.echo?.text]).toEqual(["on", "brightness=70: waiting for the running cell…"]);
});
