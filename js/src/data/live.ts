/** One panel's state on this page, fed by the kernel's news; knows neither the model nor the DOM. */

import type { Limit, News, PanelState, Recorded, Replay, ToKernel, Value } from "../contract";
import { clickId } from "../page/click";
import { Conversation } from "../page/conversation";
import { said } from "../page/text";
import { columnsOf } from "./columns";
import { History } from "./history";
import { Lines } from "./messages";
import { recordedRows } from "./recorded";

export class LivePanel extends Conversation<ToKernel> {
  history = new History();
  readonly messages = new Lines();
  state: PanelState | null = null;

  /** Takes a message of the kernel; anything else is left alone. */
  hear(message: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[], at: number): void {
    const news = message as News;
    if (news?.type !== "news") return;
    if (this.recorded && this.contact.heard === null) this.history = new History();
    this.contact.hear(at, news.answer === true);
    if (news.state) this.adopt(news.state);
    this.clock.hear(news.now, at, rate(this.state?.replay));
    if (news.rows) this.history.hear(news.rows, columnsOf(buffers, news.rows.origin));
    if (news.messages) this.messages.hear(news.messages, at);
    this.end(Boolean(this.state?.closed), news.answer === true);
    if (news.resting && this.seen) this.ask();
    this.tick(at);
  }

  /** A drawer of messages was opened or closed. */
  watchMessages(open: boolean, at: number): void {
    if (this.messages.watch(open, at)) this.ask();
  }

  /** Takes a state, unless a newer one is known. */
  adopt(state: PanelState | null | undefined): void {
    if (!state || typeof state.version !== "number") return;
    const newest = this.state?.version ?? 0; // a recorded one has none
    if (!this.state || state.version >= newest) this.state = state;
  }

  /** Takes what a notebook without its kernel has to show, until the kernel speaks. */
  showRecorded(recorded: Recorded | null | undefined): void {
    if (!recorded?.series || this.contact.heard !== null) return;
    this.recorded = recorded;
    this.state ??= recorded.state;
    const { rows, columns } = recordedRows(recorded);
    this.history = new History();
    this.history.hear(rows, columns);
  }

  override tick(at: number): void {
    this.history.commands.giveUp(at);
    const eager = this.history.commands.due(at);
    const missing = this.history.missing || (this.messages.overdue(at) && !this.contact.waiting);
    this.askIfDue(at, missing, eager);
  }

  override rest(): void {
    if (this.contact.heard !== null) this.history = new History();
  }

  /** When what is shown came to its end, by the kernel's clock, or null while it goes on. */
  endedAt(at: number): number | null {
    const recorded = this.recordedAt(at);
    if (recorded !== null) return recorded;
    if (!this.state?.closed) return null;
    const ends = [...this.history.series.values()]
      .filter(({ size }) => size > 0)
      .map((it) => it.time(it.end - 1));
    return ends.length ? Math.max(...ends) : null;
  }

  /** The kernel's time that the chart goes up to. */
  chartEnd(at: number): number {
    return this.endedAt(at) ?? this.clock.kernel(this.contact.known(at));
  }

  /** What an older recording does not have. */
  get limits(): readonly Limit[] {
    return this.state?.limits ?? [];
  }

  click(command: Extract<ToKernel, { type: "click" }>["command"], at: number): void {
    const click = clickId();
    this.history.commands.clicked({ id: click, name: command, at });
    this.send({ type: "click", click, command });
    this.clicked(at);
  }

  /** Sets a control, and gives back the click. */
  set(name: string, value: Value, at: number): string {
    const click = clickId();
    this.history.commands.clicked({ id: click, name: `${name}=${said(value)}`, at });
    this.send({ type: "set", click, name, value });
    this.clicked(at);
    return click;
  }

  /** Pauses, resumes or hurries a replay. */
  play(how: { paused?: boolean; speed?: number }, at: number): void {
    this.send({ type: "play", ...how });
    this.clicked(at);
  }

  /** Marks a time of the page. */
  mark(text: string, at: number): void {
    this.send({ type: "mark", click: clickId(), text, at: this.clock.kernel(at) });
  }

  clear(): void {
    this.send({ type: "clear" });
    if (this.over) this.ask(); // no push will tell of it
  }

  protected override ask(): void {
    this.send({ type: "ask", since: this.history.table.have, ...this.messages.wanted });
  }
}

/** How fast the kernel's clock goes. */
function rate(replay: Replay | null | undefined): number {
  if (!replay) return 1;
  return replay.paused || replay.ended ? 0 : replay.speed;
}
