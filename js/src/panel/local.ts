/** What a view's user has set for it, and what the view does for its actions. */
import type { Range } from "../chart/style";
import { Chosen } from "../chart/zoom";
import type { Value } from "../contract";

/** What unfolds of what only some want of the chart. */
export type Section = "Trigger" | "Axes" | "Save" | "Keys";

/** A mark that words are being written for. */
export type Draft = { name: string; time: number; text: string; stands: boolean };

/** What one view of the panel has set for itself; the kernel keeps no more of it than `look.ts` tells. */
export class Local extends Chosen {
  dismissed = new Set<string>();
  /** What is about to be set, by control; `click` has sent it, null while it is being chosen. */
  drafts = new Map<string, { value: Value; click: string | null }>();
  /** The page's time until which a second click clears, or 0. */
  clearUntil = 0;
  draft: Draft | null = null;
  marks = false; // whether marks are being set, at which a click sets one
  undo: Omit<Draft, "stands"> | null = null; // the mark that was changed last here, as it was before
  full = false;
  /** The kernel's times of the two cursors, or null. */
  cursors: [number, number] | null = null;
  /** Whether the card of the board's set-up is open; null where there is none. */
  setup: boolean | null = null;
  look: "spectrum" | "xy" | null = null; // another look at the readings, below the chart
  swings: string | null = null; // the channel of the spectrum; the first if null
  across: string | null = null; // XY's two; the first and the second if null
  up: string | null = null;
  more = false; // whether what only some want of the chart is shown
  section: Section | null = null; // what of it is unfolded, also while it is away
  code: string | null = null; // what makes this chart in Python, once it has been asked for
  took: string | null = null; // what came of what was last taken along
  zooming: boolean | null = null; // whether it is told how to zoom; null until that is known
  hint: string | null = null; // why the last thing that was tried cannot be, or null
  /** Places on a replay's bar, in milliseconds of playing: where its thumb is dragged, and what is pointed at. */
  dragged: number | null = null;
  pointed: number | null = null;
}

/** What a view does for its actions. */
export interface Stage {
  /** Takes what is new in the view's own settings, and draws. */
  change(local: Partial<Local>): void;
  focus(selector: string): void;
  /** Takes a key by which values are read, if it is one just now. */
  readKey(event: KeyboardEvent): boolean;
  /** The time of the reading that keys have gone to, or null. */
  readAt(): number | null;
  /** Fills the screen, or leaves it again; gives back why that cannot be. */
  fill(): Promise<string | null>;
  changeShade(): void;
  /** Opens the card that sets the board up, or takes it away. */
  setUp(open: boolean): void;
  /** Shows the chart's cursors, or takes them away. */
  measure(): void;
  picture(format: "png" | "svg"): Promise<Blob>;
  /** The chart in Python, to be copied by hand. */
  code(): HTMLTextAreaElement | null;
  /** The range of a unit's axis, as it is drawn. */
  rangeOf(unit: string): Range | undefined;
}
