/** What is read off the chart at one time. */
import { expect, test } from "vitest";
import type { PanelEvent } from "../../src/contract";
import { History } from "../../src/data/history";
import { readingAt, stepped } from "../../src/data/reading";
import { news } from "../helpers";

const TEMPERATURE = { name: "temperature", unit: "°C" };
const LIGHT = { name: "light", unit: "lx" };
const TOGGLE = { id: "a", command: "toggle", click: null };

/** Temperature each second up to 4 s and from 60 s on, light at 1.4 s, a command and a mark. */
function filled(): History {
  const history = new History();
  const hear = (...given: Parameters<typeof news>) => {
    const [{ rows }, [times, values, origins]] = news(...given);
    const columns = {
      times: new Float64Array(times),
      values: new Float64Array(values),
      origins: new Uint16Array(origins),
    };
    history.hear(rows!, columns);
  };
  const each = (from: number): [number, number][] =>
    [0, 1, 2, 3, 4].map((at) => [(from + at) * 1000, 20 + at]);
  hear(each(0), 0, { led: true });
  const renamed = (number: number) => {
    const [{ rows }, buffers] = news([[1400, 300]], 5, { channel: "light", led: null });
    const origins = { [number]: rows!.origins![1] };
    const columns = {
      times: new Float64Array(buffers[0]),
      values: new Float64Array(buffers[1]),
      origins: Uint16Array.of(number),
    };
    history.hear({ ...rows!, origins }, columns);
  };
  renamed(2);
  hear(each(60), 6, { led: true });
  const events: [number, PanelEvent][] = [
    [2500, { kind: "mark", mark: "m", text: "lid off" }],
    [3100, { kind: "answered", ...TOGGLE, latency: 100, certain: true, led: false }],
  ];
  hear(events, 11, { led: true });
  return history;
}

const read = (time: number, reach = 50) => readingAt(filled(), [TEMPERATURE, LIGHT], time, reach);
const values = (time: number) => read(time).values.map(({ value }) => value);

test("the nearest reading is meant, with its own time and the LED as it was then", () => {
  expect(read(1370)).toMatchObject({ time: 1400, led: null });
  expect(read(2200)).toMatchObject({ time: 2000, led: true, nearby: null });
  expect(values(2200)).toEqual([22, null]);
});

test("each channel has the reading that is nearest to that time", () => {
  expect(values(1380)).toEqual([21, 300]);
});

test("where the board was silent there is nothing, but close to its last reading", () => {
  expect(values(4040)).toEqual([24, null]);
  expect(read(30_000)).toMatchObject({ time: 30_000, led: null });
  expect(values(30_000)).toEqual([null, null]);
  expect(values(-30_000)).toEqual([null, null]);
});

test("a mark or a command that is near is told", () => {
  expect(read(2480, 600).nearby).toBe("lid off");
  expect(read(3010).nearby).toBe("Toggle, answered after 100 ms");
});

test("steps go from reading to reading, of whichever channel, and stay at the last", () => {
  const from = (time: number, steps: number) => stepped(filled(), [TEMPERATURE, LIGHT], time, steps);
  expect([from(1000, 1), from(1400, 1), from(1400, -1), from(2000, -3)]).toEqual([1400, 2000, 1000, 0]);
  expect([from(4000, 1), from(0, -1), from(64_000, 10), from(1e9, -1)]).toEqual([60_000, 0, 64_000, 64_000]);
});
