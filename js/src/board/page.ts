/**
 * The program of the page that works at a board: a cell's frame may not ask for a port, a page of its own may.
 * It has all that it needs in itself, and finishes even when the notebook goes; while it can, it tells the card.
 */
import { html, nothing, render, type TemplateResult } from "lit-html";
import type { FromTheBoard, Plan, StepState } from "../contract";
import { Pane } from "../page/pane";
import { harmless } from "../page/text";
import css from "../panel/panel.css";
import { follow } from "./console";
import * as drive from "./drive";
import { BoardError, Repl } from "./repl";
import setupCss from "./setup.css";
import { folded, list, printed } from "./steps";
import { AWAY, type Image, LINE, OVER, STOP, type Task, type Wants } from "./task";
import { carryOut, renew, type Wifi, Wrong } from "./work";

const FETCHED_WITHIN = 60_000;
const SHOWN = 4_000; // characters of the console
const CLOSED = "The page that worked at the board was closed. Try it again.";
const RASPBERRY_PI = [{ usbVendorId: 0x2e8a }];
const NAMES: Record<string, string> = { RP2: "Pico W", RP2350: "Pico 2 W" }; // by what their drives say
const NO_FILE = "The notebook does not answer: get the file here, and drag it onto the drive.";
const TITLES = {
  asks: "Choose your board",
  works: "Setting up your board",
  "has started": "Your board has been started",
  "has blinked": "That was your board.",
  reads: "What your board prints",
};
const NEW = "A new board has no MicroPython yet. Unplug";
const ASKED = "It has just been asked to show its drive. If it does not: unplug";
const PUT = "MicroPython is on the board when its drive has gone. Then choose the board.";

class Page extends Pane {
  private state: keyof typeof TITLES = "asks";
  private trouble = "";
  private lacksMicroPython = false;
  private helps = false; // whether it is shown what to do for a board that is not in the list
  private note = ""; // what is done, or is to be done, about MicroPython
  private take: (image: Image) => void = () => {};
  private console = "";
  private line: MessagePort | undefined; // to the card, which may be gone

  constructor(
    el: HTMLElement,
    private readonly task: Task,
  ) {
    super(el, "picopanel picopanel-setup", css + setupCss);
    this.watch({ sight: () => this.redraw() });
    addEventListener("beforeunload", (event) => this.state === "works" && event.preventDefault());
    const leave = () => {
      if (this.task.plan && !this.state.startsWith("has")) this.tell({ type: "failed", says: CLOSED });
      this.close();
    };
    addEventListener("pagehide", leave);
    addEventListener(AWAY, leave);
    addEventListener("message", ({ source, data, ports }) => {
      if (source === window.opener && data === LINE) this.answer(ports[0]);
    });
    this.draw();
  }

  private answer(line: MessagePort): void {
    this.line = line;
    line.onmessage = ({ data }) => {
      if (data === OVER) this.become("has blinked");
      if (data === STOP) this.stop();
      if (data.bytes) this.take(data);
    };
  }

  private stop(): void {
    this.state = "asks"; // it goes without asking
    window.close();
  }

  private tell(message: FromTheBoard): void {
    this.line?.postMessage(message);
  }

  private become(state: Page["state"]): void {
    this.state = state;
    this.redraw();
  }

  private readonly choose = async (filters?: typeof RASPBERRY_PI): Promise<void> => {
    this.trouble = "";
    let port: SerialPort;
    try {
      port = await navigator.serial.requestPort(filters && { filters });
    } catch (cause) {
      // A chooser that is closed, or that loses the focus, gives no port.
      this.helps = (cause as Error).name === "NotFoundError";
      if (!this.helps) this.trouble = String(cause);
      return this.redraw();
    }
    const { plan, wifi } = this.task;
    if (plan) await this.work(port, plan, wifi);
    else this.read(port);
  };

  /** Goes on until the page is closed. */
  private read(port: SerialPort): void {
    this.become(this.task.plan ? "has started" : "reads");
    void follow(port, (text) => this.print(text), this.signal);
  }

  private readonly install = async (): Promise<void> => {
    this.trouble = this.note = "";
    try {
      const found = await drive.choose(this.task.plan!.micropython.models);
      if (found) {
        this.noteThat("MicroPython is fetched for your board…");
        const bytes = await this.image(found.model);
        this.noteThat("It is put on the board…");
        await drive.put(found.folder, bytes);
        this.noteThat(PUT);
      }
    } catch (cause) {
      this.trouble = (cause as Error).message;
      this.noteThat("");
    }
  };

  private noteThat(note: string): void {
    this.note = note;
    this.redraw();
  }

  /** MicroPython for a model, which the kernel fetches: a page may not. */
  private async image(model: string): Promise<Uint8Array> {
    const come = new Promise<Image>((take, fail) => {
      this.take = take;
      setTimeout(fail, FETCHED_WITHIN, new Error(NO_FILE));
    });
    this.line!.postMessage({ type: "micropython", model } satisfies Wants);
    const { wrong, bytes } = await come;
    if (wrong) throw new Error(wrong);
    return bytes;
  }

