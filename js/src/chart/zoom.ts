/** The stretch of time a chart shows, and how keys, drags and fingers change it. */

import type { History } from "../data/history";
import { hearing } from "../page/hear";
import type { Range } from "./style";

/** Values by axis, as `y` or `y3` (`y2` is the commands'); axes that are not there fit themselves. */
export type Zoom = { x: Range; y: Record<string, Range> };

/** How an axis of values gets its range: from what is shown, as it was, from all there is, with zero, in powers of ten. */
export const AXIS_MODES = ["follow", "hold", "all", "zero", "log"] as const;
export type AxisMode = (typeof AXIS_MODES)[number];

/** What is chosen for an axis, and the range at which it is held; in powers of ten, that is of exponents. */
export type AxisChoice = { mode: AxisMode; range?: Range | undefined };

/** What a view's user has chosen to see. */
export class Chosen {
  span: number | null = 60_000; // the chart's span in milliseconds, or null for all there is
  paused: number | null = null; // the kernel's time at which the chart stands still, or null
  zoom: Zoom | null = null;
  hidden = new Set<string>();
  axes = new Map<string, AxisChoice>(); // by unit; others follow
}

/** The channels whose lines are shown. */
export function shownOf<C extends { name: string }>(channels: readonly C[], { hidden }: Chosen): C[] {
  return channels.filter(({ name }) => !hidden.has(name));
}

const SHORTEST = 1000;

export function range(history: History, { zoom, paused, span }: Chosen, now: number): Range {
  if (zoom) return zoom.x;
  const end = paused ?? now;
  if (span !== null) return [end - span, end];
  return [Math.min(end - SHORTEST, history.start), end];
}

/** A live chart's end: it moves by whole pixels, of which it has so many, because to draw its axes costs time. */
export function inPixels(end: number, { span }: Chosen, pixels: number): number {
  if (span === null) return end;
  const pixel = span / pixels;
  return Math.ceil(end / pixel) * pixel;
}

export const STEPS: Record<string, [move: number, grow: number]> = {
  ArrowLeft: [-0.25, 1],
  ArrowRight: [0.25, 1],
  "+": [0, 0.5],
  "=": [0, 0.5],
  "-": [0, 2],
};

/** A range moved by a share of itself and grown by a factor around its middle. */
export function moved([from, to]: Range, move: number, grow: number): Range {
  const middle = (from + to) / 2 + move * (to - from);
  const half = (Math.max(SHORTEST / 20, to - from) * grow) / 2;
  return [middle - half, middle + half];
}

