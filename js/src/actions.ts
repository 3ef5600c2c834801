/** What a user can do in a view. */

export type ButtonCommand = "on" | "off" | "toggle" | "blink" | "read";

export interface Actions {
  command(name: ButtonCommand): void;
  set(name: string, value: number | string): void;
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
