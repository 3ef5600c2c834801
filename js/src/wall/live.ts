/** A wall's state on this page, fed by the kernel's news; knows neither the model nor the DOM. */
import { clickId } from "../click";
import { Clock } from "../clock";
import { DUE } from "../commands";
import { Contact, FIRST_NEWS } from "../contact";
import { Sight } from "../sight";
import type { RecordedWall, TileFacts, WallCommand, WallHead, WallNews, WallToKernel } from "./contract";

export interface Sent {
  click: string;
  command: WallCommand;
  /** By the page's clock. */
  at: number;
}

export class LiveWall {
  readonly tiles = new Map<string, TileFacts>();
  readonly clock = new Clock();
  readonly contact: Contact;
  head: WallHead | null = null;
  /** This page's last command, of which the kernel need not have heard. */
  sent: Sent | null = null;
  /** Grows with every change of the tiles. */
  revision = 0;
  private version = 0;
  private missing = false;
  private recorded: number | null = null;
  private readonly sight: Sight;

  constructor(
    private readonly send: (message: WallToKernel) => void,
    private readonly opened: number,
  ) {
    this.contact = new Contact(opened);
    this.sight = new Sight(opened);
  }

  /** Takes a message of the kernel; anything else is left alone. */
  hear(message: unknown, at: number): void {
    const news = message as WallNews;
    if (news?.type !== "wall") return;
    this.contact.hear(at, news.answer === true);
    this.clock.hear(news.now, at);
    if (news.head) this.head = news.head;
    this.merge(news.tiles);
    this.missing = news.from > this.version;
    if (!this.missing) this.version = Math.max(this.version, news.version);
    if (news.resting && this.sight.seen) this.ask();
    this.tick(at);
  }

  /** Takes what was last recorded, until the kernel speaks. */
  adopt(recorded: RecordedWall | null | undefined): void {
    if (!recorded?.tiles || this.contact.heard !== null) return;
    this.recorded = recorded.at;
    this.merge(recorded.tiles);
  }

  /** Takes whether anybody sees the wall. */
  look(seen: boolean, at: number): void {
    if (!this.sight.look(seen, at)) return;
    if (seen) this.ask();
    else this.send({ type: "hidden" });
  }

  /** Does what is due by the clock. */
  tick(at: number): void {
    if (this.sight.seen && this.contact.shouldAsk(at, this.missing, this.due(at))) this.ask();
  }

  /** When what is shown was recorded, or null while a kernel is there. */
  recordedAt(at: number): number | null {
    return this.contact.heard === null && at - this.opened > FIRST_NEWS ? this.recorded : null;
  }

  /** Commands boards; null is all of them. */
  command(command: WallCommand, ids: string[] | null, at: number): void {
    const click = clickId();
    this.sent = { click, command, at };
    this.send({ type: "all", click, command, ids });
    this.contact.click(at);
    this.tick(at);
  }

  private due(at: number): boolean {
    if (!this.sent || at - this.sent.at > DUE) return false;
    const round = this.head?.round;
    return round?.click !== this.sent.click || round.pending > 0;
  }

  private merge(tiles: TileFacts[]): void {
    for (const tile of tiles)
      this.tiles.set(tile.id, { ...tile, spark: tile.spark ?? this.tiles.get(tile.id)?.spark ?? [] });
    if (tiles.length) this.revision++;
  }

  private ask(): void {
    this.send({ type: "ask", since: this.version });
  }
}
