/** Hands on the chart, seen before Plotly sees them: whether one holds it, and two fingers that zoom it. */
import { type Fingers, pinched } from "./zoom";

/** The time axis as it is on the screen, in pixels of the page. */
export interface TimeAxis {
  range: [number, number];
  left: number;
  width: number;
}

/** One finger is the page's, for scrolling: Plotly would zoom with it, and keep the page from moving. */
export class Hands {
  private held = false;
  private pinch: { fingers: Fingers; axis: TimeAxis } | null = null;
  private readonly endings: (() => void)[] = [];

  constructor(
    element: EventTarget,
    page: EventTarget,
    private readonly axis: () => TimeAxis | null,
    private readonly zoomed: (range: [number, number]) => void,
  ) {
    this.hear(element, "pointerdown", (event: PointerEvent) => {
      this.held = event.pointerType !== "touch" && drags(event);
    });
    // Not every press has its release: on macOS a menu swallows that of a right click.
    this.hear(page, "pointermove", (event: PointerEvent) => {
      if (event.buttons === 0) this.held = false;
    });
    for (const end of ["pointerup", "pointercancel", "contextmenu", "blur"])
      this.hear(page, end, () => {
        this.held = false;
      });
    this.hear(element, "mousedown", (event: MouseEvent) => {
      if (!drags(event)) event.stopPropagation();
    });
    for (const kind of ["touchstart", "touchmove", "touchend", "touchcancel"])
      this.hear(element, kind, (event: TouchEvent) => this.touch(event));
  }

  /** Whether a drag goes on. */
  get hold(): boolean {
    return this.held;
  }

  close(): void {
    for (const end of this.endings) end();
  }

  private touch(event: TouchEvent): void {
    event.stopPropagation();
    if (event.touches.length !== 2) this.pinch = null;
    const axis = this.pinch?.axis ?? this.axis();
    if (event.touches.length !== 2 || !axis) return;
    event.preventDefault(); // the page would be made larger
    const [one, other] = event.touches;
    const apart = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const fingers = { middle: (one.clientX + other.clientX) / 2 - axis.left, apart };
    if (this.pinch) this.zoomed(pinched(axis.range, this.pinch.fingers, fingers, axis.width));
    else this.pinch = { fingers, axis };
  }

  private hear<E extends Event>(target: EventTarget, kind: string, take: (event: E) => void): void {
    const listener = take as EventListener;
    target.addEventListener(kind, listener, { capture: true, passive: false });
    this.endings.push(() => target.removeEventListener(kind, listener, { capture: true }));
  }
}

/** Whether a press is of the button that drags, and of no menu. */
function drags({ button, ctrlKey }: MouseEvent): boolean {
  return button === 0 && !ctrlKey;
}
