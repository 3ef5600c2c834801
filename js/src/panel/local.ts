/** What one view of the panel has set for itself; the kernel does not know of it. */
import type { Value } from "../contract";

/** What a user is about to set. */
export interface Draft {
  value: Value;
  /** The click that has sent it, or null while it is being chosen. */
  click: string | null;
}

export interface Zoom {
  x: [number, number];
  /** By axis, as `y` or `y3` (`y2` is the marks'); axes that are not there fit themselves. */
  y: Record<string, [number, number]>;
}

export interface Local {
  /** The chart's span in milliseconds, or null for all there is. */
  span: number | null;
  /** The kernel's time at which the chart stands still, or null. */
  paused: number | null;
  zoom: Zoom | null;
  hidden: Set<string>;
  dismissed: Set<string>;
  /** By control. */
  drafts: Map<string, Draft>;
  /** The page's time until which a second click clears, or 0. */
  clearUntil: number;
  /** The page's time that words for a mark are being written for, or null. */
  marking: number | null;
  /** Whether this view fills the screen. */
  full: boolean;
  /** Why the last thing that was tried cannot be, or null. */
  hint: string | null;
}

export const SPANS: [label: string, span: number | null][] = [
  ["30 s", 30_000],
  ["1 min", 60_000],
  ["5 min", 300_000],
  ["30 min", 1_800_000],
  ["All", null],
];

export function fresh(): Local {
  return {
    span: 60_000,
    paused: null,
    zoom: null,
    hidden: new Set(),
    dismissed: new Set(),
    drafts: new Map(),
    clearUntil: 0,
    marking: null,
    full: false,
    hint: null,
  };
}
