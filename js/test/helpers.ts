/** What several tests build their kernel's news from. */
import type { Scene } from "../src/chart/figure";
import type { News, Origin, PanelEvent, PanelState } from "../src/contract";
import { History } from "../src/data/history";
import { Local } from "../src/panel/local";

export type Item = [time: number, what: number | PanelEvent];

export function origin(given: Partial<Origin> = {}): Origin {
  return {
    channel: "temperature",
    boot: "b",
    interval: 1000,
    led: null,
    virtual: false,
    replay: false,
    ...given,
  };
}

/** A news message of rows from a number on, with its buffers. */
export function news(items: Item[], first = 0, given: Partial<Origin> = {}, now = 0): [News, ArrayBuffer[]] {
  const events = items.flatMap(([, what], at): [number, PanelEvent][] =>
    typeof what === "number" ? [] : [[first + at, what]],
  );
  const times = Float64Array.from(items, ([time]) => time);
  const values = Float64Array.from(items, ([, what]) => (typeof what === "number" ? what : Number.NaN));
  const origins = Uint16Array.from(items, ([, what]) => (typeof what === "number" ? 1 : 0));
  const rows = { first, end: first + items.length, floor: 0, origins: { 1: origin(given) }, events };
  return [{ type: "news", now, rows }, [times.buffer, values.buffer, origins.buffer]];
}

export function history(items: Item[], given: Partial<Origin> = {}): History {
  const made = new History();
  const [{ rows }, [times, values, origins]] = news(items, 0, given);
  made.hear(rows!, {
    times: new Float64Array(times),
    values: new Float64Array(values),
    origins: new Uint16Array(origins),
  });
  return made;
}

export function state(given: Partial<PanelState> = {}): PanelState {
  return {
    version: 1,
    id: "alice-07",
    virtual: false,
    mode: "pico",
    board: "Pico W",
    led: true,
    online: 0,
    interval: 1000,
    stale: 10_000,
    channels: [{ name: "temperature", unit: "°C" }],
    controls: [{ name: "led", type: "switch" }],
    limits: [],
    blocked: null,
    nobody: false,
    lamps: [{ name: "Broker", level: "ok", word: "connected" }],
    trouble: null,
    next: null,
    notices: [],
    closed: null,
    recording: null,
    replay: null,
    ...given,
  };
}

/** What a chart of a second is drawn of. */
export function scene(items: Item[], given: Partial<Scene> = {}): Scene {
  const lines = Array.from({ length: 8 }, (_, nth) => `c${nth}`);
  const colours = { grid: "grid", soft: "soft", ink: "ink", ground: "ground", good: "good", bad: "bad" };
  return {
    history: history(items),
    channels: [{ name: "temperature", unit: "°C" }],
    limits: [],
    trigger: null,
    chosen: new Local(),
    range: [0, 1000],
    width: 600,
    height: 260,
    style: { lines, ...colours, scale: 1 },
    ...given,
  };
}
