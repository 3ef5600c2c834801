/** The drawer's HTML. All text of others goes through lit's bindings, and so is only text. */
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { Line, Sieve } from "../data/messages";
import { clock } from "../data/zone";
import { visible } from "../page/text";
import { canCopy, commandAnew, type Form } from "./copies";
import { gloss, qosWord, sentences } from "./meaning";

interface Listed {
  /** Names this drawer in the page. */
  id: string;
  board: string;
  /** Whether a kernel has spoken; else there is nothing to list. */
  live: boolean;
  all: readonly Line[];
  lines: Line[];
  /** How many have come since the list stands still. */
  newer: number;
}

export class LocalDrawer {
  open = false;
  sieve: Sieve = { text: "", topic: "", direction: "" };
  /** What is listed while it stands still, or null while it follows. */
  still: readonly Line[] | null = null;
  line: Line | null = null;
  /** A copy, and whether it is on the clipboard; null while that is not known yet. */
  copy: { text: string; copied: boolean | null } | null = null;
}

export interface DrawerActions {
  toggle(open: boolean): void;
  sift(sieve: Partial<Sieve>): void;
  scrolled(list: HTMLElement): void;
  newest(): void;
  choose(line: Line): void;
  key(event: KeyboardEvent): void;
  copy(form: Form): void;
}

const DIRECTIONS: [Sieve["direction"], string][] = [
  ["", "All directions"],
  ["out", "Sent"],
  ["in", "Received"],
  ["subscribe", "Subscriptions"],
];
const WORDS = { out: "sent", in: "received", subscribe: "subscribe" };
const ARROWS = { out: "←", in: "→", subscribe: "" };

export function template(listed: Listed, chosen: LocalDrawer, actions: DrawerActions) {
  if (!listed.live) return nothing;
  const toggled = (event: Event) => actions.toggle((event.target as HTMLDetailsElement).open);
  const { open, sieve } = chosen;
  return html`
    <details class="messages" ?open=${open} @toggle=${toggled}>
      <summary>Messages</summary>
      ${open ? [filter(listed, sieve, actions), list(listed, chosen, actions), detail(listed, chosen, actions)] : nothing}
    </details>
  `;
}

function filter({ all, board }: Listed, sieve: Sieve, actions: DrawerActions): TemplateResult {
  const topics = [...new Set(all.map(({ topic }) => topic))].sort();
  const set = (name: keyof Sieve) => (event: Event) =>
    actions.sift({ [name]: (event.target as HTMLInputElement | HTMLSelectElement).value });
  return html`
    <div class="sieve" role="group" aria-label="Filter">
      <input type="search" class="small" aria-label="Only with this text" placeholder="Filter" .value=${sieve.text} @input=${set("text")} />
      <select class="small" aria-label="Topic" @change=${set("topic")}>
        <option value="" ?selected=${!sieve.topic}>All topics</option>
        ${topics.map((topic) => html`<option value=${topic} ?selected=${topic === sieve.topic}>${visible(topic.slice(board.length + 1))}</option>`)}
      </select>
      <select class="small" aria-label="Direction" @change=${set("direction")}>
        ${DIRECTIONS.map(([name, label]) => html`<option value=${name} ?selected=${name === sieve.direction}>${label}</option>`)}
      </select>
    </div>
  `;
}

function list(listed: Listed, { line: chosen }: LocalDrawer, actions: DrawerActions): TemplateResult {
  const { all, lines, newer, id } = listed;
  if (!lines.length)
    return html`<p class="none">${all.length ? "No message passes the filter." : "No messages yet."}</p>`;
  const active = chosen && lines.some(({ number }) => number === chosen.number);
  return html`
    <div class="roll">
      <div
        class="listing" role="listbox" tabindex="0"
        aria-label="Messages, the newest last" aria-activedescendant=${active ? `${id}-${chosen.number}` : nothing}
        @keydown=${actions.key} @scroll=${(event: Event) => actions.scrolled(event.target as HTMLElement)}
      >${repeat(
        lines,
        ({ number }) => number,
        (line) => row(line, listed, line.number === chosen?.number, actions),
      )}</div>
      ${newer ? html`<button class="small newest" @click=${actions.newest}>${newer.toLocaleString()} newer ↓</button>` : nothing}
    </div>
  `;
}

function row(line: Line, { id, board }: Listed, chosen: boolean, actions: DrawerActions): TemplateResult {
  const own = line.topic.startsWith(`${board}/`) ? board.length + 1 : 0;
  return html`
    <div class="line ${line.direction}" role="option" id="${id}-${line.number}" aria-selected=${chosen} @click=${() => actions.choose(line)}>
      ${line.leftOut ? html`<small class="gap">${line.leftOut.toLocaleString()} more passed, not listed</small>` : nothing}
      <span class="when">${clock(new Date(line.time))}</span>
      <span class="way">${WORDS[line.direction]}</span>
      <span class="what"><span class="board">${visible(line.topic.slice(0, own))}</span>${visible(line.topic.slice(own))}${payload(line, 200)}</span>
      <span class="qos">${line.retained ? html`<i>retained</i> ` : nothing}${qosWord(line)}</span>
      <span class="gloss">${gloss(line, board)}</span>
    </div>
  `;
}

function payload({ direction, payload }: Line, longest?: number): TemplateResult | typeof nothing {
  if (direction === "subscribe") return nothing;
  return html` <b>${ARROWS[direction]}</b> ${visible(payload.slice(0, longest))}`;
}

/** What the chosen line means, and how to send the same from elsewhere. */
function detail({ board }: Listed, { line, copy }: LocalDrawer, actions: DrawerActions): TemplateResult {
  if (!line) return html`<p class="none">Choose a line to see what it means and to copy it.</p>`;
  const whole = new TextEncoder().encode(line.payload).length >= line.size;
  return html`
    <div class="detail" role="group" aria-label="The chosen message">
      <code>${visible(line.topic)}${payload(line)}${whole || line.direction === "subscribe" ? nothing : html`… <small>(${line.size.toLocaleString()} bytes)</small>`}</code>
      ${sentences(line, board).map((sentence) => html`<p>${sentence}</p>`)}
      ${canCopy(line) ? copies(line, copy, actions) : html`<p>It is no plain text, or too long: take it from <code>panel.messages()</code>.</p>`}
    </div>
  `;
}

function copies(line: Line, copy: LocalDrawer["copy"], actions: DrawerActions): TemplateResult {
  const command = line.direction === "subscribe" ? "mosquitto_sub" : "mosquitto_pub";
  const said = copy?.copied === false ? "Press Ctrl+C to copy." : copy?.copied ? "Copied." : "";
  return html`
    <div class="copies">
      <button class="small" @click=${() => actions.copy("mosquitto")}>Copy as ${command}</button>
      <button class="small" @click=${() => actions.copy("paho")}>Copy as Python</button>
      <span role="status">${said}</span>
    </div>
    ${copy && commandAnew(line) ? html`<p>A board carries out each <code>experiment_id</code> once, and none too late: the copy has one of its own whenever it is run, and no <code>until</code>.</p>` : nothing}
    ${copy ? html`<textarea readonly spellcheck="false" aria-label="The copied text" rows=${copy.text.split("\n").length + 1} .value=${copy.text}></textarea>` : nothing}
  `;
}
