/** Parts that panels and walls are made of: one of several to choose, a line's look, what keys do, the whole screen. */
import { html, nothing, type TemplateResult } from "lit-html";
import { plain } from "./text";

/** One of several, or none of them yet; `word` says what each is called. Without a `label` it stands in one. */
export function pick<T>(
  options: readonly T[],
  chosen: T | undefined,
  choose: (option: T) => unknown,
  word: (option: T) => string,
  { label, title }: { label?: string; title?: string } = {},
): TemplateResult {
  const change = ({ target }: Event) => choose(options[(target as HTMLSelectElement).selectedIndex]);
  return html`<select class="small" aria-label=${label ?? nothing} title=${title ?? nothing} .selectedIndex=${options.indexOf(chosen as T)} @change=${change}>
    ${options.map((option) => html`<option ?selected=${option === chosen}>${word(option)}</option>`)}
  </select>`;
}

/** One of several things that have names; a stranger's may hold anything. */
export function pickNamed(
  things: readonly { name: string }[],
  chosen: string,
  choose: (name: string) => unknown,
  label: string,
): TemplateResult {
  const names = things.map(({ name }) => name);
  return pick(names, chosen, choose, plain, { label });
}

/** A piece of a line as the chart draws it, so many pixels long. */
export function swatch({ colour, dash }: { colour: number; dash: number }, width: number): TemplateResult {
  return html`<svg class="swatch" width=${width} height="8" aria-hidden="true"><line x1="0" y1="4" x2=${width} y2="4" class="dash-${dash}" style="stroke: var(--line-${colour})" /></svg>`;
}

/** What keys do at a place; each is heard there alone. */
export function keyList(place: string, keys: readonly (readonly string[])[]): TemplateResult {
  return html`<p class="keys">At ${place}: ${keys.map(([key, does]) => html`<span><kbd>${key}</kbd> ${does}</span>`)}</p>`;
}

export function fullScreenButton(full: boolean, press: () => unknown): TemplateResult {
  return html`<button class="small" aria-pressed=${full} @click=${press}>${full ? "Leave full screen" : "Full screen"}</button>`;
}
