/** What a wall shows, as plain facts: made from its state, drawn by `display.ts`. */
import { COMMANDS, type Level, type Round, type TileFacts } from "../contract";
import { GIVEN_UP } from "../data/commands";
import { clickEcho, commandWord, type Echo, number, span, standing } from "../data/words";
import { plain } from "../page/text";
import { found, type Order, ordered, orderOf } from "./order";
import { isOld, stripView } from "./strip";
import type { LiveWall } from "./wall";

const HOLD = 3_000; // so long after its last use nothing moves away under a finger

/** What one view of the wall has set for itself; the kernel does not know of it. */
export class LocalWall {
  selected = new Set<string>();
  current: string | null = null; // the tile that Tab leads to
  find: string | null = null; // what is typed of a name, or null where none is looked for
  pointed: string | null = null; // the board whose dot on the strip is pointed at
  full = false;
  hint: string | null = null; // why it cannot fill the screen, or null
  /** When somebody last pointed at the tiles, or moved among them with the keyboard. */
  usedAt = Number.NEGATIVE_INFINITY;
  private ids: string[] = [];
  private order: Order | null = null;
  private placedAt = 0;

  /** The IDs in order. While somebody uses the tiles they stay in place, and boards that are new come last. */
  placed(tiles: LiveWall["tiles"], order: Order, at: number): string[] {
    const rests = at - this.usedAt <= HOLD || at - this.placedAt < order.rests;
    if (!rests || order !== this.order) {
      this.ids = ordered(tiles.values(), order.name);
      this.order = order;
      this.placedAt = at;
    } else if (this.ids.length < tiles.size) this.ids = [...new Set([...this.ids, ...tiles.keys()])];
    return this.ids;
  }
}

export type WallView = ReturnType<typeof wallView>;
export type TileView = ReturnType<typeof tileView>;

export function wallView(wall: LiveWall, local: LocalWall, at: number) {
  const { head, shown: look } = wall;
  const { lost, gone, says, next } = standing(wall, head, at);
  const now = wall.recordedAt(at) ?? wall.clock.kernel(at);
  const order = orderOf(look.order);
  const ids = local.placed(wall.tiles, order, at);
  const told = ids.map((id) => wall.tiles.get(id)).filter((tile) => tile !== undefined);
  const facts = lost || (head?.closed && wall.recordedAt(at) === null) ? told.map(unheard) : told;
  const sought = local.find?.trim() ?? "";
  const among = new Set(sought ? found(ids, sought) : ids);
  const seen = facts.filter(({ id }) => among.has(id));
  const current = local.current !== null && among.has(local.current) ? local.current : (seen[0]?.id ?? null);
  const echo = echoOf(wall, at);
  const boards = facts.length === 1 ? "1 board" : `${facts.length} boards`;
  const foundWords = sought ? `${seen.length} of ${boards}` : "";
  const chosen = local.selected.size ? [...local.selected] : sought ? [...among] : null;
  const one = look.channel === null ? "values" : plain(look.channel);
  return {
    look,
    order,
    more: look.more,
    finder: look.more || local.find !== null,
    foundWords,
    chosen, // the boards that a command goes to, or null for all
    channel: one,
    channels: [...new Set([...(head?.channels ?? []), ...(look.channel === null ? [] : [look.channel])])],
    strip: look.more && !gone ? stripView(facts, now, local.pointed, sought ? among : local.selected) : null,
    title: head?.searching ? `${boards} of ${plain(head.searching)}` : boards,
    counts: counts(facts),
    target: local.selected.size
      ? `to ${local.selected.size} selected`
      : sought
        ? `to the ${seen.length} found`
        : `to all ${facts.length}`,
    commands: head?.commands ?? COMMANDS,
    blocked: gone ? says : null,
    echo: gone ? null : echo,
    says,
    next,
    notices: (head?.notices ?? []).map(plain),
    tiles: seen.map((tile) => tileView(tile, local, current, gone, now)),
    empty: seen.length
      ? null
      : sought
        ? `No board’s name has “${plain(sought)}” in it`
        : "No board found yet",
    announcement: [says ?? "", foundWords, echo && echo.phase !== "pending" ? echo.text : ""]
      .filter(Boolean)
      .join(" "),
  };
}

/** What is left of a tile once nobody tells any more how its board is. */
function unheard(tile: TileFacts): TileFacts {
  return { ...tile, level: "unknown", word: "unknown", trouble: null, next: null };
}

function tileView(tile: TileFacts, local: LocalWall, current: string | null, gone: boolean, now: number) {
  const stale = gone || isOld(tile, now);
  const lit = gone || tile.led === null ? "unknown" : tile.led ? "on" : "off";
  const led = tile.has_led === false ? null : lit;
  const value = tile.value === null ? "–" : number(tile.value);
  const last = tile.at !== null && stale ? `last, ${span(now - tile.at)} ago` : "";
  const [label, unit, word] = [tile.id, tile.unit, tile.word].map(plain);
  const away = tile.away ?? 0;
  const times = away === 1 ? "once" : `${away} times`;
  const all = [
    `${label}: ${word}, ${led ? `LED ${led}, ` : ""}${value} ${unit} ${last}`.trim(),
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

export function roundWords({ command, asked, answered, pending, missing, why }: Round): string {
  const so = `${commandWord(command)}: ${answered} of ${asked} answered`;
  if (pending) return `${so}…`;
  const silent = asked - answered;
  if (!silent) return `✓ ${so}`;
  const more = silent > missing.length ? ` and ${silent - missing.length} more` : "";
  return `${so}; not ${missing.map(plain).join(", ")}${more}${why ? `: ${plain(why)}` : ""}`;
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
