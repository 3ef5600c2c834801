/** One view of a board's set-up: what is asked, what is done step by step, and what the board prints. */
import { html, nothing, render, type TemplateResult } from "lit-html";
import type { CardState, CardToKernel } from "../contract";
import { clickId } from "../page/conversation";
import { Pane } from "../page/pane";
import { harmless, plain, shortened } from "../page/text";
import css from "../panel/panel.css";
import setupCss from "./setup.css";

/** After so long without a word, a kernel does not hear. */
const SILENT_AFTER = 5_000;
const LOOK_EVERY = 500;
const LONGEST = 1_000; // characters of a trouble, whose next step stands at its end
const DEAF = "The kernel does not answer. Is a cell running? If not, run this cell again.";
const SIGNS = { waits: "", doing: "…", done: "✓", failed: "✗" };
const WORDS = { waits: "not yet", doing: "now", done: "done", failed: "failed" };

type Step = CardState["steps"][number];

export class Card extends Pane {
  private asked = 0; // when the kernel was told to begin, until it has
  private deaf = false;
  private mine = false; // whether it was begun in this view
  private stopping = false; // a step that has begun comes to its end first
  private another = false; // whether it asks again, after a board that has blinked

  constructor(
    el: HTMLElement,
    private state: CardState,
    private readonly tell: (message: CardToKernel) => void,
  ) {
    super(el, "picopanel picopanel-setup", css + setupCss);
    this.watch(LOOK_EVERY, { sight: () => this.redraw(), time: () => this.listen() });
    this.draw();
  }

  changed(state: CardState): void {
    const other = state.running !== this.state.running;
    this.state = state;
    this.asked = 0;
    this.deaf = false;
    this.stopping &&= state.running;
    if (other && this.mine) {
      this.draw(); // the button that had the focus is gone
      this.body.querySelector<HTMLElement>("button:not([hidden] *)")?.focus();
    } else this.redraw();
  }

  /** Its kernel has been restarted. */
  cut(): void {
    this.deaf = true;
    this.redraw();
  }

  private listen(): void {
    if (this.deaf || !this.asked || performance.now() - this.asked < SILENT_AFTER) return;
    this.cut();
  }

  private readonly stop = (): void => {
    this.stopping = true;
    this.tell({ type: "stop" });
    this.redraw();
  };

  private readonly askAnew = (): void => {
    this.another = true;
    this.draw();
    this.body.querySelector<HTMLElement>("[name=id]")?.focus();
  };

  private readonly begin = (event: Event): void => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target as HTMLFormElement)) as Record<string, string>;
    const { id, ssid, password } = given;
    this.asked = performance.now();
    this.mine = true;
    this.another = false;
    this.tell({ type: "start", click: clickId(), id, ssid, password });
    this.redraw();
  };

  protected override draw(): void {
    const { state } = this;
    const over = state.steps.every((step) => step.state === "done");
    const begun = state.steps.some((step) => step.state !== "waits");
    const steps = html`<ol class="steps">${state.steps.map(step)}</ol>`;
    const printed = folded(
      "What the board prints",
      html`<pre tabindex="0">${state.console}</pre>`,
      state.trouble !== null,
    );
    render(
      html`
        <div class="card" role="group" aria-label="Set up a board">
          <div class="title"><b>${over ? "That was your board." : "Set up your board"}</b></div>
          <small>${over ? `${plain(state.id)} has its program and is online.` : `Plug it into the computer that this notebook's kernel runs on, with a USB cable that carries data. Its broker: ${plain(state.broker)}`}</small>
          <div ?hidden=${over && !this.another}>${this.form(begun && !over ? "Try again" : "Set up")}</div>
          ${over && !this.another ? html`<button class="small another" @click=${this.askAnew}>Set up another</button>` : nothing}
          ${over ? folded("What was done", steps) : begun ? steps : nothing}
          <div role="alert">${this.trouble()}</div>
          ${state.console ? printed : nothing}
          <div class="unseen" role="status" aria-live="polite">${announcement(state, over)}</div>
        </div>
      `,
      this.body,
    );
  }

  private form(begin: string): TemplateResult {
    const { id, running } = this.state;
    const stop = html`<button type="button" aria-disabled=${this.stopping ? "true" : nothing} @click=${this.stop}>${this.stopping ? "Stopping…" : "Stop"}</button>`;
    return html`
      <form autocomplete="off" @submit=${this.begin}>
        <fieldset ?disabled=${running}>
          <label><span>Course ID</span><input name="id" required maxlength="60" .value=${id} /></label>
          <label><span>Wi-Fi, 2.4 GHz</span><input name="ssid" required maxlength="32" spellcheck="false" /></label>
          <label><span>Its password</span><input name="password" type="password" maxlength="64" autocomplete="new-password" /></label>
        </fieldset>
        ${running ? stop : html`<button class="begin">${begin}</button>`}
      </form>
      <small>The password goes to the board, and is kept nowhere else.</small>
    `;
  }

  private trouble(): TemplateResult | typeof nothing {
    const says = this.deaf ? DEAF : this.state.trouble;
    return says ? html`<p class="says"><b>${shortened(harmless(says), LONGEST)}</b></p>` : nothing;
  }
}

function folded(name: string, inside: TemplateResult, open = false): TemplateResult {
  return html`<details ?open=${open}><summary>${name}</summary>${inside}</details>`;
}

function step({ title, state, says }: Step): TemplateResult {
  return html`
    <li class=${state} aria-current=${state === "doing" ? "step" : nothing}>
      <i aria-hidden="true">${SIGNS[state]}</i>
      <span>${title}<span class="unseen">, ${WORDS[state]}</span><small>${plain(says)}</small></span>
    </li>
  `;
}

function announcement({ steps, running }: CardState, over: boolean): string {
  if (over) return "That was your board.";
  return running ? (steps.find(({ state }) => state === "doing")?.title ?? "") : "";
}
