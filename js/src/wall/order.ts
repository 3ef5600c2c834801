/** In which order a wall's tiles stand, and which of them a typed name finds. */
import type { Level, TileFacts } from "../contract";
import { plain } from "../page/text";

type Compare = (a: TileFacts, b: TileFacts) => number;

/** `rests`: milliseconds for which tiles stay where they are, because what they are ordered by never rests. */
export type Order = { name: string; label: string; compare: Compare; rests: number };

const VALUES_REST = 10_000;

const RANK: Record<Level, number> = { bad: 0, warn: 1, unknown: 2, ok: 3 };

const names = new Intl.Collator(undefined, { numeric: true }); // `board-2` comes before `board-10`

const order = (name: string, label: string, compare: Compare, rests = 0): Order => ({
  name,
  label,
  compare: (a, b) => compare(a, b) || names.compare(a.id, b.id),
  rests,
});

/** Boards without a value come last. */
const byValue =
  (sign: number): Compare =>
  (a, b) =>
    a.value === null || b.value === null
      ? Number(a.value === null) - Number(b.value === null)
      : sign * (a.value - b.value);

export const ORDERS = [
  order("trouble", "Trouble first", (a, b) => RANK[a.level] - RANK[b.level]),
  order("name", "By name", () => 0),
  order("highest", "Highest value", byValue(-1), VALUES_REST),
  order("lowest", "Lowest value", byValue(1), VALUES_REST),
  order("away", "Most often away", (a, b) => (b.away ?? 0) - (a.away ?? 0)),
];

/** The order of a name; a notebook of others may say anything. */
export const orderOf = (name: string): Order => ORDERS.find((it) => it.name === name) ?? ORDERS[0];

export function ordered(tiles: Iterable<TileFacts>, by: string): string[] {
  return [...tiles].sort(orderOf(by).compare).map(({ id }) => id);
}

/** Those whose names have each of the typed words in them, in whatever case. */
export function found(ids: readonly string[], typed: string): string[] {
  const words = typed.toLowerCase().split(/\s+/);
  return ids.filter((id) => words.every((word) => plain(id).toLowerCase().includes(word)));
}
