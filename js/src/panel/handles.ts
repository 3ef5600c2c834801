/** While marks are set: a click on the chart sets one, and each has a handle by which it is moved and changed. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { type Area, perPixel, placed, timeAt } from "../chart/area";
import type { Chart } from "../chart/chart";
import { drags, RESTS, shownOf } from "../chart/zoom";
import type { Mark } from "../data/history";
import type { LivePanel } from "../data/panel";
import { stepped } from "../data/reading";
import { moment } from "../data/zone";
import { hearing, isShortcut } from "../page/hear";
import { plain, shortened } from "../page/text";
import { now } from "../page/time";
import type { Actions } from "./actions";
import type { Local } from "./local";
import { PRESS, readingNear, stepsOf } from "./readout";

const APART = 24; // pixels between two handles, of which each can be taken hold of
const FINGERS_APART = 44;
const DOUBLE = 300; // milliseconds between two presses that are a double click, as Plotly reckons
const LONGEST = 40; // characters of a mark's words that a handle tells

/** A mark that a hand or key has moved, and where to; until the kernel tells of it. */
type Held = { mark: Mark; time: number; x: number; moved: boolean; told: boolean };

export class Handles {
  private held: Held | null = null;
  private dragging = false;
  private pressed: PointerEvent | null = null; // what may become a click
  private pressedAt = Number.NEGATIVE_INFINITY;
  private clicked: ReturnType<typeof setTimeout> | undefined; // which may become a double one
  private tapped = false;

  /** Handles are laid over `element`, the chart's, in `place`. */
  constructor(
    private readonly place: HTMLElement,
    private readonly element: HTMLElement,
    private readonly chart: Chart,
    private readonly panel: LivePanel,
    private readonly local: Local,
    private readonly actions: Actions,
    signal: AbortSignal,
  ) {
    const hear = hearing(signal);
    hear<PointerEvent>(element, "pointerdown", (event) => {
      const twice = event.timeStamp - this.pressedAt < DOUBLE;
      this.pressedAt = event.timeStamp;
      clearTimeout(this.clicked);
      this.pressed = local.marks && event.isPrimary && drags(event) && !twice ? event : null;
    });
    signal.addEventListener("abort", () => clearTimeout(this.clicked));
    // The page's: while a button is down, Plotly lays something over all of it.
    hear<PointerEvent>(window, "pointerup", (event) => this.released(event));
    hear<TouchEvent>(element, "touchend", (event) => {
      if (this.tapped) event.preventDefault(); // else the browser clicks, too, which takes the focus
      this.tapped = false;
    });
  }

  draw(): void {
    const area = this.local.marks || this.local.draft ? this.chart.area() : null;
    render(area ? this.all(area) : nothing, this.place);
  }

  private released({ clientX, clientY, timeStamp, pointerType }: PointerEvent): void {
    const { pressed } = this;
    const area = this.chart.area();
    this.pressed = null;
    if (!pressed || !area) return;
    const far = Math.hypot(clientX - pressed.clientX, clientY - pressed.clientY) > RESTS;
    const read = pointerType === "touch" && timeStamp - pressed.timeStamp >= PRESS;
    const { left, top } = this.element.getBoundingClientRect();
    const [x, y] = [clientX - left - area.left, clientY - top - area.top];
    if (far || read || x < 0 || x > area.width || y < 0 || y > area.height) return;
    const time = this.timeUnder(clientX, area);
    const mark = () => this.actions.mark(time);
    this.tapped = pointerType === "touch";
    // Later, iOS would not show its keys.
    if (this.tapped) mark();
    else this.clicked = setTimeout(mark, DOUBLE);
  }

  private timeUnder(clientX: number, area: Area): number {
    const x = clientX - this.element.getBoundingClientRect().left;
    const within = Math.min(area.left + area.width, Math.max(area.left, x));
    return readingNear(timeAt(within, area), area, this.panel, this.local).time;
  }

