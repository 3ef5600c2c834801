/** What a wall shows, as plain facts: made from its state, drawn by `template.ts`. */

import type { Level } from "../contract";
import { GIVEN_UP } from "../data/commands";
import { plain } from "../page/text";
import { BUSY } from "../panel/echo";
import {
  commandWord,
  KERNEL_LOST,
  KERNEL_LOST_NEXT,
  number,
  recordedSentence,
  span,
  WAITING_FOR_CELL,
} from "../panel/words";
import type { TileFacts } from "./contract";
import type { LiveWall } from "./live";
import type { Order } from "./order";
import { sparkPath } from "./spark";
import * as words from "./words";

/** What one view of the wall has set for itself; the kernel does not know of it. */
export interface LocalWall {
  order: Order;
  selected: Set<string>;
  /** The tile that Tab leads to. */
  current: string | null;
  /** The board whose panel is open, or null. */
  open: string | null;
}

export interface TileView {
  id: string;
  label: string;
  led: "on" | "off" | "unknown";
  value: string;
  unit: string;
  stale: boolean;
  level: Level;
  word: string;
  /** How often it was away. */
  away: number;
  /** The second line: what is wrong, or nothing. */
  why: string;
  /** All of it in one sentence. */
  title: string;
  spark: string;
  selected: boolean;
  current: boolean;
}

export interface WallView {
  title: string;
  counts: string;
  target: string;
  /** Why nothing can be commanded, or null. */
  blocked: string | null;
  echo: { phase: "pending" | "good" | "bad"; text: string } | null;
  says: string | null;
  next: string | null;
  notices: string[];
  tiles: TileView[];
  empty: string | null;
  announcement: string;
}

export function wallView(wall: LiveWall, local: LocalWall, ids: readonly string[], at: number): WallView {
  const recorded = wall.recordedAt(at);
  const closed = wall.head?.closed ? plain(wall.head.closed) : null;
  const ended = recorded === null ? closed : recordedSentence(recorded);
  const lost = ended === null && wall.contact.lost(at);
  const gone = lost || ended !== null;
  const now = recorded ?? wall.clock.kernel(at);
  const told = ids.map((id) => wall.tiles.get(id)).filter((tile) => tile !== undefined);
  const facts = lost ? told.map(unheard) : told;
  const current = local.current !== null && wall.tiles.has(local.current) ? local.current : (ids[0] ?? null);
  const says = ended ?? (lost ? KERNEL_LOST : (wall.head?.trouble ?? null));
  const searching = wall.head?.searching;
  const levels = (...which: Level[]) => facts.filter(({ level }) => which.includes(level)).length;
  const echo = echoOf(wall, at);
  return {
    title: words.boards(facts.length) + (searching ? ` of ${plain(searching)}` : ""),
    counts: words.counts(
      levels("ok"),
      levels("bad", "warn"),
      levels("unknown"),
      facts.filter(({ away }) => away).length,
    ),
    target: words.target(local.selected.size, facts.length),
    blocked: ended ?? (lost ? KERNEL_LOST : null),
    echo: gone ? null : echo,
    says: says && plain(says),
    next: lost ? KERNEL_LOST_NEXT : ended === null && wall.head?.next ? plain(wall.head.next) : null,
    notices: (wall.head?.notices ?? []).map(plain),
    tiles: facts.map((tile) => tileView(tile, local, current, gone, now)),
    empty: facts.length ? null : words.SEARCHING,
    announcement: [says ?? "", echo && echo.phase !== "pending" ? echo.text : ""].filter(Boolean).join(" "),
  };
}

/** What is left of a tile once nobody tells any more how its board is. */
function unheard(tile: TileFacts): TileFacts {
  return { ...tile, level: "unknown", word: "unknown", trouble: null, next: null };
}

function tileView(
  tile: TileFacts,
  local: LocalWall,
  current: string | null,
  gone: boolean,
  now: number,
): TileView {
  const old = tile.at === null ? 0 : now - tile.at;
  const stale = gone || (tile.at !== null && tile.stale !== null && old > tile.stale);
  const led = gone || tile.led === null ? "unknown" : tile.led ? "on" : "off";
  const value = tile.value === null ? "–" : number(tile.value);
  const last = tile.at !== null && stale ? `last, ${span(old)} ago` : "";
  const why = [tile.trouble, tile.next].filter(Boolean).join(" ");
  const label = plain(tile.id);
  const unit = plain(tile.unit);
  const word = plain(tile.word);
  const away = tile.away ?? 0;
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
    why: plain(tile.trouble ?? last),
    title: plain(
      [`${label}: ${word}, LED ${led}, ${value} ${unit} ${last}`.trim(), words.away(away), why]
        .filter(Boolean)
        .join(". "),
    ),
    spark: sparkPath(tile.spark ?? []),
    selected: local.selected.has(tile.id),
    current: tile.id === current,
  };
}

/** This page's last command as soon as it is clicked; then the last one of anybody. */
function echoOf({ sent, head, waits }: LiveWall, at: number): WallView["echo"] {
  const round = head?.round;
  if (sent && waits && at - sent.at < GIVEN_UP) {
    const state = at - sent.at > BUSY ? WAITING_FOR_CELL : "sending";
    return { phase: "pending", text: `${commandWord(sent.command)}: ${state}…` };
  }
  if (!round) return null;
  const phase = round.pending ? "pending" : round.answered === round.asked ? "good" : "bad";
  return { phase, text: words.roundWords(round) };
}
