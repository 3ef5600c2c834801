/** A wall's state on this page, fed by the kernel's news; knows neither the model nor the DOM. */
import type {
  CommandName,
  RecordedWall,
  TileFacts,
  WallHead,
  WallLook,
  WallNews,
  WallToKernel,
} from "../contract";
import { DUE } from "../data/commands";
import { Conversation, clickId } from "../page/conversation";

const FIRST_LOOK: WallLook = { order: "trouble", channel: null, more: false };
/** A notebook of others may say anything. */
const lookOf = ({ order, channel, more }: WallLook): WallLook => ({
  order: String(order),
  channel: typeof channel === "string" ? channel : null,
  more: more === true,
});

const TOLD_WITHIN = 3_000; // so soon the kernel knows how this page has set the wall

export class LiveWall extends Conversation<WallToKernel> {
  readonly tiles = new Map<string, TileFacts>();
  head: WallHead | null = null;
  /** This page's last command, which the kernel need not know; `after`: the round that was known then, or 0. */
  sent: { click: string; command: CommandName; after: number; at: number } | null = null;
  /** How it is set; what this page has just set, the kernel may not know yet. */
  shown = FIRST_LOOK;
  private setAt = Number.NEGATIVE_INFINITY;
  private version = 0;
  private missing = false;

  /** Takes a message of the kernel; anything else is left alone. */
  hear(message: unknown, at: number): void {
    const news = message as WallNews;
    if (news?.type !== "wall") return;
    this.contact.hear(at, news.answer === true);
    this.clock.hear(news.now, at);
    if (news.head) this.head = news.head;
    if (news.head?.look && at - this.setAt > TOLD_WITHIN) this.shown = news.head.look;
    this.merge(news.tiles);
    this.missing = news.from > this.version;
    if (!this.missing) this.version = Math.max(this.version, news.version);
    this.taken(news, Boolean(this.head?.closed), at);
  }

  /** Takes what was last recorded, until the kernel speaks. */
  adopt(recorded: RecordedWall | null | undefined): void {
    if (!recorded?.tiles || this.contact.heard !== null) return;
    this.recorded = recorded;
    this.shown = lookOf(recorded.look ?? FIRST_LOOK);
    this.merge(recorded.tiles);
  }

  override tick(at: number): void {
    this.askIfDue(at, this.missing, this.due(at));
  }

  /** Commands boards; null is all of them. */
  command(command: CommandName, ids: string[] | null, at: number): void {
    const click = clickId();
    this.sent = { click, command, after: this.head?.round?.nth ?? 0, at };
    this.send({ type: "all", click, command, ids });
    this.clicked(at);
  }

  /** Sets it for all of its views, here at once. */
  set(look: Partial<WallLook>, at: number): void {
    this.shown = { ...this.shown, ...look };
    this.setAt = at;
    this.send({ type: "look", look: this.shown });
  }

  /** Whether nothing has become of this page's last command yet; a later round, of anybody, comes after it. */
  get waits(): boolean {
    return this.sent !== null && (this.head?.round?.nth ?? 0) <= this.sent.after;
  }

  private due(at: number): boolean {
    if (!this.sent || at - this.sent.at > DUE) return false;
    const round = this.head?.round;
    return this.waits || (round?.click === this.sent.click && round.pending > 0);
  }

  private merge(tiles: TileFacts[]): void {
    for (const tile of tiles)
      this.tiles.set(tile.id, { ...tile, spark: tile.spark ?? this.tiles.get(tile.id)?.spark ?? [] });
  }

  protected override ask(): void {
    this.send({ type: "ask", since: this.version });
  }
}
