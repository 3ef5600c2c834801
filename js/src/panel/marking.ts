/** Marks that a user sets, changes and takes away in a view; each comes to the chart from the kernel. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { LivePanel } from "../data/panel";
import { moment } from "../data/zone";
import { clickId } from "../page/conversation";
import { now } from "../page/time";
import type { Draft, Local, Stage } from "./local";

type Actions = ReturnType<typeof markActions>;

const FIELD = ".marking input";
const BACK = ".card[tabindex], .chart"; // a hall's keys are its card's

export function markActions(panel: LivePanel, local: Local, stage: Stage) {
  const tell = (name: string, text: string, time: number) => {
    const { text: words = "", time: at = time } = panel.history.mark(name) ?? {};
    stage.change({ draft: null, undo: { name, text: words, time: at } });
    panel.send({ type: "mark", click: clickId(), mark: name, text, at: time });
  };
  const write = (draft: Draft) => {
    stage.change({ draft });
    stage.focus(FIELD);
  };
  const close = () => {
    stage.change({ draft: null });
    stage.focus(BACK);
  };
  return {
    /** Has words written for a moment, for this one if none is given; those of a new mark go along with it. */
    mark(time: number | null = null) {
      if (panel.endedAt(now()) !== null) return;
      const draft = local.draft && !local.draft.stands ? local.draft : null;
      const { name, text } = draft ?? { name: clickId(), text: "" };
      write({ name, time: time ?? panel.clock.kernel(now()), text, stands: false });
    },
    changeMark(name: string) {
      const mark = panel.history.mark(name);
      if (mark) write({ name, time: mark.time, text: mark.text, stands: true });
    },
    /** Takes what is written so far: nothing is drawn for a letter. */
    typed(text: string) {
      if (local.draft) local.draft.text = text;
    },
    keepMark() {
      const { draft } = local;
      const text = draft?.text.trim();
      if (draft && text) tell(draft.name, text, draft.time);
      close();
    },
    dropDraft: close,
    moveMark(name: string, time: number) {
      const mark = panel.history.mark(name);
      if (mark) tell(name, mark.text, time);
    },
    takeMark(name: string) {
      const mark = panel.history.mark(name);
      if (mark) tell(name, "", mark.time);
      stage.focus(BACK);
    },
    /** Has the mark that was changed last here as it was before; once more, and it is changed again. */
    undoMark() {
      if (local.undo) tell(local.undo.name, local.undo.text, local.undo.time);
    },
    marks: () => stage.change({ marks: !local.marks, draft: null }),
  };
}

/** What is written, or what can be done, while marks are set. */
export function marking({ draft, marks, undo }: Local, actions: Actions): TemplateResult | typeof nothing {
  if (draft) return field(draft, actions);
  if (!marks) return nothing;
  return html`
    <div class="row marking" role="group" aria-label="Marks">
      <span>Click on the chart to set a mark. Drag one by its handle; press the handle to change its words.</span>
      ${undo ? html`<button class="small" @click=${actions.undoMark}>Undo</button>` : nothing}
      <button class="small" @click=${actions.marks}>Done</button>
    </div>
  `;
}

function field({ name, time, text, stands }: Draft, actions: Actions): TemplateResult {
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter") actions.keepMark();
    if (event.key === "Escape") actions.dropDraft();
  };
  const typed = ({ target }: Event) => actions.typed((target as HTMLInputElement).value);
  return html`
    <div class="row marking" role="group" aria-label=${stands ? "Change a mark" : "A new mark"}>
      <label class="row">Mark ${moment(time, now())} <input maxlength="200" placeholder="heater on" .value=${text} @input=${typed} @keydown=${key} /></label>
      <button class="small" @click=${actions.keepMark}>${stands ? "Keep" : "Set"}</button>
      ${stands ? html`<button class="small" @click=${() => actions.takeMark(name)}>Take away</button>` : nothing}
      <button class="small" @click=${actions.dropDraft}>Cancel</button>
    </div>
  `;
}
