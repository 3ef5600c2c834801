/** What beside the buttons says how the last command goes. */
import { type Click, type Command, GIVEN_UP } from "../data/commands";
import { plain } from "../page/text";
import { commandWord, milliseconds, span, WAITING_FOR_CELL } from "./words";

export interface Echo {
  phase: "pending" | "good" | "bad";
  text: string;
}

/** From this long after a click on, the kernel is taken to be busy. */
export const BUSY = 400;
const GOOD_FADES = 8_000;
const BAD_FADES = 30_000;

/** The echo, or null when there is nothing to say. `at` is the page's time, `now` the kernel's. */
export function echo(click: Click | null, command: Command | null, at: number, now: number): Echo | null {
  if (command) return settledEcho(command, now);
  if (!click) return null;
  const state = at - click.at > BUSY ? WAITING_FOR_CELL : "sending";
  return { phase: "pending", text: `${commandWord(click.name)}: ${state}…` };
}

function settledEcho({ name, sent, settled, outcome }: Command, now: number): Echo | null {
  const word = commandWord(name);
  switch (outcome.kind) {
    case "waiting":
      return now - sent > GIVEN_UP ? null : { phase: "pending", text: `${word} sent…` };
    case "answered": {
      if (now - settled > GOOD_FADES) return null;
      const took = milliseconds(outcome.latency);
      const text = outcome.certain
        ? `✓ ${word} confirmed in ${took}`
        : `✓ ${word}: an answer in ${took}, perhaps to another command`;
      return { phase: "good", text };
    }
    case "unanswered":
      return now - settled > BAD_FADES
        ? null
        : { phase: "bad", text: `✕ ${word}: no answer after ${span(outcome.after)}` };
    case "refused":
      return now - settled > BAD_FADES
        ? null
        : { phase: "bad", text: `✕ ${word} refused: ${plain(outcome.reason)}` };
  }
}

/** The commands that change the LED. */
const LED = new Set(["on", "off", "toggle", "blink"]);

/** Whether an answer is due, long enough for the LED to be called waiting. */
export function pending(click: Click | null, command: Command | null, at: number, now: number): boolean {
  if (command) {
    const waited = now - command.sent;
    return (
      LED.has(command.name) && command.outcome.kind === "waiting" && waited > NOTICEABLE && waited < GIVEN_UP
    );
  }
  return click !== null && LED.has(click.name) && at - click.at > NOTICEABLE;
}

/** Shorter waits are not shown: a light that flickers says nothing. */
const NOTICEABLE = 250;