  private async work(port: SerialPort, plan: Plan, wifi: Wifi): Promise<void> {
    for (const step of this.task.steps) Object.assign(step, { state: "waits", says: "" });
    this.note = "";
    this.become("works");
    let repl: Repl | undefined;
    try {
      this.at("board", "doing", "");
      repl = await Repl.open(port, this.signal);
      await carryOut(plan, wifi, repl, (name, done, says) => {
        this.at(name, done ? "done" : "doing", says);
        if (done) this.tell({ type: "did", step: name, says });
      });
    } catch (error) {
      return this.fail(error as Error, repl, plan.trouble);
    }
    await repl.close();
    this.read(port);
  }

  private async fail(error: Error, repl: Repl | undefined, sentences: Plan["trouble"]): Promise<void> {
    const lacks = error instanceof Wrong && error.renew;
    if (lacks) await renew(repl!).catch(() => {});
    await repl?.close();
    this.lacksMicroPython = lacks; // it is told once the board can be chosen again
    this.trouble = error instanceof BoardError ? told(error, sentences) : error.message;
    for (const step of this.task.steps) if (step.state === "doing") step.state = "failed";
    this.become("asks");
  }

  private at(name: string, state: StepState["state"], says: string): void {
    Object.assign(this.task.steps.find((step) => step.name === name)!, { state, says });
    this.redraw();
  }

  private print(text: string): void {
    this.console = (this.console + text).slice(-SHOWN);
    this.tell({ type: "printed", text });
    this.redraw();
  }

  protected override draw(): void {
    const { state, trouble } = this;
    const begun = this.task.steps.some((step) => step.state !== "waits");
    render(
      html`
        <main class="card">
          <div class="row title"><b>${TITLES[state]}</b></div>
          <small>${this.says()}</small>
          ${state === "asks" ? this.choices() : nothing}
          ${begun ? list(this.task.steps) : nothing}
          <div role="alert">${trouble ? html`<p class="says"><b>${harmless(trouble)}</b></p>` : nothing}</div>
          ${state === "asks" && this.task.plan ? folded(this.lacksMicroPython ? "A new MicroPython for it" : "It is new, or not in the list", this.help(this.task.plan), this.lacksMicroPython || this.helps) : nothing}
          ${printed(this.console, true)}
        </main>
      `,
      this.body,
    );
  }

  private says(): string {
    if (this.state === "asks")
      return `It is plugged into this computer, and ${this.task.plan ? `will be ${this.task.id}` : "only listened to"}. In the browser's list it is mostly called “Board in FS mode” or “USB Serial Device”: choose that, then Connect.`;
    if (this.state === "reads")
      return "It goes on until this page is closed. A program that runs well prints little.";
    if (this.state === "works") return "Leave this page open, and the cable in. It takes half a minute.";
    return this.state === "has started"
      ? "Go back to your notebook, and watch the board: once it is online, it blinks."
      : "Its panel is in your notebook. This page can be closed.";
  }

  private choices(): TemplateResult {
    return html`
      <div class="row choices">
        <button class="begin" @click=${() => this.choose(RASPBERRY_PI)}>${this.trouble ? "Try again" : "Choose the board"}</button>
        ${this.task.plan ? nothing : this.allPorts()}
      </div>
    `;
  }

  private allPorts(): TemplateResult {
    return html`<button class="small" @click=${() => this.choose()}>Show all ports</button>`;
  }

  private help({ micropython }: Plan): TemplateResult {
    const files = Object.entries(micropython.models).map(
      ([chip, model], nth) =>
        html`${nth ? " or " : ""}<a href=${micropython.address.replace("MODEL", model)} download>${NAMES[chip]}</a>`,
    );
    return html`
      <ol>
        <li>${this.lacksMicroPython ? ASKED : NEW} it, hold its BOOTSEL button, plug it in again: a drive appears.</li>
        ${this.line && drive.hasPicker ? html`<li><button class="small" @click=${this.install}>Put MicroPython onto that drive</button><br />Choose the drive: RPI-RP2 or RP2350. Or get MicroPython for your ${files}, and drag the file onto it.</li>` : html`<li>Get MicroPython for your ${files}, and drag the file onto that drive.</li>`}
        <li>When the drive has gone, choose the board.</li>
      </ol>
      <p role="status">${this.note}</p>
      <p>On Linux, you must be in the group dialout. A board of another make is in a longer list: ${this.allPorts()}</p>
    `;
  }
}

function told({ kind, message }: BoardError, sentences: Plan["trouble"]): string {
  return sentences[kind] + (message ? ` (${message})` : "");
}

const element = document.getElementById("task")!;
const task = JSON.parse(element.textContent!);
element.remove(); // it has passwords
for (const file of task.plan?.files ?? [])
  file[1] = Uint8Array.from(atob(file[1]), (byte) => byte.charCodeAt(0));
new Page(document.body.appendChild(document.createElement("div")), task);
