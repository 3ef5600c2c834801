/** The drawer's HTML. All text of others goes through lit's bindings, and so is only text. */
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { Line, Sieve } from "../data/messages";
import type { Clip } from "./clip";
import { canCopy, commandAnew, type Form } from "./copies";
import { gloss, qosWord, sentences } from "./meaning";
import { clock, visible } from "./visible";

export interface Shown {
  /** Names this drawer in the page. */
  drawer: string;
  /** The board's ID. */
  board: string;
  open: boolean;
  /** Whether a kernel has spoken; else there is nothing to list. */
  live: boolean;
  sieve: Sieve;
  topics: string[];
  lines: Line[];
  /** Whether anything has passed, though it may be filtered out. */
  passed: boolean;
  /** How many have come since the list stands still. */
  newer: number;
  chosen: Line | null;
  clip: Clip | null;
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

export function template(shown: Shown, actions: DrawerActions): TemplateResult | typeof nothing {
  if (!shown.live) return nothing;
  const toggled = (event: Event) => actions.toggle((event.target as HTMLDetailsElement).open);
  return html`
    <details class="messages" ?open=${shown.open} @toggle=${toggled}>
      <summary>Messages</summary>
      ${shown.open ? [sieve(shown, actions), list(shown, actions), detail(shown, actions)] : nothing}
    </details>
  `;
}

function sieve({ sieve, topics, board }: Shown, actions: DrawerActions): TemplateResult {
  const value = (event: Event) => (event.target as HTMLInputElement | HTMLSelectElement).value;
  return html`
    <div class="sieve" role="group" aria-label="Filter">
      <input type="search" class="small" aria-label="Only with this text" placeholder="Filter" .value=${sieve.text} @input=${(event: Event) => actions.sift({ text: value(event) })} />
      <select class="small" aria-label="Topic" @change=${(event: Event) => actions.sift({ topic: value(event) })}>
        <option value="" ?selected=${!sieve.topic}>All topics</option>
        ${topics.map((topic) => html`<option value=${topic} ?selected=${topic === sieve.topic}>${visible(topic.slice(board.length + 1))}</option>`)}
      </select>
      <select class="small" aria-label="Direction" @change=${(event: Event) => actions.sift({ direction: value(event) as Sieve["direction"] })}>
        ${DIRECTIONS.map(([name, label]) => html`<option value=${name} ?selected=${name === sieve.direction}>${label}</option>`)}
      </select>
    </div>
  `;
}

function list(shown: Shown, actions: DrawerActions): TemplateResult {
  const { lines, newer, chosen, drawer, passed } = shown;
  if (!lines.length)
    return html`<p class="none">${passed ? "No message passes the filter." : "No messages yet."}</p>`;
  const active = chosen && lines.some(({ number }) => number === chosen.number);
  return html`
    <div class="roll">
      <div
        class="listing" role="listbox" tabindex="0"
        aria-label="Messages, the newest last" aria-activedescendant=${active ? `${drawer}-${chosen.number}` : nothing}
        @keydown=${actions.key} @scroll=${(event: Event) => actions.scrolled(event.target as HTMLElement)}
      >${repeat(
        lines,
        ({ number }) => number,
        (line) => row(line, shown, actions),
      )}</div>
      ${newer ? html`<button class="small newest" @click=${actions.newest}>${newer.toLocaleString()} newer ↓</button>` : nothing}
    </div>
  `;
}

function row(line: Line, { drawer, board, chosen }: Shown, actions: DrawerActions): TemplateResult {
  const own = line.topic.startsWith(`${board}/`) ? board.length + 1 : 0;
  return html`
    <div class="line ${line.direction}" role="option" id="${drawer}-${line.number}" aria-selected=${line.number === chosen?.number} @click=${() => actions.choose(line)}>
      ${line.leftOut ? html`<small class="gap">${line.leftOut.toLocaleString()} more passed, not listed</small>` : nothing}
      <span class="when">${clock(line.time)}</span>
      <span class="way">${WORDS[line.direction]}</span>
      <span class="what"><span class="board">${visible(line.topic.slice(0, own))}</span>${visible(line.topic.slice(own))}${payload(line)}</span>
      <span class="qos">${line.retained ? html`<i>retained</i> ` : nothing}${qosWord(line)}</span>
      <span class="gloss">${gloss(line, board)}</span>
    </div>
  `;
}

function payload({ direction, payload }: Line): TemplateResult | typeof nothing {
  if (direction === "subscribe") return nothing;
  return html` <b>${direction === "out" ? "←" : "→"}</b> ${visible(payload.slice(0, 200))}`;
}

/** What the chosen line means, and how to send the same from elsewhere. */
function detail({ chosen, board, clip }: Shown, actions: DrawerActions): TemplateResult {
  if (!chosen) return html`<p class="none">Choose a line to see what it means and to copy it.</p>`;
  const whole = new TextEncoder().encode(chosen.payload).length >= chosen.size;
  return html`
    <div class="detail" role="group" aria-label="The chosen message">
      <code>${visible(chosen.topic)}${chosen.direction === "subscribe" ? nothing : html` <b>${chosen.direction === "out" ? "←" : "→"}</b> ${visible(chosen.payload)}${whole ? nothing : html`… <small>(${chosen.size.toLocaleString()} bytes)</small>`}`}</code>
      ${sentences(chosen, board).map((sentence) => html`<p>${sentence}</p>`)}
      ${canCopy(chosen) ? copies(chosen, clip, actions) : html`<p>It is no plain text, or too long: take it from <code>panel.messages()</code>.</p>`}
    </div>
  `;
}

function copies(line: Line, clip: Clip | null, actions: DrawerActions): TemplateResult {
  const command = line.direction === "subscribe" ? "mosquitto_sub" : "mosquitto_pub";
  const said = clip?.copied === false ? "Press Ctrl+C to copy." : clip?.copied ? "Copied." : "";
  return html`
    <div class="copies">
      <button class="small" @click=${() => actions.copy("mosquitto")}>Copy as ${command}</button>
      <button class="small" @click=${() => actions.copy("paho")}>Copy as Python</button>
      <span role="status">${said}</span>
    </div>
    ${clip && commandAnew(line) ? html`<p>A board carries out each <code>experiment_id</code> once, and none too late: the copy has one of its own whenever it is run, and no <code>until</code>.</p>` : nothing}
    ${clip ? html`<textarea readonly spellcheck="false" aria-label="The copied text" rows=${clip.text.split("\n").length + 1} .value=${clip.text}></textarea>` : nothing}
  `;
}
