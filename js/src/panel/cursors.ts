/** Two cursors on the chart, and what lies between them. */
import { html, nothing, render, type TemplateResult } from "lit-html";
import { type Area, placed, timeAt } from "../chart/area";
import type { Chart } from "../chart/chart";
import { shownOf } from "../chart/zoom";
import type { Channel } from "../contract";
import type { LivePanel } from "../data/panel";
import { readingAt, stepped } from "../data/reading";
import { type Numbers, numbersOf, placesOf } from "../data/stretch";
import { exact, rounded } from "../data/words";
import { clock, moment } from "../data/zone";
import { guard } from "../page/guard";
import { plain } from "../page/text";
import { now } from "../page/time";
import type { Local } from "./local";
import { inWords, stepsOf } from "./readout";

const NAMES = ["A", "B"] as const;

export class Cursors {
  private dragged = false; // whether one is, of which the kernel hears when it is let go
  private readonly changed = guard();

  /** `place` is laid over the chart; what lies between them is told in `told`. */
  constructor(
    private readonly place: HTMLElement,
    private readonly told: HTMLElement,
    private readonly chart: Chart,
    private readonly panel: LivePanel,
    private readonly local: Local,
  ) {}

  /** Shows them where there are readings, or takes them away. */
  toggle(): void {
    const area = this.chart.area();
    this.local.cursors = this.local.cursors || !area ? null : this.beginning(area.range);
    this.tell();
    if (this.local.cursors) this.place.querySelector("button")?.focus();
  }

  draw(): void {
    const { cursors } = this.local;
    const area = cursors && this.chart.area();
    render(area ? NAMES.map((_, nth) => this.cursor(nth, area)) : nothing, this.place);
    if (!this.changed(String(cursors), cursors && this.counted(cursors))) return;
    render(cursors ? this.between(cursors) : nothing, this.told);
  }

  /** Which readings lie between them: their numbers are reckoned anew only for others. */
  private counted(cursors: [number, number]): string {
    const { series } = this.panel.history;
    const [from, to] = [Math.min(...cursors), Math.max(...cursors)];
    const lines = this.shown.map(({ name }) => [name, series.get(name)] as const);
    return lines.map(([name, line]) => [name, line && placesOf(line, from, to)].join()).join(" ");
  }

  private get shown(): Channel[] {
    return shownOf(this.panel.channels, this.local);
  }

  /** Where they begin: around all that is seen, whose numbers are asked for the most. */
  private beginning([from, to]: Area["range"]): [number, number] {
    const { history } = this.panel;
    return [stepped(history, this.shown, from - 1, 1), stepped(history, this.shown, to + 1, -1)];
  }

  /** The time of the reading that is nearest to a time, however far away. */
  private snapped(time: number): number {
    return readingAt(this.panel.history, this.shown, time, Number.POSITIVE_INFINITY).time;
  }

  private move(nth: number, time: number): void {
    const cursors: [number, number] = [...this.local.cursors!];
    cursors[nth] = time;
    this.local.cursors = cursors;
    this.draw();
  }

  /** The kernel knows them, so that code finds what was chosen by hand. */
  private tell(): void {
    const { cursors } = this.local;
    this.panel.send({ type: "cursors", at: cursors && [Math.min(...cursors), Math.max(...cursors)] });
    this.draw();
  }

  private cursor(nth: number, area: Area): TemplateResult {
    const time = this.local.cursors![nth];
    const [from, to] = area.range;
    const within = time >= from && time <= to;
    const drag = (event: PointerEvent) => {
      if (!this.dragged) return;
      const x = event.clientX - this.place.getBoundingClientRect().left;
      this.move(nth, this.snapped(timeAt(x, area)));
    };
    const hold = (event: PointerEvent) => {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      this.dragged = true;
    };
    const release = () => {
      if (this.dragged) this.tell();
      this.dragged = false;
    };
    const words = `${moment(time, now())}, ${this.valuesAt(time)}`;
    return html`
      <div class="cursor ${within ? "" : "away"}" style=${placed(time, area)}>
        <button
          class="small" role="slider" aria-label=${`Cursor ${NAMES[nth]}`} aria-orientation="horizontal"
          aria-valuemin=${from} aria-valuemax=${to} aria-valuenow=${time} aria-valuetext=${words}
          @pointerdown=${hold} @pointermove=${drag} @pointerup=${release} @pointercancel=${release}
          @keydown=${(event: KeyboardEvent) => this.key(event, nth)}
        >${NAMES[nth]}</button>
      </div>
    `;
  }

  private key(event: KeyboardEvent, nth: number): void {
    const steps = stepsOf(event);
    if (event.key === "Escape") this.toggle();
    else if (steps !== null) {
      this.move(nth, stepped(this.panel.history, this.shown, this.local.cursors![nth], steps));
      this.tell();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private valuesAt(time: number): string {
    const { values } = readingAt(this.panel.history, this.shown, time, 0);
    const told = values.filter(({ value }) => value !== null);
    return told.map(inWords).join(", ");
  }

  private between(cursors: [number, number]): TemplateResult {
    const [from, to] = [Math.min(...cursors), Math.max(...cursors)];
    const { series } = this.panel.history;
    return html`
      <p><b>${rounded((to - from) / 1000)} s</b> <span>from ${moment(from, now())} to ${moment(to, now())}</span></p>
      ${this.shown.map((channel) => {
        const line = series.get(channel.name);
        const numbers = line ? numbersOf(line, from, to) : null;
        return html`<p><b>${plain(channel.name)}</b> ${numbers ? sentence(numbers, plain(channel.unit)) : "nothing"}</p>`;
      })}
    `;
  }
}

function sentence(it: Numbers, unit: string): TemplateResult {
  const signed = (value: number) => `${value > 0 ? "+" : ""}${rounded(value)} ${unit}`.trim();
  const perSecond = it.seconds > 0 ? ` (${signed(it.difference / it.seconds)}/s)` : "";
  const more = [
    `${it.n.toLocaleString()} ${it.n === 1 ? "reading" : "readings"}`,
    `mean ${rounded(it.mean)}`,
    `median ${rounded(it.median)}`,
    `least ${exact(it.least)} at ${clock(it.leastAt)}`,
    `most ${exact(it.most)} at ${clock(it.mostAt)}`,
    ...(it.deviation === null ? [] : [`deviation ${rounded(it.deviation)}`]),
    ...(it.slope === null ? [] : [`slope ${signed(it.slope)}/s`]),
  ];
  return html`<b>${signed(it.difference)}</b>${perSecond} <span>${more.join(" · ")}</span>`;
}
