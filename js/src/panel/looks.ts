/** Where another look at the readings is chosen, among what only some want of the chart. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Channel } from "../contract";
import type { LivePanel } from "../data/panel";
import { plain } from "../page/text";
import type { Local } from "./actions";

type Look = NonNullable<Local["look"]>;

/** The readings that a look needs; a spectrum as many as `_store/spectrum.py` does. */
const LEAST: Record<Look, number> = { spectrum: 32, xy: 2 };

/** The channels that have enough readings for a look. */
export function channelsFor(look: Look, { channels, history }: LivePanel): Channel[] {
  return channels.filter(({ name }) => (history.series.get(name)?.size ?? 0) >= LEAST[look]);
}

/** What there is is offered, and what is shown can be put away; `change` takes what is chosen. */
export function otherForm(
  channels: Record<Look, readonly Channel[]>,
  local: Local,
  change: (given: Partial<Local>) => void,
): TemplateResult {
  const { look } = local;
  const panel = look ? channels[look] : [];
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
  const button = (wanted: Look, word: string, title: string, least: number) =>
    look === wanted || channels[wanted].length >= least
      ? html`<button class="small" aria-pressed=${look === wanted} title=${title} @click=${() => change({ look: look === wanted ? null : wanted })}>${word}</button>`
      : nothing;
  return html`
    <div class="take" role="group" aria-label="Another look">
      ${button("spectrum", "Spectrum", "What swings in a channel, by frequency", 1)}
      ${button("xy", "XY", "One channel over another", 2)}
      ${look ? names(look === "xy" ? "Across" : "Channel of the spectrum", local.across, 0, (across) => change({ across })) : nothing}
      ${look === "xy" ? names("Up", local.up, 1, (up) => change({ up })) : nothing}
    </div>
  `;
}
