/** What only some want of a chart: its axes, what can be taken along, the whole screen, and the keys. */
import { html, nothing, type TemplateResult } from "lit-html";
import { AXIS_MODES, type AxisMode } from "../chart/zoom";
import { plain } from "../page/text";
import type { Actions, Local } from "./actions";
import { otherForm } from "./looks";
import { triggerForm } from "./trigger";
import type { View } from "./view";

const WORDS: Record<AxisMode, string> = {
  follow: "follows what is shown",
  hold: "is held",
  all: "has all there is",
  zero: "begins at zero",
  log: "is in powers of ten",
};

export function more(view: View, local: Local, actions: Actions): TemplateResult {
  const marks = view.ended ? nothing : setMarks(local, actions);
  return html`<div class="more"><div class="pair">${axesOf(view, local, actions)}${marks}</div>${triggerForm(view.channels, view.trigger, actions.trigger)}${otherForm(view.looks, local, actions.other)}${takeAlong(local, actions)}${keys(view.replay ? [...KEYS, ...OF_REPLAYS] : KEYS)}</div>`;
}

const KEYS = [
  ["Enter", "read values, then"],
  ["← →", "from reading to reading"],
  ["← →", "move"],
  ["+ −", "zoom"],
  ["Esc", "back to live"],
  ["M", "a mark, now or where values are read"],
  ["Ctrl Z", "undo a mark"],
];

const OF_REPLAYS = [[", .", "to the command or mark before, or after"]];

/** What keys do at the chart; each is heard there alone. */
function keys(all: string[][]): TemplateResult {
  return html`<p class="keys">At the chart: ${all.map(([key, does]) => html`<span><kbd>${key}</kbd> ${does}</span>`)}</p>`;
}

function setMarks({ marks }: Local, actions: Actions): TemplateResult {
  return html`<div class="take" role="group" aria-label="Marks"><button class="small" aria-pressed=${marks} title="Set marks by a click on the chart, move them, change their words" @click=${actions.marks}>Set marks</button></div>`;
}

function takeAlong({ code, took, full, hint }: Local, actions: Actions): TemplateResult {
  const button = (word: string, title: string, take: () => unknown) =>
    html`<button class="small" title=${title} @click=${take}>${word}</button>`;
  return html`
    <div class="take" role="group" aria-label="Take along">
      ${button("PNG", "Save the chart as a picture", () => actions.picture("png"))}
      ${button("SVG", "Save the chart as a drawing", () => actions.picture("svg"))}
      ${button("Copy picture", "Copy the chart to the clipboard", actions.copyPicture)}
      ${button("CSV of this window", "Download the readings that are shown", actions.downloadShown)}
      ${button("Code", "Copy the line of Python that makes this chart", actions.copyCode)}
      <button class="small" aria-pressed=${full} @click=${actions.fullScreen}>${full ? "Leave full screen" : "Full screen"}</button>
      <small role="status">${hint ?? took ?? nothing}</small>
      ${code ? html`<textarea class="code" readonly rows="2" aria-label="The chart in Python" .value=${code}></textarea>` : nothing}
    </div>
  `;
}

function axesOf({ units }: View, { axes }: Local, actions: Actions): TemplateResult {
  return html`<div class="axes" role="group" aria-label="Axes">${units.map((unit) => {
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
