/** The panel's HTML. All text of others goes through lit's bindings, and so is only text. */
import { html, nothing, type TemplateResult } from "lit-html";
import { lookOf } from "../chart/figure";
import { COMMANDS, type CommandName, type Value } from "../contract";
import { commandWord } from "../data/words";
import { pick, swatch } from "../page/parts";
import { plain } from "../page/text";
import { type Actions, SPANS } from "./actions";
import type { Local } from "./local";
import { marking } from "./marking";
import { more } from "./more";
import { player } from "./player";
import type { Setting, Tile, View } from "./view";

export function template(view: View, local: Local, actions: Actions): TemplateResult {
  return html`
    <div class="card" role="group" aria-label=${`Pico ${view.id}`}>
      <div class="row head">
        ${view.hasLed ? html`<span class="led ${view.led}" aria-hidden="true"></span>` : nothing}
        <div class="name">
          <div class="row title"><b>${view.id || "Pico"}</b>${view.tags.map((tag) => html`<span class="tag">${tag}</span>`)}</div>
          <small>${view.about}</small>
        </div>
        ${view.main ? html`<div class="value ${view.main.stale ? "stale" : ""}">${value(view.main)}<small>${view.main.age}</small></div>` : nothing}
      </div>
      ${legend(view, actions)}
      <div class="row bar">
        ${commandButtons(view, actions)}
        ${tools(view, local, actions)}
      </div>
      ${local.more ? more(view, local, actions) : nothing}
      ${controls(view, actions)}
      ${experiment(view, actions)}
      ${chart(view, local, actions)}
      ${marking(local, actions)}
      ${player(view, local, actions)}
      <div class="foot">
        ${view.lamps.length || view.says ? trouble(view) : html`<span class="lamp ${view.settled ? "ok" : "unknown"}"><i></i>${view.quiet}</span>`}
        ${local.zooming && local.paused === null && !view.held ? howToZoom(actions) : nothing}
      </div>
      ${view.setup === null ? nothing : setup(view.setup, actions)}
      <div class="setup"></div>
      ${notices(view, actions)}
      <div class="drawer"></div>
      <div class="unseen" role="status" aria-live="polite">${view.announcement}</div>
    </div>
  `;
}

export function value({ value, unit }: Tile): TemplateResult {
  return html`<b>${value}</b> <span title=${unit}>${unit}</span>`;
}

/** The channels' values, that also show and hide their lines. */
export function legend({ tiles }: View, actions: Actions): TemplateResult | typeof nothing {
  if (tiles.length < 2) return nothing;
  return html`<div class="legend" role="group" aria-label="Channels">${tiles.map((tile, nth) => {
    const does = `${tile.shown ? "Hide" : "Show"} this line`;
    return html`
      <button class="tile ${tile.stale ? "stale" : ""}" aria-pressed=${tile.shown} title=${tile.derived ? `${does}, ${tile.derived}` : does} @click=${() => actions.toggleChannel(tile.channel)}>
        ${swatch(lookOf(nth), 22)}
        <span class="channel"><span>${tile.label}</span>${tile.derived ? derivedSign() : nothing}</span>
        <span class="value">${value(tile)}</span>
        <small>${tile.stale ? tile.age : nothing}</small>
      </button>
    `;
  })}</div>`;
}

const derivedSign = () => html`<i aria-hidden="true"> ƒ</i><span class="unseen"> derived</span>`;

/** Buttons that cannot work stay in reach of the keyboard, and say why. */
export function commandButtons(view: View, actions: Actions): TemplateResult {
  const names = COMMANDS.filter((name) => (name === "read" ? view.reads : view.hasLed));
  return html`
    <div class="buttons" role="group" aria-label=${view.hasLed ? "LED" : "Commands"}>${names.map((name) => button(name, view, actions))}</div>
    <div class="echo">
      ${view.echo ? html`<span class=${view.echo.phase}>${view.echo.text}</span>` : nothing}
      ${view.blocked && view.blocked !== view.says ? html`<span class="why">${view.blocked}</span>` : nothing}
    </div>
  `;
}

function button(name: CommandName, { pressed, blocked }: View, actions: Actions): TemplateResult {
  return html`
    <button
      aria-pressed=${name === "on" ? pressed === true : name === "off" ? pressed === false : nothing}
      aria-disabled=${blocked ? "true" : nothing}
      title=${blocked ?? nothing}
      @click=${() => blocked || actions.command(name)}
    >${commandWord(name)}</button>
  `;
}

function tools({ replay, clears }: View, local: Local, actions: Actions): TemplateResult {
  const shown = SPANS.find(([, span]) => span === local.span);
  return html`
    <div class="tools" role="group" aria-label="Chart">
      ${replay ? nothing : html`<button class="small" @click=${actions.pause}>${local.paused === null ? "Pause" : "Resume"}</button>`}
      ${pick(
        SPANS,
        shown,
        ([, span]) => actions.span(span),
        ([label]) => label,
        { label: "Time window" },
      )}
      ${replay ? nothing : html`<button class="small" title="Forget all readings, here and in the kernel" @click=${actions.clear}>${clears ? "Clear all?" : "Clear"}</button>`}
      <button class="small" aria-pressed=${local.cursors !== null} title="Two cursors, and what lies between them" @click=${actions.measure}>Measure</button>
      <button class="small" title="Download the readings as a CSV file" @click=${actions.download}>CSV</button>
      <button class="small" aria-expanded=${local.more} title="Axes, marks, trigger, other looks, pictures, keys" @click=${actions.more}>More</button>
    </div>
  `;
}

