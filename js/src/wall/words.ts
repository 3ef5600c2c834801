/** Every sentence and word the wall shows of its own. */
import { plain } from "../page/text";
import { commandWord } from "../panel/words";
import type { Round } from "./contract";

export const SEARCHING = "No board found yet";

export function boards(count: number): string {
  return count === 1 ? "1 board" : `${count} boards`;
}

/** Whom the buttons command. */
export function target(selected: number, all: number): string {
  return selected ? `to ${selected} selected` : `to all ${all}`;
}

/** How a command to many has gone so far. */
export function roundWords({ command, asked, answered, pending, missing }: Round): string {
  const word = commandWord(command);
  const so = `${word}: ${answered} of ${asked} answered`;
  if (pending) return `${so}…`;
  const silent = asked - answered;
  if (!silent) return `✓ ${so}`;
  const more = silent > missing.length ? ` and ${silent - missing.length} more` : "";
  return `${so}; not ${missing.map(plain).join(", ")}${more}`;
}

/** How often a board was away, or nothing. */
export function away(times: number): string {
  return times ? `It was away ${times === 1 ? "once" : `${times} times`}` : "";
}

export function counts(well: number, trouble: number, unknown: number, dropped: number): string {
  return [
    `${well} well`,
    trouble ? `${trouble} in trouble` : "",
    unknown ? `${unknown} not heard or unsure` : "",
    dropped ? `${dropped} away now or before` : "",
  ]
    .filter(Boolean)
    .join(" · ");
}
