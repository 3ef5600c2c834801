/** For every cut, overlap and repetition of deliveries the page ends with exactly the store's rows. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Rows } from "../../src/contract";
import { History } from "../../src/data/history";
import type { Columns } from "../../src/data/rows";

/** The kernel's store: rows by number, those below `floor` gone. */
interface Store {
  times: number[];
  values: number[];
}

const ORIGINS = {
  1: { channel: "temperature", boot: "b", interval: 100, led: null, virtual: false, replay: false },
};

function batch({ times, values }: Store, from: number, to: number, floor: number): [Rows, Columns] {
  const first = Math.max(from, floor);
  const end = Math.max(first, to);
  const rows: Rows = { first, end, floor, origins: ORIGINS, events: [] };
  return [
    rows,
    {
      times: Float64Array.from(times.slice(first, end)),
      values: Float64Array.from(values.slice(first, end)),
      origins: new Uint16Array(end - first).fill(1),
    },
  ];
}

function shown({ table }: History): [number, number, number][] {
  return Array.from({ length: table.have - table.floor }, (_, at) => {
    const row = table.floor + at;
    return [row, table.time(row), table.value(row)];
  });
}

const deliveries = fc.record({
  readings: fc.array(fc.record({ time: fc.integer({ min: 0, max: 500 }), value: fc.integer() }), {
    minLength: 1,
    maxLength: 300,
  }),
  cuts: fc.array(fc.tuple(fc.nat(300), fc.nat(300), fc.double({ min: 0, max: 1, noNaN: true })), {
    maxLength: 30,
  }),
  floor: fc.nat(300),
});

describe("rows", () => {
  test("end as the store has them, whatever way they came", () => {
    fc.assert(
      fc.property(deliveries, ({ readings, cuts, floor: last }) => {
        const store = { times: readings.map(({ time }) => time), values: readings.map(({ value }) => value) };
        const size = readings.length;
        const floor = Math.min(last, size);
        const history = new History();
        for (const [a, b, share] of cuts) {
          const [from, to] = [Math.min(a, b, size), Math.min(Math.max(a, b), size)];
          history.hear(...batch(store, from, to, Math.floor(share * floor)));
        }
        // What the page asks for in the end: everything from `have` on.
        history.hear(...batch(store, history.table.have, size, floor));
        const expected = readings.map(({ time, value }, row) => [row, time, value]).slice(floor);
        expect(shown(history)).toEqual(expected);
        expect(history.missing).toBe(false);
        expectSorted(history, expected as [number, number, number][]);
      }),
    );
  });

  test("a batch beyond what the page has is a gap, and changes nothing", () => {
    const store = { times: [1, 2, 3, 4], values: [1, 2, 3, 4] };
    const history = new History();
    history.hear(...batch(store, 2, 4, 0));
    expect(history.missing).toBe(true);
    expect(history.table.have).toBe(0);
    history.hear(...batch(store, 0, 4, 0));
    expect(history.missing).toBe(false);
    expect(history.table.have).toBe(4);
  });

  test("clearing leaves nothing", () => {
    const store = { times: [1, 2, 3], values: [1, 2, 3] };
    const history = new History();
    history.hear(...batch(store, 0, 3, 0));
    history.hear(...batch(store, 3, 3, 3));
    expect(shown(history)).toEqual([]);
    expect(history.series.get("temperature")?.size).toBe(0);
  });
});

/** The series must hold the same rows by time, and know the extremes of every stretch. */
function expectSorted(history: History, expected: [number, number, number][]): void {
  const series = history.series.get("temperature");
  const positions = series ? Array.from({ length: series.size }, (_, at) => series.start + at) : [];
  const kept = positions.map((at) => series!.row(at)).filter((row) => row >= history.table.floor);
  const byTime = expected.toSorted((a, b) => a[1] - b[1] || a[0] - b[0]).map(([row]) => row);
  expect(kept).toEqual(byTime);
  if (!series?.size) return;
  const [low, high] = series.extremes(series.start, series.end);
  const values = positions.map((at) => series.value(at));
  expect(series.value(low)).toBe(Math.min(...values));
  expect(series.value(high)).toBe(Math.max(...values));
}
