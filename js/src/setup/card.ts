/** One view of a board's set-up: what is asked, what is done step by step, and what the board prints. */
import { html, nothing, render, type TemplateResult } from "lit-html";
import * as board from "../board/opening";
import setupCss from "../board/setup.css";
import { folded, list, printed } from "../board/steps";
import type { CardState, CardToKernel, ImageNews, Plan } from "../contract";
import { clickId } from "../page/conversation";
import { Pane } from "../page/pane";
import { harmless, plain, shortened } from "../page/text";
import css from "../panel/panel.css";
import { Errand } from "./errand";

/** After so long without a word, a kernel does not hear. */
const SILENT_AFTER = 5_000;
/** After so long without news of a set-up that runs they are asked for: in Colab none come by themselves. */
const QUIET = 2_000;
const LOOK_EVERY = 500;
const LONGEST = 1_000; // characters of a trouble, whose next step stands at its end
const SILENT = "Nothing so far: a program that runs well prints little.";
const DEAF = "The kernel does not answer. Is a cell running? If not, run this cell again.";
const HERE = /^(localhost|127\.|\[::1\])/; // then the kernel is most likely on this computer, too

const PLACE = { kernel: "the computer that runs this notebook", page: "the computer in front of you" };
const PLUG = "with a USB cable that carries data. A new board: hold its BOOTSEL button while you plug it in.";
const KEPT = {
  kernel: "The Wi-Fi password goes to the board, and is kept nowhere else.",
  page: "The passwords go to the board; neither this browser nor the notebook keeps them.",
};
const WATCH = "Leave the cable in, and watch the board: at the end it blinks. It takes about a minute.";
const CHOOSE = "Go on in the page that has opened, and choose the board there.";

/** Chromium offers to keep any other password that was typed, as one for the notebook's server. */
const KEPT_BY_NO_BROWSER = "one-time-code";

const ELSEWHERE = html`If it is plugged into another computer: <code>picopanel board setup</code> in a terminal there, or
  <code>picopanel.board_bundle(…)</code> for a zip to copy with Thonny.`;

type Way = "kernel" | "page";

export class Card extends Pane {
  private asked = 0; // when the kernel was told to begin, until it has
  private heardAt = 0; // when the state was told, or asked for, last
  private deaf = false;
  private mine = false; // whether it was begun in this view
  private stopping = false; // a step that has begun comes to its end first
  private another = false; // whether it asks again, after a board that has blinked
  private readonly obstacle = board.obstacle();
  private way: Way;
  private errand: Errand | null = null; // while a set-up that a page does goes on

  constructor(
    el: HTMLElement,
    private state: CardState,
    private readonly tell: (message: CardToKernel) => void,
  ) {
    super(el, "picopanel picopanel-setup", css + setupCss);
    this.way = !state.kernel || !(this.obstacle || HERE.test(location.hostname)) ? "page" : "kernel";
    this.watch({ sight: () => this.redraw() });
    // The page that works at the board hides this one, whose shared timer is five times as slow then.
    const timer = setInterval(() => this.look(), LOOK_EVERY);
    this.signal.addEventListener("abort", () => {
      clearInterval(timer);
      this.errand?.leave();
    });
    this.draw();
  }

  changed(state: CardState): void {
    const other = state.running !== this.state.running || state.reading !== this.state.reading;
    this.state = state;
    this.asked = 0;
    this.heardAt = performance.now();
    this.deaf = false;
    this.stopping &&= state.running || state.reading;
    if (other && !state.running) {
      this.errand?.end(state.trouble === null);
      this.errand = null;
    }
    if (other && this.mine && this.hasKeyboard()) {
      this.draw(); // the button that had the focus is gone
      this.body.querySelector<HTMLElement>("button:not([hidden] *)")?.focus();
    } else this.redraw();
  }

  /** Its kernel has been restarted. */
  cut(): void {
    this.deaf = true;
    this.redraw();
  }

  takePlan(plan: Plan): void {
    this.errand?.takePlan(plan, this.state);
    this.redraw();
  }

  takeImage(news: ImageNews, bytes: Uint8Array): void {
    this.errand?.takeImage(news, bytes);
  }

  /** Whether what is typed goes here, or nowhere: whoever has gone on to another cell is not called back. */
  private hasKeyboard(): boolean {
    const root = this.body.getRootNode() as Document | ShadowRoot;
    return this.body.contains(root.activeElement) || document.activeElement === document.body;
  }

  private look(): void {
    const now = performance.now();
    const { running, reading } = this.state;
    const lacks = this.errand?.lacks;
    if (lacks || ((running || reading) && now - this.heardAt > QUIET)) {
      this.heardAt = now;
      this.tell({ type: "ask", plan: false, micropython: null, ...lacks });
    }
    if (this.deaf || !this.asked || now - this.asked < SILENT_AFTER) return;
    this.cut();
  }

  private readonly openPage = (): void => {
    this.errand?.open();
    this.redraw();
  };

  private readonly stop = (event: MouseEvent): void => {
    if (event.detail > 1) return; // the second click of a hasty two on what this button has replaced
    this.stopping = true;
    this.errand?.stop();
    this.tell({ type: "stop" });
    this.redraw();
  };

  private readonly askAnew = (): void => {
    this.another = true;
    this.draw();
    const id = this.body.querySelector<HTMLInputElement>("[name=id]")!;
    id.value = ""; // another board has another
    id.focus();
  };

