/** A recording that is played: the page's clock follows it, and the words say what it is. */
import { describe, expect, test } from "vitest";
import type { Moment, Replay, ToKernel } from "../../src/contract";
import { LivePanel } from "../../src/data/panel";
import { momentAt, momentWord, place, replayed } from "../../src/data/words";
import { Clock } from "../../src/page/time";
import { Local } from "../../src/panel/local";
import { view } from "../../src/panel/view";
import { history, type Item, news, state } from "../helpers";

const REPLAY: Replay = { speed: 10, speeds: [1, 10], paused: false, ended: false, until: 600_000 };

function playing(given: Partial<Replay> = {}, sent: ToKernel[] = []): LivePanel {
  const it = new LivePanel((message) => sent.push(message), 0);
  const [message, buffers] = news([[0, 20], [1000, 21]], 0, {}, 1000); // biome-ignore format: a table
  it.hear({ ...message, state: state({ replay: { ...REPLAY, ...given }, virtual: true }) }, buffers, 50_000);
  return it;
}

describe("the kernel's clock", () => {
  test("goes as fast as the recording", () => {
    const clock = new Clock();
    clock.hear(1000, 50_000, 10);
    expect(clock.kernel(50_100)).toBe(2000);
    clock.hear(2500, 50_140, 10);
    expect(clock.kernel(50_200)).toBe(3100);
  });

  test("stands at once when it is paused, and goes on from there", () => {
    const clock = new Clock();
    clock.hear(1000, 50_000, 10);
    clock.hear(1800, 50_100, 0);
    expect(clock.kernel(90_000)).toBe(1800);
    clock.hear(1800, 90_000, 1);
    expect(clock.kernel(91_000)).toBe(2800);
  });
});

const MOMENTS: Moment[] = [
  [1000, "command", "on"],
  [2000, "failed", "off"],
  [4000, "mark", "heater on"],
];

const jumped = ({ state: it }: LivePanel, jumps: number) =>
  state({ version: 1 + jumps, replay: { ...it!.replay!, jumps } });

describe("the bar of a replay", () => {
  test("names the command or mark that is near", () => {
    expect(momentAt(MOMENTS, 1600, 500)).toEqual(MOMENTS[1]);
    expect(momentAt(MOMENTS, 1400, 1000)).toEqual(MOMENTS[0]);
    expect(momentAt(MOMENTS, 3000, 500)).toBeUndefined();
    expect(MOMENTS.map(momentWord)).toEqual(["On", "Off, failed", "heater on"]);
  });

  test.each([
    [0, "0:00"],
    [59_999, "0:59"],
    [130_000, "2:10"],
    [3_730_000, "1:02:10"],
  ])("%i ms are told as %s", (ms, told) => expect(place(ms)).toBe(told));
});

describe("a replay", () => {
  test("is marked for what it is, and goes by recorded time", () => {
    const shown = view(playing(), new Local(), 50_100);
    expect(shown.tags).toEqual(["virtual", "replay"]);
    expect(shown.replay).toMatchObject({ speed: 10 });
    expect(shown.quiet).toMatch(/^Replay, 10 times as fast: .* of /);
    expect(shown.tiles[0]).toMatchObject({ value: "21.0", age: "just now" });
  });

  test("that is paused does not grow old", () => {
    const shown = view(playing({ paused: true }), new Local(), 53_000);
    expect(shown.tiles[0].age).toBe("just now");
  });

  test("asks its player by one message", () => {
    const sent: ToKernel[] = [];
    playing({}, sent).play({ paused: true }, 50_100);
    expect(sent.find(({ type }) => type === "play")).toEqual({ type: "play", paused: true });
  });

  test("that has gone back is there at once, whatever its messages said before", () => {
    const it = playing();
    it.hear({ type: "news", now: 60_000, played: 59_000 }, [], 50_100);
    const back = state({ version: 2, replay: { ...REPLAY, length: 600_000, jumps: 1 } });
    it.hear({ type: "news", now: 5000, played: 4000, state: back }, [], 50_200);
    expect(it.clock.kernel(50_200)).toBe(5000);
    expect(it.played(50_300)).toBe(5000);
  });

  test("stays within its length", () => {
    const it = playing({ length: 10_000 });
    it.hear({ type: "news", now: 0, played: 9_000 }, [], 50_100);
    expect(it.played(50_150)).toBe(9_500);
    expect(it.played(51_000)).toBe(10_000);
  });

  test("is sought and stepped by messages, and its bar is where it was put until the kernel tells", () => {
    const sent: ToKernel[] = [];
    const it = playing({ paused: true, length: 10_000 }, sent);
    it.play({ seek: 7_000 }, 50_100);
    expect(it.played(50_100)).toBe(7_000);
    it.step(-1, 50_200);
    const asked = sent.filter(({ type }) => type === "play");
    expect(asked).toEqual([
      { type: "play", seek: 7_000 },
      { type: "play", step: -1, click: expect.any(String) },
    ]);
  });

  test("that stands at a command or a mark is said to", () => {
    const it = playing({ paused: true, length: 10_000 });
    it.moments = MOMENTS;
    const said = (played: number) => {
      it.hear({ type: "news", now: 0, played, state: jumped(it, played) }, [], 50_100);
      return view(it, new Local(), 50_100).announcement;
    };
    expect(said(4000)).toBe("heater on, at 0:04 LED on");
    expect(said(4100)).toBe("LED on");
  });

  test("that is played again brings its commands again", () => {
    const it = playing();
    const command = { id: "1", command: "on", click: null };
    const run: Item[] = [
      [0, { kind: "sent", ...command }],
      [83, { kind: "answered", ...command, latency: 83, certain: true, led: true }],
    ];
    it.hear(...news(run, 2), 50_100);
    const [again, buffers] = news(run, 4);
    it.hear({ ...again, rows: { ...again.rows!, floor: 4 } }, buffers, 50_200);
    expect(it.history.commands.list.map(({ row, outcome }) => [row, outcome.kind])).toEqual([
      [4, "answered"],
    ]);
  });

  test("that lost its kernel keeps its mark and has no controls", () => {
    const it = new LivePanel(() => {}, 0);
    const series = [{ channel: "temperature", times: [0, 1000], values: [20, 21] }];
    it.showRecorded({ at: 3000, state: state({ replay: REPLAY }), series });
    const shown = view(it, new Local(), 5000);
    expect([shown.tags, shown.replay]).toEqual([["replay"], null]);
  });

  test.each([
    [{}, /^Replay, 10 times as fast: /],
    [{ speed: 1 }, /^Replay, as fast as it was: /],
    [{ paused: true }, /^Replay, paused: /],
    [{ ended: true }, /^Replay: it ended at /],
  ])("%o is told", (given, expected) => expect(replayed({ ...REPLAY, ...given }, 0)).toMatch(expected));
});

test("a live panel tells what it records to", () => {
  const it = new LivePanel(() => {}, 0);
  const [message, buffers] = news([[0, 20], [1000, 21]], 0, {}, 1000); // biome-ignore format: a table
  it.hear({ ...message, state: state({ recording: "recording to run.jsonl" }) }, buffers, 1000);
  expect(view(it, new Local(), 1000).quiet).toBe("Live: a reading a second · recording to run.jsonl");
});

test("no line joins a recording's two runs", () => {
  const made = history([[0, 1], [500, { kind: "start" }], [900, 2]], { boot: null, interval: null }); // biome-ignore format: a table
  const line = made.series.get("temperature")!;
  expect(made.silentBetween(line.row(0), line.row(1))).toBe(true);
});
