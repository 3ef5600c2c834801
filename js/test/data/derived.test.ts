/** Derived readings that are withdrawn are gone, and those that take their place stay, however they come. */
import { expect, test } from "vitest";
import { csv } from "../../src/data/csv";
import { History } from "../../src/data/history";
import { origin } from "../helpers";

const ORIGINS = { 1: origin(), 2: origin({ channel: "dew", derived: true }) };
const WITHDRAWN = 4;
/** Number of the origin, time, value; row 4 is the event. */
const ROWS = [
  [1, 1000, 20],
  [2, 1000, 9],
  [1, 2000, 21],
  [2, 2000, 10],
  [0, 3000, 0],
  [2, 2000, 11],
];

function heard(cuts: number[], since = 1500): History {
  const history = new History();
  for (const [nth, first] of cuts.entries()) {
    const end = cuts[nth + 1] ?? ROWS.length;
    const rows = ROWS.slice(first, end);
    const events: [number, { kind: "withdrawn"; channel: string; since: number }][] =
      first <= WITHDRAWN && WITHDRAWN < end
        ? [[WITHDRAWN, { kind: "withdrawn", channel: "dew", since }]]
        : [];
    history.hear(
      { first, end, floor: 0, origins: ORIGINS, events },
      {
        origins: Uint16Array.from(rows, ([number]) => number),
        times: Float64Array.from(rows, ([, time]) => time),
        values: Float64Array.from(rows, ([, , value]) => value),
      },
    );
  }
  return history;
}

const valuesOf = (history: History, channel: string) => {
  const series = history.series.get(channel);
  return series && Array.from({ length: series.size }, (_, at) => series.value(series.start + at));
};

test.each([[[0]], [[0, 3]], [[0, 1, 2, 3, 4, 5]], [[0, 5]]])("in batches from %j", (cuts) => {
  const history = heard(cuts);
  expect(valuesOf(history, "dew")).toEqual([9, 11]);
  expect(valuesOf(history, "temperature")).toEqual([20, 21]);
  const table = csv(history, []);
  expect(table.split("\r\n").map((line) => line.split(",").slice(2, 8).join())).toEqual([
    "channel,value,unit,virtual,replay,derived",
    "temperature,20,,false,false,false",
    "dew,9,,false,false,true",
    "temperature,21,,false,false,false",
    "dew,11,,false,false,true",
    "",
  ]);
});

test("all of them, and what was measured under the same name stays", () => {
  const history = heard([0, 5], 0);
  expect(valuesOf(history, "dew")).toEqual([11]);
  const measured = new History();
  measured.hear(
    {
      first: 0,
      end: 2,
      floor: 0,
      origins: { 1: origin({ channel: "dew" }) },
      events: [[1, { kind: "withdrawn", channel: "dew", since: 0 }]],
    },
    {
      origins: Uint16Array.of(1, 0),
      times: Float64Array.of(1000, 2000),
      values: Float64Array.of(5, 0),
    },
  );
  expect(valuesOf(measured, "dew")).toEqual([5]);
});