/** Sliders, colours and switches, for boards that declare them. */
export function controls({ settings, blocked }: View, actions: Actions): TemplateResult | typeof nothing {
  if (!settings.length) return nothing;
  return html`<div class="controls" role="group" aria-label="Controls">${settings.map((it) =>
    it.type === "button"
      ? html`<button class="small" ?disabled=${blocked !== null} @click=${() => actions.set(it.name, true)}>${plain(it.name)}</button>`
      : html`
      <label class=${it.type}>
        <span>${plain(it.name)}</span>
        ${input(it, blocked !== null, actions)}
        ${it.type === "choice" ? nothing : html`<output class=${it.draft ? "draft" : ""}>${it.says}</output>`}
      </label>
    `,
  )}</div>`;
}

function input(it: Setting, disabled: boolean, actions: Actions): TemplateResult {
  const read = ({ target }: Event): Value => {
    const { value, checked } = target as HTMLInputElement;
    return it.type === "range" ? Number(value) : it.type === "switch" ? checked : value;
  };
  const choose = (event: Event) => actions.choose(it.name, read(event));
  const set = (event: Event) => actions.set(it.name, read(event));
  if (it.type === "range")
    return html`<input type="range" min=${it.min} max=${it.max} step=${it.step} .value=${String(it.shown ?? it.min)} ?disabled=${disabled} @input=${choose} @change=${set} />`;
  if (it.type === "color")
    return html`<input type="color" .value=${String(it.shown ?? "#000000")} ?disabled=${disabled} @input=${choose} @change=${set} />`;
  if (it.type === "choice")
    return html`<select class="small ${it.draft ? "draft" : ""}" ?disabled=${disabled} @change=${set}>
      <option value="" disabled .selected=${it.shown === null}>–</option>
      ${it.options.map((word) => html`<option value=${word} .selected=${word === it.shown}>${plain(word)}</option>`)}
    </select>`;
  return html`<input type="checkbox" role="switch" .checked=${it.shown === true} ?disabled=${disabled} @change=${set} />`;
}

/** How an experiment stands, in one line, and what can be done with it. */
export function experiment({ experiment: it }: View, actions: Actions): TemplateResult | typeof nothing {
  if (!it) return nothing;
  const does = it.paused ? "resume" : "pause";
  return html`
    <div class="row experiment ${it.bad ? "bad" : ""}" role="group" aria-label="Experiment">
      <p title=${it.words}>${it.words}</p>
      ${it.left ? html`<small>${it.left}</small>` : nothing}
      ${it.pauses ? html`<button class="small" aria-label=${`${it.paused ? "Resume" : "Pause"} the experiment`} @click=${() => actions.experiment(it.run, does)}>${it.paused ? "Resume" : "Pause"}</button>` : nothing}
      ${it.ends ? html`<button class="small" title="Leave its steps, and do what it does at the end" @click=${() => actions.experiment(it.run, "abort")}>End it</button>` : nothing}
      ${it.over ? html`<button class="small" aria-label="Dismiss this experiment" @click=${() => actions.dismiss(it.run)}>×</button>` : nothing}
    </div>
  `;
}

export function chart(
  { waits, axes, held }: View,
  { zoom, paused }: Local,
  actions: Actions,
): TemplateResult {
  return html`
    <div class="figure" style=${`--axes: ${axes}`}>
      <div class="chart" tabindex="0" role="group" aria-label="Chart. Enter reads values, and arrow keys then go from reading to reading; before that they move it, plus and minus zoom, Escape returns to live." @keydown=${actions.chartKey}></div>
      <div class="cursors"></div>
      <div class="handles"></div>
      <div class="readout"></div>
      ${waits ? html`<span class="empty">${waits}</span>` : nothing}
      ${back(zoom !== null || paused !== null, held, actions)}
    </div>
    <div class="between"></div>
    <div class="pieces"></div>
    <div class="pieces other"></div>
  `;
}

/** The way back to a chart that follows, and what does not. */
function back(still: boolean, held: string, { live }: Actions): TemplateResult | typeof nothing {
  if (!still && !held) return nothing;
  const what = held && `${held} held`;
  return html`<button class="small back" @click=${live}>${still ? "Back to live" : "Follow again"}${what && html` <small>${what}</small>`}</button>`;
}

function trouble({ lamps, says, next }: View): TemplateResult {
  const lamp = ({ name, level, word }: View["lamps"][number]) =>
    html`<li class="lamp ${level}"><i></i>${name} <span>${word}</span></li>`;
  return html`
    ${lamps.length ? html`<ul class="lamps">${lamps.map(lamp)}</ul>` : nothing}
    ${says ? html`<p class="says"><b>${says}</b> ${next ?? ""}</p>` : nothing}
  `;
}

/** By hand; what keys do, the chart itself says to who hears it. */
function howToZoom({ knowsZooming }: Actions): TemplateResult {
  return html`<p class="zooming"><span class="by-mouse">Drag to zoom, double click to come back.</span><span class="by-finger">Two fingers zoom; a double tap comes back.</span><button class="small" aria-label="Do not show this again" @click=${knowsZooming}>×</button></p>`;
}

function setup(open: boolean, actions: Actions): TemplateResult {
  return html`<button class="small sets-up" aria-expanded=${open} @click=${() => actions.setUp(!open)}>${open ? "Close the set-up" : "Set up this board"}</button>`;
}

export function notices({ notices }: View, actions: Actions): TemplateResult[] {
  return notices.map(
    (notice) =>
      html`<p class="notice"><span>${notice}</span><button class="small" aria-label="Dismiss this notice" @click=${() => actions.dismiss(notice)}>×</button></p>`,
  );
}
