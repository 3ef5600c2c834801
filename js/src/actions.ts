/** What a user can do in a view. */

import type { Value } from "./settings";

export type ButtonCommand = "on" | "off" | "toggle" | "blink" | "read";

export interface Actions {
  command(name: ButtonCommand): void;
  /** Shows a value that is being chosen. */
  choose(name: string, value: Value): void;
  set(name: string, value: Value): void;
  mark(text: string): void;
  /** Opens or closes the field for a mark. */
  marking(open: boolean): void;
  span(span: number | null): void;
  nextSpan(): void;
  pause(): void;
  play(how: { paused?: boolean; speed?: number }): void;
  live(): void;
  clear(): void;
  download(): void;
  toggleChannel(channel: string): void;
  dismiss(notice: string): void;
  chartKey(event: KeyboardEvent): void;
  fullScreen(): void;
  /** Dark if it is light, else light. */
  shade(): void;
}
