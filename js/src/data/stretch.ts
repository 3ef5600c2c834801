/** What a channel's readings are like from one time to another. Pure. */
import type { Series } from "./series";

export type Numbers = NonNullable<ReturnType<typeof numbersOf>>;

const LEAST = 1e-12; // of the largest value: what a sum of numbers is off by

/** The numbers of what lies between two times, both included; null where nothing does. */
export function numbersOf(series: Series, from: number, to: number) {
  const [first, end] = placesOf(series, from, to);
  const n = end - first;
  if (n <= 0) return null;
  const start = series.time(first);
  const values = Float64Array.from({ length: n }, (_, nth) => series.value(first + nth));
  const seconds = Float64Array.from({ length: n }, (_, nth) => (series.time(first + nth) - start) / 1000);
  const [mean, middle] = [meanOf(values), meanOf(seconds)];
  const spread = sum(n, (nth) => (values[nth] - mean) ** 2);
  const width = sum(n, (nth) => (seconds[nth] - middle) ** 2);
  const together = sum(n, (nth) => (seconds[nth] - middle) * (values[nth] - mean));
  const sorted = values.toSorted();
  const [low, high] = series.extremes(first, end);
  return {
    n,
    /** From the first reading to the last: in value, and in seconds. */
    difference: values[n - 1] - values[0],
    seconds: seconds[n - 1],
    mean: Math.abs(mean) < LEAST * Math.max(-sorted[0], sorted[n - 1]) ? 0 : mean,
    median: (sorted[Math.floor((n - 1) / 2)] + sorted[Math.ceil((n - 1) / 2)]) / 2,
    least: sorted[0],
    leastAt: series.time(low), // when that was for the first time
    most: sorted[n - 1],
    mostAt: series.time(high),
    deviation: n > 1 ? Math.sqrt(spread / (n - 1)) : null, // of a sample; one reading has none
    slope: width > 0 ? together / width : null, // per second, by least squares; where all have one time there is none
  };
}

/** The first position between two times, and the one after the last. */
export function placesOf(series: Series, from: number, to: number): [first: number, end: number] {
  let end = series.search(to);
  while (end < series.end && series.time(end) <= to) end++;
  return [series.search(from), end];
}

function sum(n: number, term: (nth: number) => number): number {
  let total = 0;
  for (let nth = 0; nth < n; nth++) total += term(nth);
  return total;
}

const meanOf = (values: Float64Array) => sum(values.length, (nth) => values[nth]) / values.length;
