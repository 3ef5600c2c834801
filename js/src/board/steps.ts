/** Steps of a set-up, as the card and the page that works at the board draw them. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { StepState } from "../contract";
import { plain } from "../page/text";

const SIGNS = { waits: "", doing: "…", done: "✓", failed: "✗" };
const WORDS = { waits: "not yet", doing: "now", done: "done", failed: "failed" };

export function list(steps: StepState[]): TemplateResult {
  return html`<ol class="steps">${steps.map(step)}</ol>`;
}

function step({ title, state, says }: StepState): TemplateResult {
  return html`
    <li class=${state} aria-current=${state === "doing" ? "step" : nothing}>
      <i aria-hidden="true">${SIGNS[state]}</i>
      <span>${title}<span class="unseen">, ${WORDS[state]}</span><small>${plain(says)}</small></span>
    </li>
  `;
}

export function folded(name: string, inside: TemplateResult, open = false): TemplateResult {
  return html`<details ?open=${open}><summary>${name}</summary>${inside}</details>`;
}

export function printed(text: string, open: boolean): TemplateResult | typeof nothing {
  return text ? folded("What the board prints", html`<pre tabindex="0">${text}</pre>`, open) : nothing;
}
