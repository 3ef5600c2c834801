/** The bar of a replay: where it is, what there is to go to, and how fast it goes. */
import { html, nothing, svg, type TemplateResult } from "lit-html";
import type { Moment } from "../contract";
import { momentAt, momentWord, place } from "../data/words";
import { isShortcut } from "../page/hear";
import { pick } from "../page/parts";
import type { Actions } from "./actions";
import type { Local } from "./local";
import type { View } from "./view";

const NEAR = 6; // pixels beside a mark that are taken for it
const EDGE = 8; // half a thumb: as near its middle comes to the bar's ends
const WIDE = 1000; // the bar's drawing, in units of its own
const TICKS = [
  ["command", "6v4"],
  ["failed", "6v4"],
  ["mark", "0v10"],
] as const;

const arrow = (length: number) => Math.max(5_000, length / 100);
/** Where a key goes from a place, in a recording of a length. */
const KEYS: Record<string, (at: number, length: number) => number> = {
  ArrowLeft: (at, length) => at - arrow(length),
  ArrowDown: (at, length) => at - arrow(length),
  ArrowRight: (at, length) => at + arrow(length),
  ArrowUp: (at, length) => at + arrow(length),
  PageDown: (at, length) => at - length / 10,
  PageUp: (at, length) => at + length / 10,
  Home: () => 0,
  End: (_, length) => length,
};

export function player(view: View, local: Local, actions: Actions): TemplateResult | typeof nothing {
  const { replay } = view;
  if (!replay) return nothing;
  const { speed, paused, ended } = replay;
  const speeds = [...new Set([...replay.speeds, speed])].sort((a, b) => a - b);
  const choose = (chosen: number) => actions.play({ speed: chosen });
  const label = { label: "Speed", title: "How many times as fast as it was" };
  const step = (by: 1 | -1, word: string) => html`
    <button class="small step" aria-label="${word} command or mark" title="${word} command or mark" @click=${() => actions.step(by)}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><path d=${by < 0 ? "M2 1v10M11 1v10L4 6z" : "M10 1v10M1 1v10L8 6z"} /></svg>
    </button>
  `;
  return html`
    <div class="row player" role="group" aria-label="Recording">
      <button class="small" @click=${() => actions.play({ paused: !(paused || ended) })}>${ended ? "Play again" : paused ? "Resume" : "Pause"}</button>
      ${replay.length ? [step(-1, "Previous"), step(1, "Next"), seekBar(replay.length, view, local, actions)] : nothing}
      ${pick(speeds, speed, choose, (it) => `${it} ×`, label)}
    </div>
  `;
}

function seekBar(length: number, view: View, local: Local, actions: Actions): TemplateResult {
  const { played, moments } = view;
  const { dragged, pointed } = local;
  const told = dragged ?? pointed ?? played;
  const what = momentAt(moments, told, 1);
  const named = (at: number, moment: Moment | undefined) =>
    [`${place(at)} of ${place(length)}`, ...(moment ? [momentWord(moment)] : [])].join(", ");
  /** A place that a hand has chosen; beside a command or a mark it is that. */
  const near = ({ currentTarget }: Event, at: number) =>
    momentAt(moments, at, (NEAR * length) / widthOf(currentTarget))?.[0] ?? at;
  const chosen = (event: Event) => near(event, Number((event.currentTarget as HTMLInputElement).value));
  const point = (event: PointerEvent) => {
    const { left } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const at = (length * (event.clientX - left - EDGE)) / widthOf(event.currentTarget);
    if (event.pointerType !== "touch") actions.point(near(event, within(length, at)));
  };
  const key = (event: KeyboardEvent) => {
    if (isShortcut(event)) return;
    const to = KEYS[event.key]?.(played, length);
    if (to === undefined) return;
    event.preventDefault();
    actions.seek(within(length, to));
  };
  return html`
    <span class="seek">
      <input
        type="range" min="0" max=${length} step="1" .value=${String(dragged ?? played)}
        aria-label="Place in the recording" aria-valuetext=${named(played, momentAt(moments, played, 1))}
        @input=${(event: Event) => actions.drag(chosen(event))} @change=${(event: Event) => actions.seek(chosen(event))}
        @pointermove=${point} @pointerleave=${() => actions.point(null)} @keydown=${key}
      />
      <svg viewBox="0 0 ${WIDE} 10" preserveAspectRatio="none" aria-hidden="true">${TICKS.map(
        ([kind, shape]) => svg`<path class=${kind} d=${ticks(moments, kind, shape, length)} />`,
      )}</svg>
    </span>
    <span class="where">${place(told)} of ${place(length)}${what ? html` <b>${momentWord(what)}</b>` : nothing}</span>
  `;
}

const widthOf = (bar: EventTarget | null) =>
  Math.max(1, (bar as HTMLElement).getBoundingClientRect().width - 2 * EDGE);

const within = (length: number, at: number) => Math.min(length, Math.max(0, at));

function ticks(moments: readonly Moment[], of: Moment[1], shape: string, length: number): string {
  const these = moments.filter(([, kind]) => kind === of);
  return these.map(([at]) => `M${((WIDE * at) / length).toFixed(1)} ${shape}`).join("");
}
