/** What a wall shows, as plain facts, and in which order: made from its state, drawn by `display.ts`. */
import type { Level, Round, TileFacts } from "../contract";
import { GIVEN_UP } from "../data/commands";
import { clickEcho, commandWord, type Echo, number, span, standing } from "../data/words";
import { plain } from "../page/text";
import type { LiveWall } from "./wall";

export type Order = "trouble" | "name";

const RANK: Record<Level, number> = { bad: 0, warn: 1, unknown: 2, ok: 3 };
const HOLD = 3_000; // so long after its last use nothing moves away under a finger

const names = new Intl.Collator(undefined, { numeric: true }); // `board-2` comes before `board-10`

/** What one view of the wall has set for itself; the kernel does not know of it. */
export class LocalWall {
  order: Order = "trouble";
  selected = new Set<string>();
  current: string | null = null; // the tile that Tab leads to
  /** When somebody last pointed at the tiles, or moved among them with the keyboard. */
  usedAt = Number.NEGATIVE_INFINITY;
  private ids: string[] = [];

  /** The IDs in order. While somebody uses the tiles they stay in place, and boards that are new come last. */
  placed(tiles: LiveWall["tiles"], at: number): string[] {
    if (at - this.usedAt > HOLD) this.ids = ordered(tiles.values(), this.order);
    else if (this.ids.length < tiles.size) this.ids = [...new Set([...this.ids, ...tiles.keys()])];
    return this.ids;
  }
}

/** In trouble first, or by name alone. */
export function ordered(tiles: Iterable<TileFacts>, order: Order): string[] {
  const rank = ({ level }: TileFacts) => (order === "trouble" ? RANK[level] : 0);
  return [...tiles].sort((a, b) => rank(a) - rank(b) || names.compare(a.id, b.id)).map(({ id }) => id);
}

export type WallView = ReturnType<typeof wallView>;
export type TileView = ReturnType<typeof tileView>;

export function wallView(wall: LiveWall, local: LocalWall, at: number) {
  const { head } = wall;
  const { lost, gone, says, next } = standing(wall, head, at);
  const now = wall.recordedAt(at) ?? wall.clock.kernel(at);
  const ids = local.placed(wall.tiles, at);
  const told = ids.map((id) => wall.tiles.get(id)).filter((tile) => tile !== undefined);
  const facts = lost ? told.map(unheard) : told;
  const current = local.current !== null && wall.tiles.has(local.current) ? local.current : (ids[0] ?? null);
  const echo = echoOf(wall, at);
  const boards = facts.length === 1 ? "1 board" : `${facts.length} boards`;
  return {
    title: head?.searching ? `${boards} of ${plain(head.searching)}` : boards,
    counts: counts(facts),
    target: local.selected.size ? `to ${local.selected.size} selected` : `to all ${facts.length}`,
    blocked: gone ? says : null,
    echo: gone ? null : echo,
    says,
    next,
    notices: (head?.notices ?? []).map(plain),
    tiles: facts.map((tile) => tileView(tile, local, current, gone, now)),
    empty: facts.length ? null : "No board found yet",
    announcement: [says ?? "", echo && echo.phase !== "pending" ? echo.text : ""].filter(Boolean).join(" "),
  };
}

/** What is left of a tile once nobody tells any more how its board is. */
function unheard(tile: TileFacts): TileFacts {
  return { ...tile, level: "unknown", word: "unknown", trouble: null, next: null };
}

function tileView(tile: TileFacts, local: LocalWall, current: string | null, gone: boolean, now: number) {
  const old = tile.at === null ? 0 : now - tile.at;
  const stale = gone || (tile.at !== null && tile.stale !== null && old > tile.stale);
  const led = gone || tile.led === null ? "unknown" : tile.led ? "on" : "off";
  const value = tile.value === null ? "–" : number(tile.value);
  const last = tile.at !== null && stale ? `last, ${span(old)} ago` : "";
  const [label, unit, word] = [tile.id, tile.unit, tile.word].map(plain);
  const away = tile.away ?? 0;
  const times = away === 1 ? "once" : `${away} times`;
  const all = [
    `${label}: ${word}, LED ${led}, ${value} ${unit} ${last}`.trim(),
    away ? `It was away ${times}` : "",
    [tile.trouble, tile.next].filter(Boolean).join(" "),
  ];
  return {
    id: tile.id,
    label,
    led,
    value,
    unit,
    stale,
    level: tile.level,
    word,
    away,
    why: plain(tile.trouble ?? last), // the second line: what is wrong, or nothing
    title: plain(all.filter(Boolean).join(". ")), // all of it in one sentence
    spark: sparkPath(tile.spark ?? []),
    selected: local.selected.has(tile.id),
    current: tile.id === current,
  };
}

/** This page's last command as soon as it is clicked; then the last one of anybody. */
function echoOf({ sent, head, waits }: LiveWall, at: number): Echo | null {
  const round = head?.round;
  if (sent && waits && at - sent.at < GIVEN_UP) return clickEcho(sent.command, at - sent.at);
  if (!round) return null;
  const phase = round.pending ? "pending" : round.answered === round.asked ? "good" : "bad";
  return { phase, text: roundWords(round) };
}

function counts(tiles: readonly TileFacts[]): string {
  const levels = (...which: Level[]) => tiles.filter(({ level }) => which.includes(level)).length;
  const found: [number, string][] = [
    [levels("bad", "warn"), "in trouble"],
    [levels("unknown"), "not heard or unsure"],
    [tiles.filter(({ away }) => away).length, "away now or before"],
  ];
  const told = found.filter(([count]) => count).map(([count, words]) => `${count} ${words}`);
  return [`${levels("ok")} well`, ...told].join(" · ");
}

export function roundWords({ command, asked, answered, pending, missing }: Round): string {
  const so = `${commandWord(command)}: ${answered} of ${asked} answered`;
  if (pending) return `${so}…`;
  const silent = asked - answered;
  if (!silent) return `✓ ${so}`;
  const more = silent > missing.length ? ` and ${silent - missing.length} more` : "";
  return `${so}; not ${missing.map(plain).join(", ")}${more}`;
}

export const WIDTH = 100; // the box of the small line on a tile
export const HEIGHT = 24;
const EDGE = 2;
/** A line is not stretched beyond this share of its value: noise is not an event. */
const LEAST_SPAN = 0.02;

const paths = new WeakMap<readonly number[], string>();

export function sparkPath(points: readonly number[]): string {
  const path = paths.get(points) ?? drawn(points);
  paths.set(points, path);
  return path;
}

function drawn(points: readonly number[]): string {
  if (points.length < 2) return "";
  const [low, high] = [Math.min(...points), Math.max(...points)];
  const span = Math.max(high - low, LEAST_SPAN * Math.max(Math.abs(low), Math.abs(high)), Number.MIN_VALUE);
  const middle = (low + high) / 2;
  const round = (value: number) => Math.round(value * 10) / 10;
  const place = (value: number, at: number) => {
    const up = ((value - middle) / span) * (HEIGHT - 2 * EDGE);
    return `${round((at * WIDTH) / (points.length - 1))},${round(HEIGHT / 2 - up)}`;
  };
  return `M${points.map(place).join("L")}`;
}
