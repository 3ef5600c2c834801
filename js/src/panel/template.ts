/** The panel's HTML. All text of others goes through lit's bindings, and so is only text. */
import { html, nothing, type TemplateResult } from "lit-html";
import { lookOf } from "../chart/traces";
import type { Actions } from "./actions";
import { commandButtons, controls } from "./controls";
import { type Local, SPANS } from "./local";
import { player } from "./player";
import type { ShownLamp, Tile, View } from "./view";

export function template(view: View, local: Local, actions: Actions): TemplateResult {
  return html`
    <div class="card" role="group" aria-label=${`Pico ${view.id}`}>
      <div class="head">
        <span class="led ${view.led}" aria-hidden="true"></span>
        <div class="name">
          <div class="title"><b>${view.id || "Pico"}</b>${view.tags.map((tag) => html`<span class="tag">${tag}</span>`)}</div>
          <small>${view.about}</small>
        </div>
        ${view.main ? html`<div class="value ${view.main.stale ? "stale" : ""}">${value(view.main)}<small>${view.main.age}</small></div>` : nothing}
      </div>
      ${view.tiles.length > 1 ? html`<div class="legend" role="group" aria-label="Channels">${view.tiles.map((tile, nth) => legend(tile, nth, actions))}</div>` : nothing}
      <div class="bar">
        ${commandButtons(view, actions)}
        ${tools(view, local, actions)}
      </div>
      ${controls(view, actions)}
      ${chart(view, local, actions)}
      <div class="foot">${view.lamps.length || view.says ? trouble(view) : html`<span class="lamp ${view.settled ? "ok" : "unknown"}"><i></i>${view.quiet}</span>`}</div>
      ${view.notices.map((notice) => noticeLine(notice, actions))}
      <div class="drawer"></div>
      <div class="unseen" role="status" aria-live="polite">${view.announcement}</div>
    </div>
  `;
}

export function chart({ waits, axes }: View, { zoom, paused }: Local, actions: Actions): TemplateResult {
  return html`
    <div class="figure" style=${`--axes: ${axes}`}>
      <div class="chart" tabindex="0" role="group" aria-label="Chart. Arrow keys move it, plus and minus zoom, Escape returns to live." @keydown=${actions.chartKey}></div>
      ${waits ? html`<span class="empty">${waits}</span>` : nothing}
      ${zoom || paused !== null ? html`<button class="small back" @click=${actions.live}>Back to live</button>` : nothing}
    </div>
  `;
}

export function value({ value, unit }: Tile): TemplateResult {
  return html`<b>${value}</b> <span title=${unit}>${unit}</span>`;
}

/** A channel's value, that also shows and hides its line. */
export function legend(tile: Tile, nth: number, actions: Actions): TemplateResult {
  const { colour, dash } = lookOf(nth);
  return html`
    <button class="tile ${tile.stale ? "stale" : ""}" aria-pressed=${tile.shown} title=${tile.shown ? "Hide this line" : "Show this line"} @click=${() => actions.toggleChannel(tile.channel)}>
      <svg width="22" height="8" aria-hidden="true"><line x1="1" y1="4" x2="21" y2="4" class="line-${colour} dash-${dash}" /></svg>
      <span class="channel">${tile.label}</span>
      <span class="value">${value(tile)}</span>
      <small>${tile.stale ? tile.age : nothing}</small>
    </button>
  `;
}

function tools({ replay, clears }: View, local: Local, actions: Actions): TemplateResult {
  const choose = (event: Event) => actions.span(SPANS[(event.target as HTMLSelectElement).selectedIndex][1]);
  return html`
    <div class="tools" role="group" aria-label="Chart">
      ${replay ? player(replay, actions) : html`<button class="small" @click=${actions.pause}>${local.paused === null ? "Pause" : "Resume"}</button>`}
      <select class="small" aria-label="Time window" @change=${choose}>
        ${SPANS.map(([label, span]) => html`<option ?selected=${span === local.span}>${label}</option>`)}
      </select>
      ${replay ? nothing : html`<button class="small" title="Forget all readings, here and in the kernel" @click=${actions.clear}>${clears ? "Clear all?" : "Clear"}</button>`}
      <button class="small" title="Download the readings as a CSV file" @click=${actions.download}>CSV</button>
    </div>
  `;
}

function trouble({ lamps, says, next }: View): TemplateResult {
  return html`
    ${lamps.length ? html`<ul class="lamps">${lamps.map(lamp)}</ul>` : nothing}
    ${says ? html`<p class="says"><b>${says}</b> ${next ?? ""}</p>` : nothing}
  `;
}

function lamp({ name, level, word }: ShownLamp): TemplateResult {
  return html`<li class="lamp ${level}"><i></i>${name} <span>${word}</span></li>`;
}

export function noticeLine(notice: string, actions: Actions): TemplateResult {
  return html`<p class="notice"><span>${notice}</span><button class="small" aria-label="Dismiss this notice" @click=${() => actions.dismiss(notice)}>×</button></p>`;
}
