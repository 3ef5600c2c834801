/** An experiment's one line, what can be done with it, and what stands across the chart. */
import { describe, expect, test } from "vitest";
import type { Experiment, PanelEvent, ToKernel } from "../../src/contract";
import { LivePanel } from "../../src/data/panel";
import { Local } from "../../src/panel/local";
import { view } from "../../src/panel/view";
import { history, news, state } from "../helpers";

const RUNNING: Experiment = {
  run: "r1",
  name: "Warm up",
  state: "running",
  step: 3,
  of: 7,
  does: "wait 30 s",
  says: null,
  most: false,
  left: null,
  until: 40_000,
};

function shown(given: Partial<Experiment>, local = new Local(), at = 10_000) {
  const it = new LivePanel(() => {}, 0);
  it.hear(
    { ...news([], 0, {}, 10_000)[0], state: state({ experiment: { ...RUNNING, ...given } }) },
    [],
    10_000,
  );
  return view(it, local, at).experiment;
}

describe("the line", () => {
  test.each<[Partial<Experiment>, string, string]>([
    [{}, "Warm up: step 3 of 7, wait 30 s", "30 s left"],
    [{ most: true }, "Warm up: step 3 of 7, wait 30 s", "at most 30 s left"],
    [{ state: "paused", left: 12_000 }, "Warm up is paused at step 3 of 7, wait 30 s", "12 s left"],
    [{ says: "Waits for the board." }, "Warm up: step 3 of 7, wait 30 s. Waits for the board.", ""],
    [{ state: "ending", does: "off", until: 10_000 }, "Warm up comes to its end: step 3 of 7, off", ""],
    [{ state: "done" }, "Warm up: done, 7 steps", ""],
    [{ state: "stopped", says: "temperature above 60." }, "Warm up stopped: temperature above 60.", ""],
    [{ state: "aborted", says: null }, "Warm up was ended", ""],
  ])("%#: %s", (given, words, left) => {
    expect(shown(given)).toMatchObject({ words, left });
  });

  test("has what can be done with it just now", () => {
    const can = (given: Partial<Experiment>) => {
      const it = shown(given);
      return [it?.pauses, it?.ends, it?.over];
    };
    expect(can({})).toEqual([true, true, false]);
    expect(can({ state: "ending" })).toEqual([false, true, false]);
    expect(can({ state: "failed" })).toEqual([false, false, true]);
  });

  test("of a kernel that is gone can do nothing, and counts nothing down", () => {
    const it = shown({}, new Local(), 200_000);
    expect([it?.pauses, it?.ends, it?.left]).toEqual([false, false, ""]);
  });

  test("is gone once it is dismissed, and there again for the next run", () => {
    const local = new Local();
    local.dismissed.add("r1");
    expect(shown({ state: "done" }, local)).toBeNull();
    expect(shown({ run: "r2" }, local)).not.toBeNull();
  });
});

test("the kernel is told of which run something is wanted", () => {
  const sent: ToKernel[] = [];
  const it = new LivePanel((message) => sent.push(message), 0);
  it.experiment("r1", "abort", 0);
  expect(sent[0]).toMatchObject({ type: "experiment", run: "r1", does: "abort", click: expect.any(String) });
});

test("across the chart stand marks, an experiment's own steps and its end, and no command twice", () => {
  const step = (place: string, word: string, does: string): PanelEvent => {
    return { kind: "step", run: "r1", step: 1, of: 9, place, word, does };
  };
  const made = history([
    [1, { kind: "experiment", run: "r1", name: "Warm up", state: "begun" }],
    [2, step("1", "on", "on")],
    [3, step("2", "wait until", "wait until temperature above 30")],
    [4, step("3", "repeat", "repeat 3 times")],
    [5, step("3.1", "wait", "wait 1 s")],
    [6, { kind: "mark", mark: "m1", text: "warm" }],
    [7, { kind: "experiment", run: "r1", name: "Warm up", state: "aborted" }],
  ]);
  expect(made.across.map(({ text }) => text)).toEqual([
    "Warm up begins",
    "wait until temperature above 30",
    "repeat 3 times",
    "warm",
    "Warm up was ended",
  ]);
  expect(made.marks.map(({ text }) => text)).toEqual(["warm"]);
});
