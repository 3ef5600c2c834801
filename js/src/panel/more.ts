/** What only some want of a chart: how its axes get their ranges. Shown when it is asked for. */
import { html, type TemplateResult } from "lit-html";
import { AXIS_MODES, type AxisMode } from "../chart/zoom";
import { plain } from "../page/text";
import type { Actions, Local } from "./actions";
import type { View } from "./view";

const WORDS: Record<AxisMode, string> = {
  follow: "follows what is shown",
  hold: "is held",
  all: "has all there is",
  zero: "begins at zero",
  log: "is in powers of ten",
};

export function more({ units }: View, { axes }: Local, actions: Actions): TemplateResult {
  return html`<div class="more" role="group" aria-label="Axes">${units.map((unit) => {
    const mode = axes.get(unit)?.mode ?? "follow";
    const choose = ({ target }: Event) =>
      actions.axis(unit, AXIS_MODES[(target as HTMLSelectElement).selectedIndex]);
    return html`
      <label><span>${axisWord(unit)}</span>
        <select class="small" .selectedIndex=${AXIS_MODES.indexOf(mode)} @change=${choose}>${AXIS_MODES.map((it) => html`<option ?selected=${it === mode}>${WORDS[it]}</option>`)}</select>
      </label>
    `;
  })}</div>`;
}

/** What an axis is called: its unit, or what it is where that has none. */
export const axisWord = (unit: string) => plain(unit) || "Values";
