/** The wall's HTML. All text of others goes through lit's bindings, and so is only text. */
import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { repeat } from "lit-html/directives/repeat.js";
import { COMMANDS, type CommandName } from "../contract";
import { commandWord } from "../data/words";
import type { Order } from "./tiles";
import { HEIGHT, type LocalWall, type TileView, type WallView, WIDTH } from "./view";

export interface WallActions {
  command(name: CommandName): void;
  order(order: Order): void;
  all(): void;
  table(): void;
  click(event: MouseEvent): void;
  key(event: KeyboardEvent): void;
  focus(event: FocusEvent): void;
  use(): void;
}

const ORDERS: [Order, string][] = [
  ["trouble", "Trouble first"],
  ["name", "By name"],
];

export function wallTemplate(view: WallView, local: LocalWall, actions: WallActions): TemplateResult {
  return html`
    <div class="card" role="group" aria-label="Wall of boards">
      <div class="top">
        <div class="name"><b>${view.title}</b><small>${view.counts}</small></div>
        ${tools(local, actions)}
      </div>
      <div class="bar">
        <div class="buttons" role="group" aria-label="Command ${view.target}">${COMMANDS.map((name) => button(name, view, actions))}</div>
        <div class="echo">
          <span class="pending">${view.target}</span>
          ${view.echo ? html`<span class=${view.echo.phase}>${view.echo.text}</span>` : nothing}
        </div>
      </div>
      ${view.says ? html`<p class="says"><b>${view.says}</b> ${view.next ?? ""}</p>` : nothing}
      ${
        view.empty
          ? html`<p class="none">${view.empty}</p>`
          : html`<div class="boards" role="listbox" aria-multiselectable="true" aria-label="Boards. Arrow keys move, Enter opens a board, Space selects it, Escape selects none."
              @click=${actions.click} @keydown=${actions.key} @focusin=${actions.focus} @pointermove=${actions.use}
            >${repeat(
              view.tiles,
              ({ id }) => id,
              (it) => guard(Object.values(it), () => tile(it)),
            )}</div>`
      }
      ${view.notices.map((notice) => html`<p class="notice"><span>${notice}</span></p>`)}
      <div class="unseen" role="status" aria-live="polite">${view.announcement}</div>
    </div>
  `;
}

function tile(it: TileView): TemplateResult {
  return html`
    <div class="board" data-level=${it.level} role="option" data-id=${it.id} tabindex=${it.current ? 0 : -1} aria-selected=${it.selected} aria-label=${it.title} title=${it.title}>
      <span class="led ${it.led}"></span>
      <b class="id">${it.label}</b>
      <span class="pick">${it.selected ? "✓" : nothing}</span>
      <span class="value ${it.stale ? "stale" : ""}"><b>${it.value}</b> <span>${it.unit}</span></span>
      ${it.why ? html`<span class="reason">${it.why}</span>` : line(it)}
      <span class="lamp ${it.level}"><i></i>${it.word}${it.away ? html`<em>${it.away}× away</em>` : nothing}<span><span class="wide">LED </span>${it.led === "unknown" ? "?" : it.led}</span></span>
    </div>
  `;
}

function line({ spark }: TileView): TemplateResult {
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><path d=${spark} vector-effect="non-scaling-stroke"></path></svg>`;
}

function button(name: CommandName, { blocked, target, empty }: WallView, actions: WallActions) {
  const off = blocked ?? empty;
  return html`<button aria-disabled=${off ? "true" : nothing} title=${off ?? `${commandWord(name)} ${target}`} @click=${() => off || actions.command(name)}>${commandWord(name)}</button>`;
}

function tools(local: LocalWall, actions: WallActions): TemplateResult {
  const choose = (event: Event) =>
    actions.order(ORDERS[(event.target as HTMLSelectElement).selectedIndex][0]);
  return html`
    <div class="tools" role="group" aria-label="Wall">
      <select class="small" aria-label="Order" @change=${choose}>
        ${ORDERS.map(([order, label]) => html`<option ?selected=${order === local.order}>${label}</option>`)}
      </select>
      <button class="small" @click=${actions.all}>${local.selected.size ? "Select none" : "Select all"}</button>
      <button class="small" title="Who was there: first and last seen, commands, answers, firmware, state" @click=${actions.table}>Attendance CSV</button>
    </div>
  `;
}
