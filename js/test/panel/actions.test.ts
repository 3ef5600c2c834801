/** What the chart's keys and the pause do, where a chart goes on and where it has come to its end. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ToKernel } from "../../src/contract";
import { LivePanel } from "../../src/data/panel";
import { type Actions, actionsOf, Local } from "../../src/panel/actions";
import { news, state } from "../helpers";

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
    measure: () => {},
    rangeOf: () => undefined,
    picture: async () => new Blob(),
    area: () => null,
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
