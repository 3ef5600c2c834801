/** Where another look at the readings is chosen, among what only some want of the chart. */
import { html, nothing, type TemplateResult } from "lit-html";
import { plain } from "../page/text";
import type { Local } from "./actions";

/** `change` takes what is chosen. */
export function otherForm(
  panel: readonly { name: string }[],
  local: Local,
  change: (given: Partial<Local>) => void,
): TemplateResult {
  const { look } = local;
  const names = (label: string, chosen: string | null, nth: number, take: (name: string) => void) => {
    const at = Math.max(
      0,
      panel.findIndex(({ name }) => name === chosen),
    );
    const shown = chosen === null ? Math.min(nth, panel.length - 1) : at;
    return html`
      <select class="small" aria-label=${label} .selectedIndex=${shown} @change=${({ target }: Event) => take(panel[(target as HTMLSelectElement).selectedIndex].name)}>${panel.map(({ name }, at) => html`<option ?selected=${at === shown}>${plain(name)}</option>`)}</select>
    `;
  };
  const choose = (wanted: Local["look"]) => () => change({ look: look === wanted ? null : wanted });
  return html`
    <div class="take" role="group" aria-label="Another look">
      <button class="small" aria-pressed=${look === "spectrum"} title="What swings in a channel, by frequency" @click=${choose("spectrum")}>Spectrum</button>
      ${panel.length > 1 ? html`<button class="small" aria-pressed=${look === "xy"} title="One channel over another" @click=${choose("xy")}>XY</button>` : nothing}
      ${look ? names(look === "xy" ? "Across" : "Channel of the spectrum", local.across, 0, (across) => change({ across })) : nothing}
      ${look === "xy" ? names("Up", local.up, 1, (up) => change({ up })) : nothing}
    </div>
  `;
}
