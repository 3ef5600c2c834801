/** One view of a wall: its tiles, and the board that is opened in their place. Text of others is only text. */
import { html, nothing, render, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { repeat } from "lit-html/directives/repeat.js";
import type { CommandName, TableNews, WallLook, WallToKernel } from "../contract";
import { commandWord } from "../data/words";
import { fillScreen, fills, saveAs } from "../page/browser";
import { isShortcut } from "../page/hear";
import type { App } from "../page/host";
import { Pane } from "../page/pane";
import { pick } from "../page/parts";
import { every, now } from "../page/time";
import css from "../panel/panel.css";
import { fitted } from "./fit";
import { more } from "./more";
import { type OpenedBoard, openedBoard } from "./opened";
import { ORDERS } from "./order";
import { strip } from "./strip";
import { idOf, tile, tileAt } from "./tile";
import { LocalWall, type WallView, wallView } from "./view";
import type { LiveWall } from "./wall";
import wallCss from "./wall.css";

const AGAIN_EVERY = 1_000; // words that change by the clock alone need no more than this

type Surroundings = { tell(message: WallToKernel): void; panelApp(): Promise<App>; looked(): void };

export class WallDisplay extends Pane {
  private readonly panel = document.createElement("div");
  private readonly local = new LocalWall();
  opened: OpenedBoard | null = null;
  private wantsTable = false;
  private place: { width: number; height: number } | null = null; // of the tiles, as they were last drawn
  private readonly size = new ResizeObserver((entries) => {
    this.place = entries.at(-1)!.contentRect;
    this.changed();
  });

  constructor(
    el: HTMLElement,
    private readonly wall: LiveWall,
    private readonly around: Surroundings,
  ) {
    super(el, "picopanel picopanel-wall", css + wallCss);
    this.body.className = "wall";
    Object.assign(this.panel, { className: "opened", hidden: true });
    const { signal } = this;
    signal.addEventListener("abort", () => this.opened?.close());
    signal.addEventListener("abort", () => this.size.disconnect());
    document.addEventListener("fullscreenchange", () => this.change({ full: fills(this.root) }), { signal });
    this.root.append(this.panel);
    const sight = () => {
      around.looked();
      this.changed();
    };
    this.watch({ sight });
    signal.addEventListener(
      "abort",
      every(AGAIN_EVERY, () => this.changed()),
    );
    this.draw();
  }

  /** Something has changed: draws with the next frame. */
  changed(): void {
    if (!this.opened) this.redraw();
  }

  /** The table of attendance, for the view that has asked. */
  table({ csv }: TableNews): void {
    if (!this.wantsTable) return;
    this.wantsTable = false;
    saveAs("attendance.csv", csv);
  }

  protected override draw(): void {
    const view = wallView(this.wall, this.local, now());
    render(this.template(view), this.body, { host: this });
    const boards = this.body.querySelector(".boards");
    if (boards) this.size.observe(boards); // again is no work
  }

  /** Takes what is new in the view's own settings, and draws. */
  private change(local: Partial<LocalWall>): void {
    Object.assign(this.local, local);
    this.draw();
  }

  private template(view: WallView): TemplateResult {
    const { full } = this.local;
    // On the whole screen tiles are as large as it has room for.
    const fit = full && this.place ? fitted(this.place, window.innerHeight, view.tiles.length) : null;
    return html`
      <div class="card" role="group" aria-label="Wall of boards">
        <div class="row top">
          <div class="name"><b>${view.title}</b><small>${view.counts}</small></div>
          ${this.tools(view)}
        </div>
        <div class="row bar">
          <div class="buttons" role="group" aria-label="Command ${view.target}">${view.commands.map((name) => this.button(name, view))}</div>
          <div class="echo">
            ${view.commands.length ? html`<span class="pending">${view.target}</span>` : nothing}
            ${view.echo ? html`<span class=${view.echo.phase}>${view.echo.text}</span>` : nothing}
          </div>
        </div>
        ${view.finder ? more(view, this.local, this.wants) : nothing}
        ${view.more ? strip(view.strip, view.channel, this.pointing) : nothing}
        ${view.says ? html`<p class="says"><b>${view.says}</b> ${view.next ?? ""}</p>` : nothing}
        ${
          view.empty
            ? html`<p class="none">${view.empty}</p>`
            : html`<div class="boards ${fit?.dense ? "dense" : ""}" style=${fit ? `--letters: ${fit.size}px` : nothing} role="listbox" aria-multiselectable="true" aria-label="Boards. Arrow keys move, letters find, Enter opens a board, Space selects it, Escape selects none."
                @click=${this.click} @keydown=${this.key} @focusin=${this.focus} @pointermove=${this.use}
              >${repeat(
                view.tiles,
                ({ id }) => id,
                (it) => guard(Object.values(it), () => tile(it)),
              )}</div>`
        }
        ${view.notices.map((notice) => html`<p class="notice"><span>${notice}</span></p>`)}
        <div class="unseen" role="status" aria-live="polite">${view.announcement}</div>
      </div>
    `;
  }

  private button(name: CommandName, { blocked, target, empty, chosen }: WallView): TemplateResult {
    const off = blocked ?? empty;
    return html`<button aria-disabled=${off ? "true" : nothing} title=${off ?? `${commandWord(name)} ${target}`} @click=${() => off || this.command(name, chosen)}>${commandWord(name)}</button>`;
  }

  private tools({ order, more }: WallView): TemplateResult {
    const { selected } = this.local;
    return html`
      <div class="tools" role="group" aria-label="Wall">
        ${pick(
          ORDERS,
          order,
          ({ name }) => this.set({ order: name }),
          ({ label }) => label,
          { label: "Order" },
        )}
        <button class="small" @click=${this.selectAll}>${selected.size ? "Select none" : "Select all"}</button>
        <button class="small" title="Who was there: first and last seen, commands, answers, firmware, state" @click=${this.askTable}>Attendance CSV</button>
        <button class="small" aria-expanded=${more} @click=${() => this.set({ more: !more })}>More</button>
      </div>
    `;
  }

  private command(name: CommandName, chosen: string[] | null): void {
    this.wall.command(name, chosen, now());
    this.draw();
  }

  /** In all views of this wall, and for its next ones. */
  private set(look: Partial<WallLook>): void {
    this.wall.set(look, now());
    this.draw();
  }

  private selectAll(): void {
    const { selected } = this.local;
    this.change({ selected: new Set(selected.size ? [] : this.shown()) });
  }

  /** The boards whose tiles are shown. */
  private shown(): string[] {
    return wallView(this.wall, this.local, now()).tiles.map(({ id }) => id);
  }

  private readonly wants = {
    find: (typed: string) => this.change({ find: typed }),
    /** Finds no more, back among the tiles. */
    endFind: () => {
      this.change({ find: null });
      this.focusTile(this.local.current);
    },
    /** To the only tile that is found, which opens, or to the first one. */
    enter: () => {
      const ids = this.shown();
      if (ids.length === 1) this.open(ids[0]);
      else this.focusTile(ids[0] ?? null);
    },
    channel: (channel: string | null) => this.set({ channel }),
    fullScreen: async () => this.change({ hint: await fillScreen(this.root) }),
  };

  private readonly pointing = {
    point: (id: string | null) => {
      this.local.pointed = id;
      this.changed();
    },
    lead: (id: string) => {
      if (!this.shown().includes(id)) this.change({ find: null });
      this.focusTile(id);
    },
  };

  private focusTile(id: string | null): void {
    const tiles = this.body.querySelector(".boards");
    const own = id === null ? null : tiles?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
    (own ?? tiles?.querySelector<HTMLElement>("[tabindex='0']"))?.focus();
  }

  private askTable(): void {
    this.wantsTable = true;
    this.around.tell({ type: "table" });
  }

  private click(event: MouseEvent): void {
    const id = idOf(event.target);
    if (id === null) return;
    this.local.current = id;
    if ((event.target as Element).closest(".pick") || event.ctrlKey || event.metaKey) this.select(id);
    else this.open(id);
  }

  private focus(event: FocusEvent): void {
    this.local.current = idOf(event.target) ?? this.local.current;
  }

  private use(): void {
    this.local.usedAt = now();
  }

  private key(event: KeyboardEvent): void {
    const id = idOf(event.target);
    if (id === null || isShortcut(event)) return;
    const next = tileAt(event.key, event.currentTarget as HTMLElement, event.target as HTMLElement);
    if (event.key === "Enter") this.open(id);
    else if (event.key === " ") this.select(id);
    else if (event.key === "Escape") this.escape();
    else if (event.key.length === 1) this.type(event.key);
    else if (next) {
      this.local.current = idOf(next);
      this.drawInPlace();
      next.focus();
    } else return;
    event.preventDefault();
  }

  /** Away from what was found, then from what was selected. */
  private escape(): void {
    if (this.local.find !== null) this.wants.endFind();
    else {
      this.local.selected.clear();
      this.drawInPlace();
    }
  }

  /** A letter on a tile begins a name. */
  private type(letter: string): void {
    this.change({ find: (this.local.find ?? "") + letter });
    this.body.querySelector<HTMLInputElement>(".find input")?.focus();
  }

  private select(id: string): void {
    const { selected } = this.local;
    if (!selected.delete(id)) selected.add(id);
    this.drawInPlace();
  }

  /** At once, because of a key or a click, under which no tile moves. */
  private drawInPlace(): void {
    this.use();
    this.draw();
  }

  private open(id: string): void {
    render(
      html`<div class="way"><button class="small" @click=${this.back}>← All boards</button></div><div class="place"><p class="none">Opening…</p></div>`,
      this.panel,
      { host: this },
    );
    const place = this.panel.querySelector<HTMLElement>(".place")!;
    const board = openedBoard(id, place, this.around.tell);
    this.opened = board;
    this.body.hidden = true;
    this.panel.hidden = false;
    this.panel.querySelector("button")?.focus();
    this.around.panelApp().then(
      (app) => this.opened === board && board.show(app),
      (cause) => {
        place.textContent = `The panel could not be loaded (${cause}). Go back and try again.`;
      },
    );
  }

  private back(): void {
    const { id = "" } = this.opened ?? {};
    this.opened?.close();
    this.opened = null;
    render(nothing, this.panel); // lit remembers what it has drawn there
    this.panel.hidden = true;
    this.body.hidden = false;
    this.draw();
    this.focusTile(id);
  }
}
