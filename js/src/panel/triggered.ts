/** The chart that stands still where its trigger's channel crosses, and the pieces laid over one another. */
import { html, nothing, render, type TemplateResult } from "lit-html";
import { Chart } from "../chart/chart";
import { lookOfPiece, overlay } from "../chart/pieces";
import type { Range, Style } from "../chart/style";
import type { Zoom } from "../chart/zoom";
import type { AskedTrigger, Trigger } from "../contract";
import type { LivePanel } from "../data/panel";
import { type Piece, Pieces } from "../data/pieces";
import { clock, moment } from "../data/zone";
import { guard } from "../page/guard";
import { pickNamed, swatch } from "../page/parts";
import { plain } from "../page/text";
import { now } from "../page/time";
import type { Local } from "./local";
import { counted, sentence, waiting } from "./trigger";

export class Triggered {
  private readonly pieces = new Pieces();
  private readonly another = guard();
  private readonly changed = guard();
  private readonly told = Object.assign(document.createElement("div"), { className: "row" });
  private readonly element = Object.assign(document.createElement("div"), {
    className: "over",
    hidden: true,
  });
  private readonly chart: Chart;
  /** The kernel's time from which on a piece that ends makes the chart stand still: what is older was seen. */
  private since = Number.POSITIVE_INFINITY;
  private stoodAt: number | null = null; // the last crossing that it did so for
  private zoom: Zoom | null = null; // the chart's place since then, unless a person has moved it
  private laid = false; // whether pieces lie over one another
  private channel: string | null = null; // of which channel; null is the trigger's own
  private range: Range | undefined;

  /** `place` is below the chart; `change` draws all that has changed; a `hall` is told, and sees the chart stand. */
  constructor(
    place: HTMLElement,
    private readonly panel: LivePanel,
    private readonly local: Local,
    private readonly hall: boolean,
    signal: AbortSignal,
    private readonly change: (local: Partial<Local>) => void,
  ) {
    place.append(this.told, this.element);
    this.chart = new Chart(this.element, signal);
  }

  /** Lets the chart stand still at a piece that is whole now; gives whether it does anew. */
  stand(): boolean {
    const { trigger, panel, local } = this;
    if (panel.contact.heard === null) return false; // a picture of what was
    const end = panel.chartEnd(now());
    if (this.another(JSON.stringify(trigger))) [this.since, this.stoodAt] = [end, null];
    const endOf = ({ at }: Piece) => at + (trigger?.after ?? 0) * 1000;
    const newest = this.found.findLast((piece) => endOf(piece) <= end);
    if (!newest || endOf(newest) < this.since || newest.at === this.stoodAt) return false;
    this.stoodAt = newest.at;
    if (local.paused !== null || (local.zoom && local.zoom !== this.zoom)) return false; // a person looks elsewhere
    this.zoom = local.zoom = this.zoomOf(newest);
    return true;
  }

  draw(width: number, style: Style): void {
    const { trigger, found } = this;
    render(trigger ? this.words(trigger, found) : nothing, this.told);
    this.element.hidden = !(this.laid && found.length);
    if (trigger && !this.element.hidden) this.plot(trigger, found, width, style);
  }

  private get trigger(): Trigger | null {
    return this.panel.state?.trigger ?? null;
  }

  private get found(): readonly Piece[] {
    const { trigger, panel } = this;
    const series = trigger && panel.history.series.get(trigger.channel);
    return series ? this.pieces.of(trigger, series) : [];
  }

  private zoomOf({ at }: Piece): Zoom {
    const { before, after } = this.trigger!;
    return { x: [at - before * 1000, at + after * 1000], y: {} };
  }

  private show(piece: Piece): void {
    this.zoom = this.zoomOf(piece);
    this.change({ zoom: this.zoom });
  }

  private words(trigger: Trigger, found: readonly Piece[]): TemplateResult {
    const unit = this.panel.channels.find(({ name }) => name === trigger.channel)?.unit ?? "";
    const newest = found.at(-1);
    const state = newest
      ? `${counted(newest.nth)}, the last at ${moment(newest.at, now())}`
      : waiting(trigger, this.pieces.ready);
    return html`
      <p><b>${sentence(trigger, plain(unit))}</b> <span role="status">${state}</span></p>
      ${this.hall ? nothing : this.buttons(trigger, found)}
    `;
  }

  private buttons(trigger: Trigger, found: readonly Piece[]): TemplateResult {
    const { laid } = this;
    const ask = (asked: AskedTrigger | null) => this.panel.send({ type: "trigger", trigger: asked });
    const lay = () => {
      this.laid = !laid;
      this.change({});
    };
    return html`
      <div class="row take">
        ${found.length ? html`<button class="small" aria-pressed=${laid} @click=${lay}>Lay over one another</button>` : nothing}
        ${!trigger.each && found.length ? html`<button class="small" @click=${() => ask({ ...trigger, past: false })}>Once more</button>` : nothing}
        <button class="small" @click=${() => ask(null)}>Take away</button>
        ${laid && found.length ? this.choices(trigger) : nothing}
      </div>
      ${laid && found.length ? this.list(found) : nothing}
    `;
  }

  private choices(trigger: Trigger): TemplateResult | typeof nothing {
    const { channels } = this.panel;
    if (channels.length < 2) return nothing;
    const chosen = this.channel ?? trigger.channel;
    const choose = (name: string) => {
      this.channel = name;
      this.change({});
    };
    return pickNamed(channels, chosen, choose, "Channel of the pieces");
  }

  private list(found: readonly Piece[]): TemplateResult {
    return html`<div class="row take" role="group" aria-label="Pieces">${found.map((piece) => {
      const shown = this.local.zoom !== null && this.local.zoom.x[0] === this.zoomOf(piece).x[0];
      return html`
        <button class="small" aria-pressed=${shown} title="Show this piece in the chart" @click=${() => this.show(piece)}>
          ${swatch(lookOfPiece(piece), 18)} ${piece.nth} <small>${clock(piece.at, 1000)}</small>
        </button>
      `;
    })}</div>`;
  }

  private plot(trigger: Trigger, pieces: readonly Piece[], width: number, style: Style): void {
    const { element } = this;
    const { channels, history } = this.panel;
    const name = this.channel ?? trigger.channel;
    const channel = channels.find((it) => it.name === name) ?? { name, unit: "" };
    const facts = JSON.stringify([trigger, channel, pieces]);
    if (width === 0 || !this.changed(facts, width, history.series.get(name)?.added, style.lines)) return;
    const label = `${counted(pieces.length)} of ${plain(name)}, laid over one another`;
    Object.assign(element, { role: "img", ariaLabel: label });
    const made = overlay({ history, channel, pieces, trigger, width, style }, this.range);
    this.range = made.ranges.get("y");
    this.chart.draw(made);
  }
}
