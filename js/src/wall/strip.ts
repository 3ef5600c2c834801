/** One value over all boards: a dot for each on a line, from the least to the most. */
import { html, nothing, svg, type TemplateResult } from "lit-html";
import type { TileFacts } from "../contract";
import { number } from "../data/words";
import { plain } from "../page/text";

export type Dot = { id: string; value: number; x: number; y: number }; // both within 0 and 1

export type StripView = NonNullable<ReturnType<typeof stripView>>;

/** Whether a board's value is no longer one of now. */
export const isOld = ({ at, stale }: TileFacts, now: number): boolean =>
  at !== null && stale !== null && now - at > stale;

const COLUMNS = 100; // in each of them dots stand one above the other
const ROWS = 5;

/** Made of boards whose value is of now, those of the commonest unit; null if there is none. */
export function stripView(
  tiles: readonly TileFacts[],
  now: number,
  pointed: string | null,
  marked: Set<string>,
) {
  const fresh = tiles.filter((it) => it.value !== null && it.at !== null && !isOld(it, now));
  const unit = commonest(fresh.map((it) => it.unit));
  const shown = fresh.filter((it) => it.unit === unit).sort((a, b) => a.value! - b.value!);
  if (!shown.length) return null;
  const [least, most] = [shown[0].value!, shown.at(-1)!.value!];
  const place = (value: number) => (most > least ? (value - least) / (most - least) : 0.5);
  const heights = new Array<number>(COLUMNS + 1).fill(0);
  const dots = shown.map(({ id, value }): Dot => {
    const x = place(value!);
    const height = heights[Math.round(x * COLUMNS)]++;
    return { id, value: value!, x, y: Math.min(height, ROWS - 1) / (ROWS - 1) };
  });
  const nth = dots.findIndex(({ id }) => id === pointed);
  const middle = (dots[(dots.length - 1) >> 1].value + dots[dots.length >> 1].value) / 2;
  return {
    dots, // the least first
    unit: plain(unit),
    median: { value: middle, x: place(middle) },
    pointed: nth < 0 ? null : { dot: dots[nth], nth, words: wordsOf(dots, nth, plain(unit)) },
    marked, // the boards that stand out
  };
}

/** So exact that what is told of several of these boards differs where they do. */
function valued(value: number, unit: string, dots: Dot[]): string {
  return `${number(value, dots.at(-1)!.value - dots[0].value)} ${unit}`.trim();
}

function wordsOf(dots: Dot[], nth: number, unit: string): string {
  return `${plain(dots[nth].id)}: ${valued(dots[nth].value, unit, dots)}, ${nth + 1} of ${dots.length}`;
}

function commonest(units: string[]): string {
  const counts = new Map<string, number>();
  for (const unit of units) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

/** The dot that is nearest to a place, all in pixels of the box. */
export function nearest(
  { dots }: StripView,
  at: { x: number; y: number },
  box: { width: number; height: number },
): Dot {
  const far = (dot: Dot) => Math.hypot(dot.x * box.width - at.x, (1 - dot.y) * box.height - at.y);
  return dots.reduce((best, dot) => (far(dot) < far(best) ? dot : best));
}

/** The dot that a key leads to from the pointed one, or null if it leads nowhere. */
export function dotAt({ dots, pointed }: StripView, key: string): Dot | null {
  const nth = pointed?.nth ?? -1;
  const [left, right] = [Math.max(0, nth - 1), Math.min(dots.length - 1, nth + 1)];
  const steps: Record<string, number> = {
    ArrowLeft: left,
    ArrowDown: left,
    ArrowRight: right,
    ArrowUp: right,
    Home: 0,
    End: dots.length - 1,
  };
  return dots[steps[key]] ?? null;
}

export type StripActions = {
  point(id: string | null): void;
  /** Leads to the board's tile. */
  lead(id: string): void;
};

const [WIDTH, HEIGHT] = [1000, 100];

export function strip(view: StripView | null, channel: string, actions: StripActions): TemplateResult {
  if (!view) return html`<p class="strip">No board tells ${channel} just now.</p>`;
  const { dots, unit, median, pointed, marked } = view;
  const at = (event: PointerEvent | MouseEvent) => {
    const box = (event.currentTarget as HTMLElement).querySelector("svg")!.getBoundingClientRect();
    return nearest(view, { x: event.clientX - box.left, y: event.clientY - box.top }, box).id;
  };
  // Also a page that moves under a mouse at rest makes it leave; what keys have gone to stays.
  const leave = ({ pointerType, currentTarget }: PointerEvent) =>
    pointerType === "mouse" && !(currentTarget as HTMLElement).matches(":focus") && actions.point(null);
  // A finger points with its first tap, and goes there with the second.
  const press = (event: MouseEvent) =>
    at(event) === pointed?.dot.id ? actions.lead(at(event)) : actions.point(at(event));
  const key = (event: KeyboardEvent) => {
    const dot = dotAt(view, event.key);
    if (event.key === "Enter" && pointed) actions.lead(pointed.dot.id);
    else if (dot) actions.point(dot.id);
    else return;
    event.preventDefault();
  };
  const end = (word: string, { value, id }: Dot) =>
    html`<span>${word} <b>${valued(value, unit, dots)}</b> <span class="who">${plain(id)}</span></span>`;
  return html`
    <div class="strip">
      <div class="about"><span>${channel} of ${dots.length === 1 ? "1 board" : `${dots.length} boards`}, median ┊ <b>${valued(median.value, unit, dots)}</b></span> <b>${pointed?.words ?? nothing}</b></div>
      <div class="dots" role="slider" tabindex="0" aria-label="${channel} over the boards, the least first. Arrow keys move from board to board, Enter leads to its tile."
        aria-valuemin="1" aria-valuemax=${dots.length} aria-valuenow=${(pointed?.nth ?? 0) + 1} aria-valuetext=${pointed?.words ?? wordsOf(dots, 0, unit)}
        @pointermove=${(event: PointerEvent) => actions.point(at(event))} @pointerleave=${leave} @click=${press} @keydown=${key}
      ><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
        <path class="middle" d=${`M${Math.round(median.x * WIDTH)},0V${HEIGHT}`} vector-effect="non-scaling-stroke"></path>
        <path class="each" d=${pathOf(dots)} vector-effect="non-scaling-stroke"></path>
        ${marked.size ? svg`<path class="each marked" d=${pathOf(dots.filter(({ id }) => marked.has(id)))} vector-effect="non-scaling-stroke"></path>` : nothing}
        ${pointed ? svg`<path class="each pointed" d=${pathOf([pointed.dot])} vector-effect="non-scaling-stroke"></path>` : nothing}
      </svg></div>
      <div class="ends">${end("least", dots[0])}${end("most", dots.at(-1)!)}</div>
    </div>
  `;
}

/** All in one path, each as a line without length, whose round ends no box can stretch. */
function pathOf(dots: Dot[]): string {
  return dots.map(({ x, y }) => `M${Math.round(x * WIDTH)},${Math.round((1 - y) * HEIGHT)}h0`).join("");
}