  private readonly begin = (event: Event): void => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target as HTMLFormElement)) as Record<string, string>;
    const { id, ssid, password } = given;
    this.asked = performance.now();
    this.mine = true;
    this.another = false;
    const start = { type: "start", click: clickId(), id } as const;
    if (this.way === "page") {
      this.errand = new Errand({ SSID: ssid, PASSWORD: password }, this.tell);
      this.tell({ ...start, way: "page" });
    } else this.tell({ ...start, way: "kernel", ssid, password });
    this.redraw();
  };

  /** Has what the board prints read: by the kernel until it is stopped, or by a page until that is closed. */
  private readonly readConsole = (): void => {
    if (this.way === "page") board.openToRead(this.state.id);
    else {
      this.asked = performance.now();
      this.mine = true;
      this.tell({ type: "console", click: clickId() });
    }
    this.redraw();
  };

  private readonly change = (): void => {
    this.way = this.way === "page" ? "kernel" : "page";
    this.redraw();
  };

  protected override draw(): void {
    const { state } = this;
    const over = state.steps.every((step) => step.state === "done");
    const blinked = over && !this.another;
    const begun = state.steps.some((step) => step.state !== "waits");
    const steps = list(state.steps);
    render(
      html`
        <div class="card" role="group" aria-label="Set up a board">
          <div class="row title"><b>${blinked ? "That was your board." : state.running ? `Setting up ${plain(state.id)}` : "Set up your board"}</b></div>
          <small>${blinked ? this.next() : state.running ? this.now() : `Plug it into ${PLACE[this.way]}, ${PLUG}`}</small>
          <div ?hidden=${blinked || state.reading}>${this.form(begun && !over ? "Try again" : "Set up")}</div>
          ${this.others(blinked)}
          <div role="alert">${this.trouble()}</div>
          ${over ? folded("What was done", steps) : begun ? steps : nothing}
          ${printed(state.console || (state.reading ? SILENT : ""), state.reading || state.trouble !== null)}
          <div class="unseen" role="status" aria-live="polite">${announcement(state, over)}</div>
        </div>
      `,
      this.body,
    );
  }

  private now(): string {
    const waits = this.state.steps.some(({ name, state }) => name === "start" && state === "done");
    return this.errand?.talks && !waits ? CHOOSE : WATCH;
  }

  private next(): TemplateResult {
    const id = plain(this.state.id);
    const anywhere = html` In any notebook: <code>PicoPanel("${id}")</code>`;
    return html`${id} is online, and has just blinked; <i>Blink</i> in its panel does it again.${this.state.asks ? anywhere : nothing}`;
  }

  private form(begin: string): TemplateResult {
    const { id, asks, running, kernel, broker } = this.state;
    if (!kernel && this.obstacle) return noWay(this.obstacle);
    return html`
      <form autocomplete="off" @submit=${this.begin}>
        <fieldset ?disabled=${running} ?hidden=${running}>
          <label><span>Course ID</span><input name="id" required maxlength="60" ?readonly=${!asks} .value=${id} /></label>
          <label><span>Wi-Fi name (2.4 GHz)</span><input name="ssid" required maxlength="32" spellcheck="false" /></label>
          <label><span>Wi-Fi password</span><input name="password" type="password" minlength="8" maxlength="64" autocomplete=${KEPT_BY_NO_BROWSER} /></label>
        </fieldset>
        ${running ? this.stopButton() : html`<button class="begin">${begin}</button>`}
        ${this.errand?.waits ? html`<button type="button" class="begin" @click=${this.openPage}>Open the board's page</button>` : nothing}
      </form>
      <small ?hidden=${running}>Its broker: ${plain(broker)}. ${KEPT[this.way]}</small>
      <small ?hidden=${running || !this.obstacle}>${ELSEWHERE}</small>
    `;
  }

  private stopButton(): TemplateResult {
    return html`<button type="button" aria-disabled=${this.stopping ? "true" : nothing} @click=${this.stop}>${this.stopping ? "Stopping…" : "Stop"}</button>`;
  }

  /** What else can be done here while no board is set up. */
  private others(blinked: boolean): TemplateResult | typeof nothing {
    const { asks, running, reading, kernel } = this.state;
    if (running || (!kernel && this.obstacle)) return nothing;
    if (reading) return html`<div class="row choices">${this.stopButton()}</div>`;
    const elsewhere = `It is plugged into ${PLACE[this.way === "page" ? "kernel" : "page"]}`;
    const button = (words: string, act: () => void) =>
      html`<button class="small" @click=${act}>${words}</button>`;
    return html`
      <div class="row choices">
        ${!blinked && kernel && !this.obstacle ? button(elsewhere, this.change) : nothing}
        ${blinked && asks ? button("Set up another", this.askAnew) : nothing}
        ${button("Read what the board prints", this.readConsole)}
      </div>
    `;
  }

  private trouble(): TemplateResult | typeof nothing {
    const says = this.deaf ? DEAF : this.state.trouble;
    return says ? html`<p class="says"><b>${shortened(harmless(says), LONGEST)}</b></p>` : nothing;
  }
}

function noWay(why: string): TemplateResult {
  return html`
    <p>The board cannot be reached from here: ${why}. If it is plugged into ${PLACE.kernel}:
      <code>%pip install 'picopanel[board]'</code>, and run this cell again.</p>
    <p>${ELSEWHERE}</p>
  `;
}

function announcement({ steps, running }: CardState, over: boolean): string {
  if (over) return "That was your board.";
  return running ? (steps.find(({ state }) => state === "doing")?.title ?? "") : "";
}
