/** What stands around an opened board: its way back, and the place for its panel. */
import { html, render } from "lit-html";

export function openedFrame(el: HTMLElement, back: () => void): HTMLElement {
  render(
    html`<div class="way"><button class="small" @click=${back}>← All boards</button></div><div class="place"><p class="none">Opening…</p></div>`,
    el,
  );
  return el.querySelector<HTMLElement>(".place")!;
}
