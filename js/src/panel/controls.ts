/** The buttons, and what else a board declares it can be set to. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Value } from "../contract";
import { plain, said } from "../page/text";
import type { Actions, ButtonCommand } from "./actions";
import type { Setting } from "./settings";
import type { View } from "./view";
import { commandWord } from "./words";

const LED: ButtonCommand[] = ["on", "off", "toggle", "blink"];

/** Buttons that cannot work stay in reach of the keyboard, and say why. */
export function commandButtons(view: View, actions: Actions): TemplateResult {
  const names: ButtonCommand[] = view.course ? [...LED, "read"] : view.hasLed ? LED : [];
  return html`
    <div class="buttons" role="group" aria-label="LED">${names.map((name) => button(name, view, actions))}</div>
    <div class="echo">
      ${view.echo ? html`<span class=${view.echo.phase}>${view.echo.text}</span>` : nothing}
      ${view.blocked && view.blocked !== view.says ? html`<span class="why">${view.blocked}</span>` : nothing}
    </div>
  `;
}

function button(name: ButtonCommand, view: View, actions: Actions): TemplateResult {
  const pressed = name === "on" ? view.pressed === true : view.pressed === false;
  const click = () => {
    if (!view.blocked) actions.command(name);
  };
  return html`
    <button
      aria-pressed=${name === "on" || name === "off" ? pressed : nothing}
      aria-disabled=${view.blocked ? "true" : nothing}
      title=${view.blocked ?? nothing}
      @click=${click}
    >${commandWord(name)}</button>
  `;
}

/** Sliders, colours and switches, for boards that declare them. */
export function controls({ settings, blocked }: View, actions: Actions): TemplateResult | typeof nothing {
  if (!settings.length) return nothing;
  return html`<div class="controls" role="group" aria-label="Controls">${settings.map((it) => control(it, blocked !== null, actions))}</div>`;
}

function control(it: Setting, disabled: boolean, actions: Actions): TemplateResult {
  const chosen = ({ target }: Event): Value => {
    const { value, checked } = target as HTMLInputElement;
    return it.type === "range" ? Number(value) : it.type === "color" ? value : checked;
  };
  const choose = (event: Event) => actions.choose(it.name, chosen(event));
  const set = (event: Event) => actions.set(it.name, chosen(event));
  return html`
    <label>
      <span>${plain(it.name)}</span>
      ${input(it, disabled, choose, set)}
      <output class=${it.draft ? "draft" : ""}>${it.shown === null ? "–" : said(it.shown)}</output>
    </label>
  `;
}

function input(
  it: Setting,
  disabled: boolean,
  choose: (event: Event) => void,
  set: (event: Event) => void,
): TemplateResult {
  switch (it.type) {
    case "range":
      return html`<input type="range" min=${it.min} max=${it.max} step=${it.step} .value=${String(it.shown ?? it.min)} ?disabled=${disabled} @input=${choose} @change=${set} />`;
    case "color":
      return html`<input type="color" .value=${String(it.shown ?? "#000000")} ?disabled=${disabled} @input=${choose} @change=${set} />`;
    case "switch":
      return html`<input type="checkbox" role="switch" .checked=${it.shown === true} ?disabled=${disabled} @change=${set} />`;
  }
}
