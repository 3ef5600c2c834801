/** A trigger in words, and where a person sets one. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { AskedTrigger, Channel, Trigger } from "../contract";
import { levelsOf } from "../data/pieces";
import { exact } from "../data/words";
import { plain } from "../page/text";

const EDGES = { above: "rises above", below: "falls below", both: "crosses" };
/** Where a person sets it, among what only some want. */
export function triggerForm(
  channels: readonly Channel[],
  set: Trigger | null,
  ask: (trigger: AskedTrigger) => void,
): TemplateResult {
  const submit = (event: Event) => {
    event.preventDefault();
    ask(askedBy(new FormData(event.target as HTMLFormElement)));
  };
  const edge = set === null || set.below === null ? "above" : set.above === null ? "below" : "both";
  const seconds = (name: "before" | "after", value: number) => html`
    <label>${name} <input class="small" name=${name} type="number" min=${name === "after" ? 0.1 : 0} max="86400" step="any" required value=${value} /> s</label>
  `;
  return html`
    <form class="row trigger" aria-label="Trigger" @submit=${submit}>
      <span>Stand still when</span>
      <select class="small" name="channel" aria-label="Channel">${channels.map(({ name }) => html`<option value=${name} ?selected=${name === set?.channel}>${plain(name)}</option>`)}</select>
      <select class="small" name="edge" aria-label="How it crosses">${Object.entries(EDGES).map(([name, word]) => html`<option value=${name} ?selected=${name === edge}>${word}</option>`)}</select>
      <input class="small" name="level" type="number" step="any" required aria-label="Level" placeholder="level" value=${set ? Number(levelsOf(set)[0].toPrecision(7)) : nothing} />
      ${seconds("before", set?.before ?? 5)} ${seconds("after", set?.after ?? 20)}
      <select class="small" name="each" aria-label="How often"><option value="">once</option><option value="each" ?selected=${set?.each ?? true}>each time</option></select>
      <label><input name="past" type="checkbox" ?checked=${set === null || set.since === null} /> in the past, too</label>
      <button class="small">Set</button>
    </form>
  `;
}

function askedBy(form: FormData): AskedTrigger {
  const text = (name: string) => String(form.get(name) ?? "");
  const [edge, level] = [text("edge"), Number(text("level"))];
  return {
    channel: text("channel"),
    above: edge === "below" ? null : level,
    below: edge === "above" ? null : level,
    before: Number(text("before")),
    after: Number(text("after")),
    each: text("each") === "each",
    past: form.has("past"),
  };
}

export const counted = (count: number) => (count === 1 ? "1 piece" : `${count} pieces`);

export function sentence(trigger: Trigger, unit: string): string {
  const { channel, above, below, before, after, each } = trigger;
  const said = (word: string, level: number) => `${word} ${exact(level)} ${unit}`.trim();
  const edges =
    above !== null && above === below
      ? [said(EDGES.both, above)]
      : [
          ...(above === null ? [] : [said(EDGES.above, above)]),
          ...(below === null ? [] : [said(EDGES.below, below)]),
        ];
  return `${each ? "Each time" : "Once"} ${plain(channel)} ${edges.join(" or ")}, ${exact(before)} s before to ${exact(after)} s after:`;
}

/** What it waits for; `ready`: that readings cross, else that they are on the other side first. */
export function waiting({ above, below, margin }: Trigger, ready: boolean): string {
  if (ready) return "waiting";
  const sides = [
    ...(above === null ? [] : [`at ${exact(above - margin)} or less`]),
    ...(below === null ? [] : [`at ${exact(below + margin)} or more`]),
  ];
  return `waiting until it has been ${sides.join(", or ")}`;
}
