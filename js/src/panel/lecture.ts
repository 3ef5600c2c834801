/** The panel for a hall: readable from its last row, driven by keys. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Actions } from "./actions";
import { commandButtons, controls } from "./controls";
import { keys } from "./keys";
import type { Local } from "./local";
import { player } from "./player";
import { chart, legend, noticeLine, value } from "./template";
import type { View } from "./view";

export function lecture(view: View, local: Local, actions: Actions): TemplateResult {
  const { main: first, tiles, settings, notices } = view;
  const more = [tiles.length > 1, settings.length > 0, local.marking !== null, local.hint !== null];
  const rows = more.filter(Boolean).length + notices.length;
  return html`
    <div class="card" role="group" aria-label=${`Pico ${view.id}, lecture`} tabindex="-1" style=${`--rows: ${rows}`}>
      <div class="head">
        <div class="state">
          <span class="led ${view.led}" aria-hidden="true"></span>
          <div class="name"><b>${view.about ? `LED ${view.led}` : "Pico"}</b><small>${[view.id, ...view.tags, ...(local.paused === null ? [] : ["chart paused"])].join(" · ")}</small></div>
        </div>
        ${first ? html`<div class="value ${first.stale ? "stale" : ""}">${value(first)}<small>${tiles.length > 1 ? first.label : nothing} ${first.age}</small></div>` : nothing}
      </div>
      ${tiles.length > 1 ? html`<div class="legend" role="group" aria-label="Channels">${tiles.map((tile, nth) => legend(tile, nth, actions))}</div>` : nothing}
      ${banner(view)}
      ${chart(view, local, actions)}
      <div class="bar">
        ${commandButtons(view, actions)}
        ${view.replay ? player(view.replay, actions) : nothing}
        <button class="whole" aria-pressed=${local.full} @click=${actions.fullScreen}>${local.full ? "Leave full screen" : "Full screen"}</button>
      </div>
      ${controls(view, actions)}
      ${local.marking !== null ? markField(actions) : nothing}
      ${notices.map((notice) => noticeLine(notice, actions))}
      ${local.hint ? html`<p class="hint" role="status">${local.hint}</p>` : nothing}
      <p class="keys">${keys(view, local).map(({ shown, does }) => html`<span><kbd>${shown}</kbd> ${does}</span> `)}</p>
      <div class="unseen" role="status" aria-live="polite">${view.announcement}</div>
    </div>
  `;
}

/** How things stand, in one glance: a word while all is well, else what is wrong and what to do. */
function banner({ lamps, says, next, quiet, settled }: View): TemplateResult {
  const worst = lamps.some(({ level }) => level === "bad") ? "bad" : "warn";
  const level = says ? worst : settled ? "ok" : "unknown";
  return html`<p class="banner lamp ${level}"><i></i><span>${says ? html`<b>${says}</b> ${next ?? ""}` : quiet}</span></p>`;
}

function markField(actions: Actions): TemplateResult {
  const key = (event: KeyboardEvent) => {
    const field = event.target as HTMLInputElement;
    if (event.key === "Enter" && field.value.trim()) actions.mark(field.value.trim());
    if (event.key === "Enter" || event.key === "Escape") actions.marking(false);
  };
  return html`<label class="marking">Mark this moment <input maxlength="200" placeholder="heater on" @keydown=${key} /> <small>Enter sets it, Escape does not</small></label>`;
}
