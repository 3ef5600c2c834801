/** What the card hands to the page that works at a board; without a plan that only reads what the board prints. */
import type { Plan, StepState } from "../contract";
import type { Wifi } from "./work";

export interface Task {
  id: string; // the board's, to be
  steps: StepState[]; // those at the board
  plan: Plan | null;
  wifi: Wifi;
}

/** What comes with the line on which the page tells the card of its work. */
export const LINE = "picopanel: line";

/** What the page asks the card for on it, and gets: MicroPython for a model, or what is wrong. */
export type Wants = { type: "micropython"; model: string };
export type Image = { wrong: string | null; bytes: Uint8Array };

/** What the card tells the page on it: that the board has blinked, or that all is to end. */
export const OVER = "picopanel: over";
export const STOP = "picopanel: stop";

/** The event by which a card that is begun has the page let its board go: it gets another task. */
export const AWAY = "picopanel: away";