  /** Those whose handles can be told apart; of others the newest. */
  private reachable(area: Area): Mark[] {
    const [from, to] = area.range;
    const apart = matchMedia("(pointer: coarse)").matches ? FINGERS_APART : APART;
    const least = apart * perPixel(area);
    const { marks } = this.panel.history;
    const found: Mark[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (let nth = marks.length - 1; nth >= 0 && marks[nth].time >= from; nth--) {
      const mark = marks[nth];
      if (mark.time > to || (next - mark.time < least && mark !== this.held?.mark)) continue;
      found.unshift(mark);
      next = mark.time;
    }
    return found;
  }

  private all(area: Area): TemplateResult {
    if (this.held && this.panel.history.mark(this.held.mark.name) !== this.held.mark) this.held = null;
    const { draft, marks } = this.local;
    const reachable = marks ? this.reachable(area) : [];
    const seen = draft && draft.time >= area.range[0] && draft.time <= area.range[1];
    return html`
      ${seen ? html`<div class="mark at" style=${placed(draft.time, area)}></div>` : nothing}
      ${repeat(
        reachable,
        ({ name }) => name,
        (mark) => this.handle(mark, area),
      )}
    `;
  }

  private handle(mark: Mark, area: Area): TemplateResult {
    const moved = this.held?.mark === mark && this.held.moved;
    const time = moved ? this.held!.time : mark.time;
    const [from, to] = area.range;
    const hold = (event: PointerEvent) => {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      this.dragging = true;
      this.held = { mark, time: mark.time, x: event.clientX, moved: false, told: false };
    };
    const drag = ({ clientX }: PointerEvent) => {
      if (!this.dragging || !this.held) return;
      const begun = this.held.moved || Math.abs(clientX - this.held.x) > RESTS / 2;
      if (begun) this.move(mark, this.timeUnder(clientX, area));
    };
    const press = () => {
      if (this.held?.moved) return;
      this.held = null;
      this.actions.changeMark(mark.name);
    };
    return html`
      <div class="mark ${moved ? "at" : ""}" style=${placed(time, area)}>
        <button
          class="small" role="slider" aria-label=${`Mark ${shortened(plain(mark.text), LONGEST)}`} aria-orientation="horizontal"
          aria-valuemin=${from} aria-valuemax=${to} aria-valuenow=${time} aria-valuetext=${moment(time, now())}
          title="Drag to move this mark, press to change its words"
          @pointerdown=${hold} @pointermove=${drag} @pointerup=${() => this.letGo()} @pointercancel=${() => this.letGo()}
          @click=${press} @keydown=${(event: KeyboardEvent) => this.key(event, mark)} @keyup=${() => this.letGo()} @blur=${() => this.letGo()}
        >◆</button>
      </div>
    `;
  }

  private move(mark: Mark, time: number): void {
    this.held = { mark, x: this.held?.x ?? 0, time, moved: true, told: false };
    this.draw();
  }

  /** The kernel hears where a mark is moved to when it is let go. */
  private letGo(): void {
    this.dragging = false;
    const { held } = this;
    if (!held?.moved || held.told || held.time === held.mark.time) return;
    held.told = true;
    this.actions.moveMark(held.mark.name, held.time);
  }

  private key(event: KeyboardEvent, mark: Mark): void {
    const steps = stepsOf(event);
    if (isShortcut(event)) return;
    if (event.key === "Escape" && this.held?.moved) this.held = null;
    else if (event.key === "Escape") {
      this.actions.marks();
      this.element.focus();
    } else if (event.key === "Delete" || event.key === "Backspace") this.actions.takeMark(mark.name);
    else if (steps !== null) {
      const { history, channels } = this.panel;
      const from = this.held?.mark === mark && this.held.moved ? this.held.time : mark.time;
      this.move(mark, stepped(history, shownOf(channels, this.local), from, steps));
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.draw();
  }
}
