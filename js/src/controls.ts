/** The buttons, and what else a board declares it can be set to. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Actions, ButtonCommand } from "./actions";
import type { Control } from "./contract";
import { plain } from "./text";
import { hasLed, type View } from "./view";
import { commandWord } from "./words";

const LED: ButtonCommand[] = ["on", "off", "toggle", "blink"];

/** Buttons that cannot work stay in reach of the keyboard, and say why. */
export function commandButtons(view: View, actions: Actions): TemplateResult {
  const names: ButtonCommand[] = view.course ? [...LED, "read"] : hasLed(view) ? LED : [];
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

/** Sliders and colours, for boards that declare them. */
export function controls(view: View, actions: Actions): TemplateResult | typeof nothing {
  const settable = view.controls.filter(({ type }) => type !== "switch");
  if (!settable.length) return nothing;
  return html`<div class="controls">${settable.map((it) => control(it, view, actions))}</div>`;
}

function control(it: Control, { blocked }: View, actions: Actions): TemplateResult {
  const set = (event: Event) => {
    const { value } = event.target as HTMLInputElement;
    actions.set(it.name, it.type === "range" ? Number(value) : value);
  };
  const tell = (event: Event) => {
    const slider = event.target as HTMLInputElement;
    (slider.nextElementSibling as HTMLOutputElement).value = slider.value;
  };
  const input =
    it.type === "range"
      ? html`<input type="range" min=${it.min} max=${it.max} step=${it.step} ?disabled=${blocked !== null} @input=${tell} @change=${set} /><output></output>`
      : html`<input type="color" ?disabled=${blocked !== null} @change=${set} />`;
  return html`<label>${plain(it.name)} ${input}</label>`;
}
