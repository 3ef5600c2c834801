/** What only some want of a chart, each behind a word: its axes, other looks, what can be taken along, and the keys. */
import { html, nothing, type TemplateResult } from "lit-html";
import { AXIS_MODES, type AxisMode } from "../chart/zoom";
import { fullScreenButton, keyList, pick } from "../page/parts";
import type { Actions } from "./actions";
import type { Local, Section } from "./local";
import { triggerForm } from "./trigger";
import { axisWord, type View } from "./view";

const WORDS: Record<AxisMode, string> = {
  follow: "follows what is shown",
  hold: "is held",
  all: "has all there is",
  zero: "begins at zero",
  log: "is in powers of ten",
};

/** What a word of the row unfolds below it. */
const SECTIONS: Record<Section, (view: View, local: Local, actions: Actions) => TemplateResult> = {
  Trigger: ({ channels, trigger }, _, actions) => triggerForm(channels, trigger, actions.trigger),
  Axes: axesOf,
  Save: takeAlong,
  Keys: ({ replay }) => keyList("the chart", replay ? [...KEYS, ...OF_REPLAYS] : KEYS),
};

export function more(view: View, local: Local, actions: Actions): TemplateResult {
  const { section, look, marks, full, hint } = local;
  const unfolds = (it: Section) =>
    html`<button class="small" aria-expanded=${section === it} @click=${() => actions.unfold(it)}>${it}<i aria-hidden="true"> ▾</i></button>`;
  const does = (word: string, pressed: boolean, title: string, act: () => unknown) =>
    html`<button class="small" aria-pressed=${pressed} title=${title} @click=${act}>${word}</button>`;
  /** What there is is offered, and what is shown can be put away. */
  const looks = (it: keyof View["looks"], word: string, title: string, channels: number) =>
    look === it || view.looks[it].length >= channels
      ? does(word, look === it, title, () => actions.look(look === it ? null : it))
      : nothing;
  return html`
    <div class="more">
      <div class="row take" role="group" aria-label="More of the chart">
        ${view.ended ? nothing : does("Set marks", marks, "Set marks by a click on the chart, move them, change their words", actions.marks)}
        ${looks("spectrum", "Spectrum", "What swings in a channel, by frequency", 1)}
        ${looks("xy", "XY", "One channel over another", 2)}
        ${(Object.keys(SECTIONS) as Section[]).map(unfolds)}
        ${fullScreenButton(full, actions.fullScreen)}
        <small role="status">${hint ?? nothing}</small>
      </div>
      ${section ? SECTIONS[section](view, local, actions) : nothing}
    </div>
  `;
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

function takeAlong(_: View, { code, took }: Local, actions: Actions): TemplateResult {
  const button = (word: string, title: string, take: () => unknown) =>
    html`<button class="small" title=${title} @click=${take}>${word}</button>`;
  return html`
    <div class="row take" role="group" aria-label="Save">
      ${button("PNG", "Save the chart as a picture", () => actions.picture("png"))}
      ${button("SVG", "Save the chart as a drawing", () => actions.picture("svg"))}
      ${button("Copy picture", "Copy the chart to the clipboard", actions.copyPicture)}
      ${button("CSV of this window", "Download the readings that are shown", actions.downloadShown)}
      ${button("Code", "Copy the line of Python that makes this chart", actions.copyCode)}
      <small role="status">${took ?? nothing}</small>
      ${code ? html`<textarea class="code" readonly rows="2" aria-label="The chart in Python" .value=${code}></textarea>` : nothing}
    </div>
  `;
}

function axesOf({ units }: View, { axes }: Local, actions: Actions): TemplateResult {
  return html`<div class="row axes" role="group" aria-label="Axes">${units.map((those) => {
    const [unit] = those;
    const mode = axes.get(unit)?.mode ?? "follow";
    const choose = (chosen: AxisMode) => actions.axis(unit, chosen);
    return html`<label><span>${axisWord(those)}</span> ${pick(AXIS_MODES, mode, choose, (it) => WORDS[it])}</label>`;
  })}</div>`;
}
