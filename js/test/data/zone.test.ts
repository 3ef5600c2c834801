/** The time axis goes on when the clocks are changed, in zones that change them in their own ways. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { replayed } from "../../src/data/words";
import { moment, type Ticks, timeTicks } from "../../src/data/zone";

const HOUR = 3_600_000;

afterEach(() => void vi.unstubAllEnvs());

/** The texts of the ticks in a range, by their hours after its start. */
function shown([from, to]: [number, number], { values, texts }: Ticks): [number, string][] {
  const inside = values.map((it, nth): [number, string] => [(it - from) / HOUR, texts[nth]]);
  return inside.filter(([at]) => at >= 0 && at <= (to - from) / HOUR);
}

function ticks(place: string, utc: string, hours: number, width = 800): [number, string][] {
  vi.stubEnv("TZ", place);
  const from = Date.parse(utc);
  const range: [number, number] = [from, from + hours * HOUR];
  return shown(range, timeTicks(range, width));
}

/** Everywhere in its range, ticks are in order and none is too far from the next. */
function regular(found: [number, string][]): boolean {
  const gaps = found.slice(1).map(([at], nth) => at - found[nth][0]);
  return Math.max(...gaps) < 2 * Math.min(...gaps) + 1e-9;
}

describe("T1: when the clocks are changed, time goes on", () => {
  it("T1: the hour that comes twice in Berlin is two hours, and each label says which one it is", () => {
    expect(ticks("Europe/Berlin", "2026-10-24T23:30:00Z", 2)).toEqual([
      [0, "01:30 UTC+2"],
      [0.5, "02:00 UTC+2"],
      [1, "02:30 UTC+2"],
      [1.5, "02:00 UTC+1"],
      [2, "02:30 UTC+1"],
    ]);
    expect(ticks("Europe/Berlin", "2026-10-25T01:30:00Z", 2)[0]).toEqual([0, "02:30 UTC+1"]);
  });

  it("T1: a minute of the hour that comes twice says which one it is, in its ticks and where one points", () => {
    const [first, second] = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"];
    expect(ticks("Europe/Berlin", first, 1 / 60)[0][1]).toBe("02:30:00 UTC+2");
    expect(ticks("Europe/Berlin", second, 1 / 60)[0][1]).toBe("02:30:00 UTC+1");
    const words = [first, second].map((it) => moment(Date.parse(it) + 10_123, Date.parse(it)));
    expect(words).toEqual(["02:30:10.123 UTC+2", "02:30:10.123 UTC+1"]);
  });

  it("T1: the hour that is left out in Berlin leaves no hole", () => {
    expect(ticks("Europe/Berlin", "2026-03-29T00:00:00Z", 4, 600)).toEqual([
      [0, "01:00 UTC+1"],
      [1, "03:00 UTC+2"],
      [2, "04:00 UTC+2"],
      [3, "05:00 UTC+2"],
      [4, "06:00"],
    ]);
  });

  it("T1: in Newfoundland ticks stand at whole hours that are half hours elsewhere", () => {
    const found = ticks("America/St_Johns", "2026-11-01T03:30:00Z", 3, 600);
    expect(found).toEqual([
      [0, "01:00 UTC−2:30"],
      [1, "01:00 UTC−3:30"],
      [2, "02:00 UTC−3:30"],
      [3, "03:00 UTC−3:30"],
    ]);
    // Until 2011 it changed its clocks a minute after midnight.
    expect(regular(ticks("America/St_Johns", "2010-11-07T01:30:00Z", 3, 600))).toBe(true);
  });

  it("T1: in Nepal whole hours are at a quarter, and the year 1986 began a quarter late", () => {
    expect(ticks("Asia/Kathmandu", "2026-10-25T00:15:00Z", 2, 400)).toEqual([
      [0, "06:00"],
      [0.5, "06:30"],
      [1, "07:00"],
      [1.5, "07:30"],
      [2, "08:00"],
    ]);
    const found = ticks("Asia/Kathmandu", "1985-12-31T16:30:00Z", 4, 600);
    expect(found.map(([, text]) => text)).toContain("23:00 UTC+5:30");
    expect(found.map(([, text]) => text)).toContain("01:00 UTC+5:45");
  });

  it("T1: Samoa had no 30 December 2011, and its chart of those days has none", () => {
    expect(ticks("Pacific/Apia", "2011-12-28T10:00:00Z", 96, 500)).toEqual([
      [0, "28 Dec"],
      [24, "29 Dec"],
      [48, "31 Dec"],
      [72, "1 Jan"],
      [96, "2 Jan"],
    ]);
  });
});

it("T1: a replay's own line says which of two hours it plays", () => {
  vi.stubEnv("TZ", "Europe/Berlin");
  const until = Date.parse("2026-10-25T01:40:00Z");
  const replay = { speed: 1, speeds: [1], paused: false, ended: false, until };
  const said = replayed(replay, Date.parse("2026-10-25T00:30:00Z"));
  expect(said).toContain("02:30:00 UTC+2 of 02:40:00 UTC+1");
});
