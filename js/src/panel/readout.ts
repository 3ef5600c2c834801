/** A line across the chart where the user points, and beside it what there is at that time. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import { type Area, perPixel, placed, timeAt } from "../chart/area";
import type { Chart } from "../chart/chart";
import { lookOf } from "../chart/figure";
import { RESTS, shownOf } from "../chart/zoom";
import type { LivePanel } from "../data/panel";
import { type Reading, readingAt, stepped } from "../data/reading";
import { exact } from "../data/words";
import { moment } from "../data/zone";
import { hearing } from "../page/hear";
import { swatch } from "../page/parts";
import { plain, shortened } from "../page/text";
import { now } from "../page/time";
import type { Local } from "./local";

const NEAR = 10; // pixels within which a reading or a mark is where the user points
export const PRESS = 450; // milliseconds after which a finger that rests means to read
const LONGEST = 40; // characters of what is nearby
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
const FAR = 10; // readings that a step with Shift takes

/** Where the user points: at pixels of the chart, along which time moves on; by the keyboard at a time. */
type Place = { x: number } | { time: number };

export class Readout {
  private at: Place | null = null;
  private press: { x: number; y: number; timer: ReturnType<typeof setTimeout> } | null = null;

  /** `place` is laid over `element`, the chart's. */
  constructor(
    private readonly place: HTMLElement,
    private readonly element: HTMLElement,
    private readonly chart: Chart,
    private readonly panel: LivePanel,
    private readonly local: Local,
    signal: AbortSignal,
  ) {
    const hear = hearing(signal);
    hear<PointerEvent>(element, "pointerdown", (event) => isFinger(event) && this.touched(event));
    hear<PointerEvent>(element, "pointermove", (event) => this.moved(event));
    // Also a page that moves under a mouse at rest makes it leave; what keys have gone to stays.
    hear<PointerEvent>(
      element,
      "pointerleave",
      (event) => isFinger(event) || this.time !== null || this.point(null),
    );
    hear(element, "pointerup pointercancel", () => this.lift());
    hear<TouchEvent>(element, "touchmove", (event) => {
      if (this.reads && event.cancelable) event.preventDefault(); // not while the page is being scrolled
    });
    // Some browsers ask for it while the finger rests, others when it is lifted.
    hear<PointerEvent>(
      element,
      "contextmenu",
      (event) => (this.press || isFinger(event)) && event.preventDefault(),
    );
    hear(element, "blur", () => this.at && "time" in this.at && this.point(null));
  }

  /** Takes a key: Enter begins to read, the arrows go from reading to reading, Escape ends. */
  key(event: KeyboardEvent): boolean {
    const { key } = event;
    const steps = stepsOf(event);
    const { time } = this;
    const { history } = this.panel;
    if (key === "Enter" && time === null) {
      const end = this.chart.area()?.range[1] ?? 0;
      this.point({ time: stepped(history, this.shown, end + 1, -1) });
      return true;
    }
    if (time === null) return false;
    if (key === "Escape") this.point(null);
    else if (steps !== null) this.point({ time: stepped(history, this.shown, time, steps) });
    return key === "Escape" || steps !== null;
  }

  /** The time of the reading that keys have gone to, or null. */
  get time(): number | null {
    return this.at && "time" in this.at ? this.at.time : null;
  }

  draw(): void {
    const area = this.at && !this.chart.busy ? this.chart.area() : null;
    render(area ? this.readout(this.at!, area) : nothing, this.place);
  }

  /** Whether a finger reads. */
  get reads(): boolean {
    return this.press !== null && this.at !== null;
  }

  private get shown() {
    return shownOf(this.panel.channels, this.local);
  }

  private point(at: Place | null): void {
    this.at = at;
    this.draw();
  }

  private moved(event: PointerEvent): void {
    const { clientX, clientY } = event;
    const x = clientX - this.element.getBoundingClientRect().left;
    if (!isFinger(event) || this.reads) this.point({ x });
    else if (this.press && Math.hypot(clientX - this.press.x, clientY - this.press.y) > RESTS) this.lift();
  }

  private touched({ clientX: x, clientY: y, isPrimary }: PointerEvent): void {
    this.lift();
    this.point(null);
    if (!isPrimary) return; // two zoom
    const begin = () => this.point({ x: x - this.element.getBoundingClientRect().left });
    this.press = { x, y, timer: setTimeout(begin, PRESS) };
  }

  /** What a finger has read stays until the next one. */
  private lift(): void {
    clearTimeout(this.press?.timer);
    this.press = null;
  }

  private readout(at: Place, area: Area): TemplateResult | typeof nothing {
    const { left, width, top } = area;
    const [from, to] = area.range;
    const time = "time" in at ? at.time : timeAt(at.x, area);
    if (time < from || time > to) return nothing;
    const reading = readingNear(time, area, this.panel, this.local);
    const x = left + (reading.time - from) / perPixel(area);
    const side = x > left + width / 2 ? "left" : "right";
    return html`
      <div class="at" style=${placed(reading.time, area)}></div>
      <div class="box ${side}" style=${`--x: ${x}px; top: ${top}px`}>${this.box(reading)}</div>
      <div class="unseen" role="status">${"time" in at ? spoken(reading) : nothing}</div>
    `;
  }

  private box({ time, values, led, nearby }: Reading): TemplateResult {
    const nths = new Map(this.panel.channels.map(({ name }, nth) => [name, nth]));
    return html`
      <b>${moment(time, now())}</b>
      ${values.map(({ channel, value }) => {
        const line = lookOf(nths.get(channel.name)!);
        return html`
          ${swatch(line, 14)} <span>${plain(channel.name)}</span>
          <span class="value">${value === null ? "–" : exact(value)}</span> <span>${plain(channel.unit)}</span>
        `;
      })}
      ${led === null ? nothing : html`<small>LED ${led ? "on" : "off"}</small>`}
      ${nearby ? html`<small>${shortened(nearby, LONGEST)}</small>` : nothing}
    `;
  }
}

/** What is told at a time: the reading that is near enough to be pointed at; where none is, of the time itself. */
export function readingNear(time: number, area: Area, panel: LivePanel, local: Local): Reading {
  return readingAt(panel.history, shownOf(panel.channels, local), time, NEAR * perPixel(area));
}

const isFinger = ({ pointerType }: PointerEvent) => pointerType === "touch";

/** How many readings a key goes on by; null if it is none that does. */
export function stepsOf({ key, shiftKey }: KeyboardEvent): number | null {
  return key in STEPS ? STEPS[key] * (shiftKey ? FAR : 1) : null;
}

/** A channel's reading in words, for those who hear it. */
export function inWords({ channel, value }: Reading["values"][number]): string {
  const told = value === null ? "nothing" : `${exact(value)} ${plain(channel.unit)}`;
  return `${plain(channel.name)} ${told}`.trim();
}

function spoken({ time, values, led, nearby }: Reading): string {
  const told = values.map(inWords);
  const words = [moment(time, now()), ...told, led === null ? "" : `LED ${led ? "on" : "off"}`, nearby ?? ""];
  return words.filter(Boolean).join(", ");
}
