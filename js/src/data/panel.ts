/** One panel's state on this page, fed by the kernel's news; knows neither the model nor the DOM. */
import type {
  Channel,
  CommandName,
  Moment,
  News,
  PanelState,
  Recorded,
  Rows,
  SpectrumNews,
  ToKernel,
  Value,
} from "../contract";
import { Conversation, clickId } from "../page/conversation";
import { said } from "../page/text";
import { Clock } from "../page/time";
import { History } from "./history";
import { Lines } from "./messages";
import { type Columns, columnsOf, recordedRows } from "./rows";

export class LivePanel extends Conversation<ToKernel> {
  private whole = new History();
  private ahead: History | null = null; // the newest rows, while many older ones come
  readonly messages = new Lines();
  state: PanelState | null = null;
  /** What was last told of a channel's swings. */
  spectrum: SpectrumNews | null = null;
  /** The commands and marks of the recording that is played. */
  moments: readonly Moment[] = [];
  private readonly place = new Clock(); // of a replay, in milliseconds of playing
  private jumps = 0;

  /** Takes a message of the kernel; anything else is left alone. */
  hear(message: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[], at: number): void {
    const news = message as News | SpectrumNews;
    if (news?.type === "spectrum") this.spectrum = news;
    if (news?.type !== "news") return;
    if (this.recorded && this.contact.heard === null) this.forget();
    this.contact.hear(at, news.answer === true);
    if (news.state) this.adopt(news.state);
    this.hearClock(news, at);
    if (news.rows) this.take(news.rows, columnsOf(buffers, news.rows.origin));
    if (news.messages) this.messages.hear(news.messages, at);
    this.taken(news, Boolean(this.state?.closed), at);
  }

  private hearClock({ now, played }: News, at: number): void {
    const jumps = this.state?.replay?.jumps ?? 0;
    if (jumps !== this.jumps) for (const clock of [this.clock, this.place]) clock.forget();
    this.jumps = jumps;
    this.clock.hear(now, at, this.clockRate);
    if (played !== undefined) this.place.hear(played, at, this.clockRate);
  }

  /** Where a replay is, in milliseconds of playing. */
  played(at: number): number {
    const there = this.place.kernel(this.contact.known(at));
    return Math.min(Math.max(0, there), this.state?.replay?.length ?? 0);
  }

  private get clockRate(): number {
    const replay = this.state?.replay;
    if (!replay) return 1;
    return replay.paused || replay.ended ? 0 : replay.speed;
  }

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
    this.forget();
    this.whole.hear(...recordedRows(recorded));
  }

  /** What there is to show. */
  get history(): History {
    return this.ahead ?? this.whole;
  }

  private take(rows: Rows, columns: Columns): void {
    if (rows.ahead) this.ahead = new History();
    (rows.ahead ? this.history : this.whole).hear(rows, columns);
    if (this.ahead && this.whole.table.have >= this.ahead.table.have) this.ahead = null;
  }

  private forget(): void {
    this.whole = new History();
    this.ahead = null;
  }

  override tick(at: number): void {
    this.history.commands.giveUp(at);
    const missing = this.whole.missing || (this.messages.overdue(at) && !this.contact.waiting);
    this.askIfDue(at, missing, this.history.commands.due(at));
  }

  override rest(): void {
    if (this.contact.heard !== null) this.forget();
  }

  /** When what is shown came to its end, by the kernel's clock, or null while it goes on. */
  endedAt(at: number): number | null {
    const recorded = this.recordedAt(at);
    if (recorded !== null || !this.state?.closed) return recorded;
    const ends = [...this.history.series.values()].map(({ latest }) => latest).filter((it) => it !== null);
    return ends.length ? Math.max(...ends) : null;
  }

  /** The kernel's time that the chart goes up to. */
  chartEnd(at: number): number {
    return this.endedAt(at) ?? this.clock.kernel(this.contact.known(at));
  }

  /** The channels with their units: declared ones first, then others that readings have come for. */
  get channels(): Channel[] {
    const declared = this.state?.channels ?? [];
    const others = [...this.history.series.keys()].filter((name) => !declared.some((it) => it.name === name));
    return [...declared, ...others.map((name) => ({ name, unit: "" }))];
  }

  click(command: CommandName, at: number): void {
    this.act(command, at, (click) => this.send({ type: "click", click, command }));
  }

  set(name: string, value: Value, at: number): string {
    return this.act(`${name}=${said(value)}`, at, (click) => this.send({ type: "set", click, name, value }));
  }

  private act(name: string, at: number, send: (click: string) => void): string {
    const click = clickId();
    for (const history of new Set([this.whole, this.history]))
      history.commands.clicked({ id: click, name, at });
    send(click);
    this.clicked(at);
    return click;
  }

  play(how: { paused?: boolean; speed?: number; seek?: number }, at: number): void {
    this.send({ type: "play", ...how });
    if (how.seek !== undefined) {
      this.place.forget(); // the kernel will say so in a moment
      this.place.hear(how.seek, at, this.clockRate);
    }
    this.clicked(at);
  }

  /** Has a replay go to the next command or mark, or to the one before. */
  step(by: 1 | -1, at: number): void {
    this.send({ type: "play", step: by, click: clickId() });
    this.clicked(at);
  }

  experiment(run: string, does: "pause" | "resume" | "abort", at: number): void {
    this.send({ type: "experiment", click: clickId(), run, does });
    this.clicked(at);
  }

  clear(): void {
    this.send({ type: "clear" });
    if (this.over) this.ask(); // no push will tell of it
  }

  protected override ask(): void {
    this.send({ type: "ask", since: this.whole.table.have, ...this.messages.wanted });
  }
}
