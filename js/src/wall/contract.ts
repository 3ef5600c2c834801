/**
 * What passes between the kernel and the page of a wall.
 *
 * The kernel's side of it is `src/picopanel/_wall/conversation.py` and `tiles.py`. What an opened
 * board says and hears is the panel's own contract, each message wrapped as `board`.
 */
import type { CommandName, Level, ToKernel, Told } from "../contract";

/** What one tile shows. Times are milliseconds of Unix time by the kernel's clock. */
export interface TileFacts {
  id: string;
  led: boolean | null;
  at: number | null;
  value: number | null;
  unit: string;
  /** After so many milliseconds without a reading the value is only the last one; null: never. */
  stale: number | null;
  virtual: boolean;
  /** The board's lamp, never without its word. */
  level: Level;
  word: string;
  trouble: string | null;
  next: string | null;
  /** How often it was away, and came back or did not, while the kernel listened; a recorded tile may lack it. */
  away?: number;
  /** The latest readings, thinned; left out where it has not changed since `from`. */
  spark?: number[];
}

/** A command to many boards, as far as it has got. */
export interface Round {
  /** Grows with every round of the kernel. */
  nth: number;
  /** The page's name for it, or null if the notebook's code gave it. */
  click: string | null;
  command: string;
  asked: number;
  answered: number;
  pending: number;
  /** Some of the silent ones. */
  missing: string[];
}

/** What is told of the wall as a whole. */
export interface WallHead {
  searching: string | null;
  round: Round | null;
  trouble: string | null;
  next: string | null;
  notices: string[];
  closed: string | null;
}

/** The tiles that have changed after version `from`. Any number of repetitions and overlaps is harmless. */
export interface WallNews extends Told {
  type: "wall";
  from: number;
  version: number;
  tiles: TileFacts[];
  head?: WallHead;
}

/** A message of an opened board's panel; `serial` changes when another device has taken its place. */
export type BoardNews = { type: "board"; id: string; serial: number; message: unknown };

/** The table of attendance. */
export type TableNews = { type: "table"; csv: string };

/** The trait `_recorded`: the first paint, and what a notebook without its kernel shows. */
export type RecordedWall = { at: number; tiles: TileFacts[] };

export type WallToKernel =
  | { type: "ask"; since: number }
  | { type: "hidden" }
  | { type: "all"; click: string; command: CommandName; ids: string[] | null }
  | { type: "board"; id: string; message: ToKernel }
  /** Nobody looks at that board's panel any more. */
  | { type: "shut"; id: string }
  | { type: "table" }
  | { type: "bundle"; of: "panel" };
