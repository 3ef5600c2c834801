/** What the chart's keys and the pause do, where a chart goes on and where it has come to its end. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ToKernel } from "../../src/contract";
import { LivePanel } from "../../src/data/panel";
import { type Actions, actionsOf } from "../../src/panel/actions";
import { Local } from "../../src/panel/local";
import { type Item, news, state } from "../helpers";

const AT = 100_000;
const SERIES = [{ channel: "temperature", times: [9_000, 10_000], values: [20, 21] }];
const KEPT = { at: 10_000, state: state(), series: SERIES };

beforeEach(() => {
  vi.useFakeTimers({ now: AT });
});
afterEach(() => {
  vi.useRealTimers();
});

function saved(): LivePanel {
  const panel = new LivePanel(() => {}, 0);
  panel.showRecorded(KEPT);
  return panel;
}

function closed(): LivePanel {
  const panel = new LivePanel(() => {}, 0);
  const [message, buffers] = news([[9_000, 20], [10_000, 21]], 0, {}, AT); // biome-ignore format: a table
  panel.hear({ ...message, state: state({ closed: "This panel is closed." }) }, buffers, AT);
  return panel;
}

function live(): LivePanel {
  const panel = new LivePanel(() => {}, 0);
  panel.hear({ type: "news", now: 10_000, state: state() }, [], AT);
  return panel;
}

function acting(panel: LivePanel): { local: Local; actions: Actions } {
  const local = new Local();
  const change = (given: Partial<Local>) => Object.assign(local, given);
  const stage = {
    change,
    focus: () => {},
    fill: async () => null,
    changeShade: () => {},
    setUp: () => {},
    readKey: () => false,
    readAt: () => null,
    measure: () => {},
    rangeOf: () => undefined,
    picture: async () => new Blob(),
    code: () => null,
  };
  return { local, actions: actionsOf(panel, local, stage) };
}

function press(actions: Actions, key: string, more: Partial<KeyboardEvent> = {}): boolean {
  let taken = false;
  const take = () => {
    taken = true;
  };
  actions.chartKey({ key, preventDefault: take, ...more } as KeyboardEvent);
  return taken;
}

describe.each([
  ["a saved notebook", saved],
  ["a closed panel", closed],
  ["a living panel", live],
])("in %s", (_, panel) => {
  test("the chart's keys begin from what is shown", () => {
    const { local, actions } = acting(panel());
    expect(press(actions, "ArrowLeft")).toBe(true);
    expect(local.zoom?.x).toEqual([-65_000, -5_000]);
    press(actions, "+");
    expect(local.zoom?.x).toEqual([-50_000, -20_000]);
    press(actions, "Escape");
    expect(local.zoom).toBeNull();
  });

  test("a pause holds what is shown", () => {
    const { local, actions } = acting(panel());
    actions.pause();
    expect(local.paused).toBe(10_000);
    actions.pause();
    expect(local.paused).toBeNull();
  });
});

test("the browser's shortcuts and other keys are left alone", () => {
  const { local, actions } = acting(live());
  expect([press(actions, "-", { ctrlKey: true }), press(actions, "x")]).toEqual([false, false]);
  expect(local.zoom).toBeNull();
});

test("clearing takes two clicks", () => {
  const sent: unknown[] = [];
  const { local, actions } = acting(new LivePanel((message) => sent.push(message), AT));
  actions.clear();
  expect([sent, local.clearUntil]).toEqual([[], AT + 3_000]);
  actions.clear();
  expect([sent, local.clearUntil]).toEqual([[{ type: "clear" }], 0]);
});

test("a comma and a point lead to the commands and marks of a replay, and are nothing elsewhere", () => {
  const sent: ToKernel[] = [];
  const panel = new LivePanel((message) => sent.push(message), AT);
  const replay = { speed: 1, speeds: [1], paused: true, ended: false, until: 0 };
  const { actions } = acting(panel);
  const { chartKey } = actions; // as the page calls it
  panel.hear({ type: "news", now: 0, state: state() }, [], AT);
  chartKey({ key: "." } as KeyboardEvent);
  panel.hear({ type: "news", now: 0, state: state({ version: 2, replay }) }, [], AT);
  for (const key of [".", ","]) chartKey({ key } as KeyboardEvent);
  const steps = sent.filter((it) => it.type === "play").map((it) => it.step);
  expect(steps).toEqual([1, -1]);
});

describe("marks", () => {
  const ofKernel = (mark: string, text: string, change = 0): Item[] => [
    [8_000, { kind: "mark", mark, text, change }],
  ];

  function marking() {
    const sent: ToKernel[] = [];
    const panel = new LivePanel((message) => sent.push(message as ToKernel), AT);
    panel.hear(...news(ofKernel("lamp", "lamp on"), 0, {}, 10_000), AT);
    const { local, actions } = acting(panel);
    const said = () => sent.flatMap((it) => (it.type === "mark" ? [[it.mark, it.text, it.at] as const] : []));
    return { panel, local, actions, said };
  }

  test("M writes one for the moment it was pressed in, and nothing is set without words", () => {
    const { local, actions, said } = marking();
    expect(press(actions, "M")).toBe(true);
    vi.advanceTimersByTime(5_000);
    actions.typed("  ");
    actions.keepMark();
    expect([local.draft, said()]).toEqual([null, []]);
    press(actions, "m");
    vi.advanceTimersByTime(5_000);
    actions.typed(" heater on ");
    actions.keepMark();
    expect(local.draft).toBeNull();
    expect(said()).toEqual([[expect.any(String), "heater on", 15_000]]);
  });

  test("are moved, renamed and taken away under their names, and each can be undone, and that, too", () => {
    const { panel, actions, said } = marking();
    actions.moveMark("lamp", 7_000);
    actions.changeMark("lamp");
    actions.typed("lamp off");
    actions.keepMark();
    actions.takeMark("lamp");
    actions.takeMark("nobody's");
    expect(said()).toEqual([
      ["lamp", "lamp on", 7_000],
      ["lamp", "lamp off", 8_000],
      ["lamp", "", 8_000],
    ]);
    expect(panel.history.marks).toMatchObject([{ text: "lamp on", time: 8_000 }]); // until the kernel tells
    panel.hear(...news(ofKernel("lamp", "", 3), 1, {}, 10_000), AT);
    actions.undoMark();
    panel.hear(...news(ofKernel("lamp", "lamp on", 4), 2, {}, 10_000), AT);
    actions.undoMark();
    expect(said().slice(-2)).toEqual([
      ["lamp", "lamp on", 8_000],
      ["lamp", "", 8_000],
    ]);
  });

  test("of what was new is undone by its name", () => {
    const { actions, said, panel } = marking();
    actions.mark(5_000);
    actions.typed("x");
    actions.mark(6_000); // a click on a better place
    actions.keepMark();
    const [[name]] = said();
    panel.hear(...news([[6_000, { kind: "mark", mark: name, text: "x" }]], 1, {}, 10_000), AT);
    const prevented = { preventDefault: vi.fn(), stopPropagation: vi.fn() };
    actions.chartKey({ key: "z", ctrlKey: true, ...prevented } as unknown as KeyboardEvent);
    expect(prevented.stopPropagation).toHaveBeenCalled();
    expect(said().at(-1)).toEqual([name, "", 6_000]);
  });

  test.each([saved, closed])("cannot be written where all has ended", (panel) => {
    const { local, actions } = acting(panel());
    press(actions, "m");
    expect(local.draft).toBeNull();
  });
});
