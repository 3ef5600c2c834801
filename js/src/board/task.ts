/** What the card hands to the page that works at a board. */
import type { Plan, StepState } from "../contract";
import type { Wifi } from "./work";

export interface Task {
  key: string; // what its messages are known by
  id: string; // the board's, to be
  steps: StepState[]; // those at the board
  plan: Plan;
  wifi: Wifi;
}

/** What the card tells the page when the board has blinked. */
export const OVER = "picopanel: over";
