/** The drawer under a panel. All text of others goes through lit's bindings, and so is only text. */
import { html, nothing, render, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { ALL, conversationOf, type Line, NO_READINGS, type Sieve, sift } from "../data/messages";
import type { LivePanel } from "../data/panel";
import { clock } from "../data/zone";
import { copyText } from "../page/browser";
import { guard } from "../page/guard";
import { isShortcut } from "../page/hear";
import { visible } from "../page/text";
import { now } from "../page/time";
import { canCopy, commandAnew, copyOf, type Form } from "./copies";
import { examples, gloss, type Meanings, qosWord, sentences } from "./meaning";

const NEAR_END = 8; // a list within this of its end is at its end
const PAGE = 8;

const DIRECTIONS = {
  out: { label: "Sent", word: "sent", arrow: "←" },
  in: { label: "Received", word: "received", arrow: "→" },
  subscribe: { label: "Subscriptions", word: "subscribe", arrow: "" },
};

class Chosen {
  open = false;
  sieve: Sieve = ALL;
  /** What is listed while it stands still, or null while it follows. */
  still: readonly Line[] | null = null;
  line: Line | null = null;
  /** A copy, and whether it is on the clipboard; null while that is not known yet. */
  copy: { text: string; copied: boolean | null } | null = null;
}

let drawers = 0;

export class Drawer {
  private readonly id = `picopanel-messages-${drawers++}`; // names this drawer in the page
  private readonly chosen = new Chosen();
  private all: readonly Line[] = []; // what may be listed, and what of it passes the filter
  private lines: Line[] = [];
  private readonly changed = guard();

  constructor(
    private readonly place: HTMLElement,
    private readonly panel: LivePanel,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.chosen.open && panel.watchMessages(false, now()));
  }

  /** Draws what has changed; costs nothing while it is closed, and there is nothing before a kernel has spoken. */
  draw(): void {
    const { chosen, panel, board } = this;
    const live = panel.contact.heard !== null;
    this.all = chosen.still ?? panel.messages.all;
    if (!this.changed(live, this.all, panel.messages.have, board, ...Object.values(chosen))) return;
    this.lines = chosen.open ? sift(this.all, chosen.sieve, panel.state?.measured) : [];
    render(live ? this.details() : nothing, this.place, { host: this });
    const list = chosen.still ? null : this.place.querySelector(".listing");
    if (list) list.scrollTop = list.scrollHeight;
  }

  private get board(): string {
    return this.panel.state?.id ?? "";
  }

  private get meanings(): Meanings {
    return this.panel.state?.meanings;
  }

  /** How much of a topic is the board's ID, which need not be read again and again. */
  private own(topic: string): number {
    return topic.startsWith(`${this.board}/`) ? this.board.length + 1 : 0;
  }

  private details(): TemplateResult {
    const { open } = this.chosen;
    return html`
      <details class="messages" ?open=${open} @toggle=${this.toggled}>
        <summary>Messages</summary>
        ${open ? [this.filter(), this.list(), this.detail()] : nothing}
      </details>
    `;
  }

  private filter(): TemplateResult {
    const { sieve } = this.chosen;
    const topics = [...new Set(this.all.map(({ topic }) => topic))].sort();
    const change = (given: Partial<Sieve>) => this.change({ sieve: { ...sieve, ...given } });
    const set = (name: "text" | "direction") => (event: Event) =>
      change({ [name]: (event.target as HTMLInputElement).value });
    const add = ({ target }: Event) =>
      change({ topics: joined(sieve.topics, (target as HTMLSelectElement).value) });
    const several = sieve.topics.length > 1;
    const chip = (word: string, without: Partial<Sieve>) =>
      html`<button class="small" aria-label=${`Without the filter ${word}`} @click=${() => change(without)}>${word} ×</button>`;
    return html`
      <div class="row sieve" role="group" aria-label="Filter">
        <input type="search" class="small" aria-label="Only with this text" placeholder=${`Filter: ${examples(this.meanings)}`} .value=${sieve.text} @input=${set("text")} />
        <select class="small" aria-label="Topic" @change=${add}>
          <option value="" .selected=${!sieve.topics.length}>All topics</option>
          <option value=${NO_READINGS} .selected=${sieve.topics[0] === NO_READINGS}>All but readings</option>
          ${topics.map((topic) => html`<option value=${topic} .selected=${!several && topic === sieve.topics[0]}>${this.short(topic)}</option>`)}
          ${several ? html`<option disabled .selected=${true}>${sieve.topics.length} topics</option>` : nothing}
        </select>
        <select class="small" aria-label="Direction" @change=${set("direction")}>
          <option value="" ?selected=${!sieve.direction}>All directions</option>
          ${Object.entries(DIRECTIONS).map(([name, { label }]) => html`<option value=${name} ?selected=${name === sieve.direction}>${label}</option>`)}
        </select>
        ${several ? sieve.topics.map((topic) => chip(this.short(topic), { topics: sieve.topics.filter((it) => it !== topic) })) : nothing}
        ${sieve.talk ? chip("One conversation", { talk: null }) : nothing}
      </div>
    `;
  }

  private short(topic: string): string {
    return visible(topic.slice(this.own(topic)));
  }

  private list(): TemplateResult {
    const { all, lines, id } = this;
    if (!lines.length)
      return html`<p class="none">${all.length ? "No message passes the filter." : "No messages yet."}</p>`;
    const active = lines[this.at()];
    const newer = this.newer();
    return html`
      <div class="roll">
        <div
          class="listing" role="listbox" tabindex="0"
          aria-label="Messages, the newest last" aria-activedescendant=${active ? `${id}-${active.number}` : nothing}
          @keydown=${this.key} @scroll=${this.scrolled}
        >${repeat(
          lines,
          ({ number }) => number,
          (line) => this.row(line),
        )}</div>
        ${newer ? html`<button class="small newest" @click=${this.newest}>${newer.toLocaleString()} newer ↓</button>` : nothing}
      </div>
    `;
  }

  private row(line: Line): TemplateResult {
    const { id, board, chosen } = this;
    const own = this.own(line.topic);
    return html`
      <div class="line ${line.direction} ${line.leftOut ? "after-gap" : ""}" role="option" id="${id}-${line.number}" aria-selected=${line.number === chosen.line?.number} @click=${() => this.choose(line)}>
        ${line.leftOut ? html`<small class="gap">${line.leftOut.toLocaleString()} more passed, not listed</small>` : nothing}
        <span class="when">${clock(line.time)}</span>
        <span class="way">${DIRECTIONS[line.direction].word}</span>
        <span class="what"><span class="board">${visible(line.topic.slice(0, own))}</span>${visible(line.topic.slice(own))}${payload(line, 200)}</span>
        <span class="qos">${line.retained ? html`<i>retained</i> ` : nothing}${qosWord(line)}</span>
        <span class="gloss">${gloss(line, board, this.meanings)}</span>
      </div>
    `;
  }

  /** What the chosen line means, and how to send the same from elsewhere. */
  private detail(): TemplateResult {
    const { line } = this.chosen;
    if (!line) return html`<p class="none">Choose a line to see what it means and to copy it.</p>`;
    const whole = new TextEncoder().encode(line.payload).length >= line.size;
    return html`
      <div class="detail" role="group" aria-label="The chosen message">
        <code>${visible(line.topic)}${payload(line)}${whole || line.direction === "subscribe" ? nothing : html`… <small>(${line.size.toLocaleString()} bytes)</small>`}</code>
        ${sentences(line, this.board, this.meanings).map((sentence) => html`<p>${sentence}</p>`)}
        ${canCopy(line) ? this.copies(line) : html`<p>It is no plain text, or too long: take it from <code>panel.messages()</code>.</p>`}
      </div>
    `;
  }

  /** What shows a command with its answer, and all again. */
  private conversation(line: Line): TemplateResult | typeof nothing {
    if (conversationOf(line, this.all) === null) return nothing;
    const shown = this.chosen.sieve.talk !== null;
    const sieve = { ...ALL, talk: shown ? null : line };
    return html`<button class="small" @click=${() => this.change({ sieve, still: null })}>${shown ? "Show all messages" : "Show this conversation"}</button>`;
  }

  private copies(line: Line): TemplateResult {
    const { copy } = this.chosen;
    const command = line.direction === "subscribe" ? "mosquitto_sub" : "mosquitto_pub";
    const said = copy?.copied === false ? "Press Ctrl+C to copy." : copy?.copied ? "Copied." : "";
    return html`
      <div class="row copies">
        ${this.conversation(line)}
        <button class="small" @click=${() => this.copy(line, "mosquitto")}>Copy as ${command}</button>
        <button class="small" @click=${() => this.copy(line, "paho")}>Copy as Python</button>
        <span role="status">${said}</span>
      </div>
      ${copy && commandAnew(line) ? html`<p>A board carries out each <code>experiment_id</code> once, and none too late: the copy has one of its own whenever it is run, and no <code>until</code>.</p>` : nothing}
      ${copy ? html`<textarea readonly spellcheck="false" aria-label="The copied text" rows=${copy.text.split("\n").length + 1} .value=${copy.text}></textarea>` : nothing}
    `;
  }

  /** How many have come since it stands still, as far as they pass the filter. */
  private newer(): number {
    const { still, sieve } = this.chosen;
    if (!still) return 0;
    const last = still.at(-1)?.number ?? -1;
    const since = this.panel.messages.all.filter(({ number }) => number > last);
    return sift(since, sieve, this.panel.state?.measured).reduce((sum, { leftOut }) => sum + 1 + leftOut, 0);
  }

  /** Where the chosen line is among those listed, or -1. */
  private at(): number {
    return this.lines.findIndex(({ number }) => number === this.chosen.line?.number);
  }

  private change(chosen: Partial<Chosen>): void {
    Object.assign(this.chosen, chosen);
    this.draw();
  }

  private toggled(event: Event): void {
    const { open } = event.target as HTMLDetailsElement;
    if (open === this.chosen.open) return;
    this.panel.watchMessages(open, now());
    this.change({ open, still: null });
  }

  private scrolled({ target }: Event): void {
    const { scrollHeight, scrollTop, clientHeight } = target as HTMLElement;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (atEnd !== (this.chosen.still === null))
      this.change({ still: atEnd ? null : this.panel.messages.all });
  }

  private newest(): void {
    this.change({ still: null, line: null, copy: null });
  }

  /** A chosen line stays where it is. */
  private choose(line: Line): void {
    this.change({ line, copy: null, still: this.chosen.still ?? this.panel.messages.all });
    this.place.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  private key(event: KeyboardEvent): void {
    if (isShortcut(event)) return;
    const last = this.lines.length - 1;
    const found = this.at();
    const at = found < 0 ? last : found;
    const targets: Record<string, number> = {
      ArrowUp: found < 0 ? last : at - 1,
      ArrowDown: at + 1,
      PageUp: at - PAGE,
      PageDown: at + PAGE,
      Home: 0,
      End: last,
    };
    if (event.key === "Escape") this.newest();
    const target = targets[event.key];
    if (target === undefined || last < 0) return;
    event.preventDefault();
    this.choose(this.lines[Math.min(Math.max(target, 0), last)]);
  }

  private async copy(line: Line, form: Form): Promise<void> {
    const text = copyOf(line, form);
    this.change({ copy: { text, copied: null } });
    const copied = await copyText(text, () => this.place.querySelector("textarea"));
    if (this.chosen.copy?.text === text) this.change({ copy: { text, copied } });
  }
}

/** Topics with one more; all, and all but readings, stand alone. */
function joined(topics: readonly string[], topic: string): readonly string[] {
  if (topic === "" || topic === NO_READINGS) return topic ? [topic] : [];
  return [...new Set([...topics.filter((it) => it !== NO_READINGS), topic])];
}

function payload({ direction, payload }: Line, longest?: number): TemplateResult | typeof nothing {
  if (direction === "subscribe") return nothing;
  return html` <b>${DIRECTIONS[direction].arrow}</b> ${visible(payload.slice(0, longest))}`;
}