/** The zoom after a relayout of Plotly's, or null when no user changed a range: `chart.ts` itself changes whole ones. */
export function userZoom(change: Record<string, unknown>, layout: Record<string, unknown>): Zoom | null {
  if (!Object.keys(change).some((key) => /axis\d*\.range\[/.test(key))) return null;
  const rangeIn = (axis: string) => (layout[axis] as { range: unknown[] }).range.map(Number) as Zoom["x"];
  const changed = Object.keys(change).flatMap((key) => /^yaxis(\d*)\.range/.exec(key)?.[1] ?? []);
  const y = Object.fromEntries(changed.map((nth) => [`y${nth}`, rangeIn(`yaxis${nth}`)]));
  return { x: rangeIn("xaxis"), y };
}

/** The axes of values that a user has moved by themselves, with their new ranges: time goes on. */
export function heldAxes(
  change: Record<string, unknown>,
  layout: Record<string, unknown>,
): Record<string, Range> {
  const zoom = userZoom(change, layout);
  return zoom && !Object.keys(change).some((key) => key.startsWith("xaxis")) ? zoom.y : {};
}

/** Fingers on the chart, in pixels: where their middle is on the time axis, and how far they are apart. */
type Fingers = { middle: number; apart: number };

const CLOSEST = 20; // fingers closer than this many pixels are taken to be so far apart
export const RESTS = 10; // pixels that a finger may move and still rests

/** A range after fingers have moved, on an axis so many pixels wide: what was under or between them still is. */
export function pinched([from, to]: Range, before: Fingers, now: Fingers, width: number): Range {
  const factor = Math.max(CLOSEST, before.apart) / Math.max(CLOSEST, now.apart);
  const length = Math.max(SHORTEST / 20, (to - from) * factor);
  const start = from + ((to - from) * before.middle) / width - (length * now.middle) / width;
  return [start, start + length];
}

/** The chart's time axis on the screen, in pixels of the page. */
export type ShownAxis = { range: Range; left: number; width: number };

/** The chart, as far as hands move it. */
export type Held = {
  axis(): ShownAxis | null;
  /** Whether a finger reads values, and so moves nothing. */
  reads(): boolean;
  zoomed(range: Range): void;
};

/**
 * Hands on the chart, seen before Plotly sees them: whether one holds it, and fingers that move it. One finger
 * up or down is the page's, for scrolling, and sideways takes time along; two zoom. Plotly would zoom with
 * one, and keep the page from moving. A pen is a mouse, also where a browser tells of its touches.
 */
export class Hands {
  hold = false;
  private pen = false;
  /** Where one finger has begun, until it is known what it does. */
  private begun: Touch | null = null;
  private grip: { fingers: Fingers; axis: ShownAxis } | null = null;

  constructor(
    element: EventTarget,
    page: EventTarget,
    signal: AbortSignal,
    private readonly chart: Held,
  ) {
    const hear = hearing(signal);
    hear<PointerEvent>(element, "pointerdown", (event) => {
      this.pen = event.pointerType === "pen";
      this.hold = event.pointerType !== "touch" && drags(event);
    });
    // Not every press has its release: on macOS a menu swallows that of a right click.
    const ends = "pointermove pointerup pointercancel contextmenu blur";
    hear<PointerEvent>(page, ends, ({ type, buttons }) => {
      this.hold &&= type === "pointermove" && buttons !== 0;
    });
    hear<MouseEvent>(element, "mousedown", (event) => {
      if (!drags(event)) event.stopPropagation();
    });
    const touches = "touchstart touchmove touchend touchcancel";
    hear<TouchEvent>(element, touches, (event) => this.pen || this.touch(event));
  }

  private touch(event: TouchEvent): void {
    event.stopPropagation();
    const touches = [...event.touches];
    if (!event.cancelable)
      this.begun = this.grip = null; // the page is being scrolled
    else if (event.type === "touchmove") this.move(touches);
    else {
      this.begun = event.type === "touchstart" && touches.length === 1 ? touches[0] : null;
      this.grip = touches.length === 2 ? this.gripOf(touches) : null;
    }
    if (this.grip) event.preventDefault(); // the page would be scrolled, or made larger
  }

  private move(touches: Touch[]): void {
    this.begin(touches[0]);
    if (!this.grip) return;
    const { fingers, axis } = this.grip;
    this.chart.zoomed(pinched(axis.range, fingers, fingersOf(touches, axis), axis.width));
  }

  /** Tells by its first pixels what one finger does, which it then goes on doing. */
  private begin({ clientX, clientY }: Touch): void {
    const { begun, chart } = this;
    if (!begun) return;
    const [x, y] = [clientX - begun.clientX, clientY - begun.clientY].map(Math.abs);
    if (!chart.reads() && Math.hypot(x, y) <= RESTS) return;
    this.begun = null;
    if (!chart.reads() && x > y) this.grip = this.gripOf([begun]);
  }

  private gripOf(touches: Touch[]): Hands["grip"] {
    const axis = this.chart.axis();
    return axis && { fingers: fingersOf(touches, axis), axis };
  }
}

function fingersOf([one, other = one]: Touch[], { left }: ShownAxis): Fingers {
  const apart = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  return { middle: (one.clientX + other.clientX) / 2 - left, apart };
}

/** Whether a press is of the button that drags, and of no menu. */
export const drags = ({ button, ctrlKey }: MouseEvent) => button === 0 && !ctrlKey;
