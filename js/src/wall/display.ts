/** One view of a wall: its tiles, and the board that is opened in their place. Text of others is only text. */
import { html, nothing, render, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { repeat } from "lit-html/directives/repeat.js";
import { COMMANDS, type CommandName, type TableNews, type WallToKernel } from "../contract";
import { commandWord } from "../data/words";
import { saveAs } from "../page/browser";
import type { App } from "../page/host";
import { Pane } from "../page/pane";
import { now } from "../page/time";
import css from "../panel/panel.css";
import { type OpenedBoard, openedBoard } from "./opened";
import type { Order, TileView, WallView } from "./view";
import { HEIGHT, LocalWall, WIDTH, wallView } from "./view";
import type { LiveWall } from "./wall";
import wallCss from "./wall.css";

const AGAIN_EVERY = 1_000; // words that change by the clock alone need no more than this

const ORDERS: [Order, string][] = [
  ["trouble", "Trouble first"],
  ["name", "By name"],
];

type Surroundings = { tell(message: WallToKernel): void; panelApp(): Promise<App>; looked(): void };

export class WallDisplay extends Pane {
  private readonly panel = document.createElement("div");
  private readonly local = new LocalWall();
  opened: OpenedBoard | null = null;
  private wantsTable = false;

  constructor(
    el: HTMLElement,
    private readonly wall: LiveWall,
    private readonly around: Surroundings,
  ) {
    super(el, "picopanel picopanel-wall", css + wallCss);
    this.body.className = "wall";
    Object.assign(this.panel, { className: "opened", hidden: true });
    this.signal.addEventListener("abort", () => this.opened?.close());
    this.root.append(this.panel);
    const sight = () => {
      around.looked();
      this.changed();
    };
    this.watch(AGAIN_EVERY, { sight, time: () => this.changed() });
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
    render(this.template(wallView(this.wall, this.local, now())), this.body, { host: this });
  }

  private template(view: WallView): TemplateResult {
    return html`
      <div class="card" role="group" aria-label="Wall of boards">
        <div class="top">
          <div class="name"><b>${view.title}</b><small>${view.counts}</small></div>
          ${this.tools()}
        </div>
        <div class="bar">
          <div class="buttons" role="group" aria-label="Command ${view.target}">${COMMANDS.map((name) => this.button(name, view))}</div>
          <div class="echo">
            <span class="pending">${view.target}</span>
            ${view.echo ? html`<span class=${view.echo.phase}>${view.echo.text}</span>` : nothing}
          </div>
        </div>
        ${view.says ? html`<p class="says"><b>${view.says}</b> ${view.next ?? ""}</p>` : nothing}
        ${
          view.empty
            ? html`<p class="none">${view.empty}</p>`
            : html`<div class="boards" role="listbox" aria-multiselectable="true" aria-label="Boards. Arrow keys move, Enter opens a board, Space selects it, Escape selects none."
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

  private button(name: CommandName, { blocked, target, empty }: WallView): TemplateResult {
    const off = blocked ?? empty;
    return html`<button aria-disabled=${off ? "true" : nothing} title=${off ?? `${commandWord(name)} ${target}`} @click=${() => off || this.command(name)}>${commandWord(name)}</button>`;
  }

  private tools(): TemplateResult {
    const { order, selected } = this.local;
    return html`
      <div class="tools" role="group" aria-label="Wall">
        <select class="small" aria-label="Order" @change=${this.reorder}>
          ${ORDERS.map(([name, label]) => html`<option ?selected=${name === order}>${label}</option>`)}
        </select>
        <button class="small" @click=${this.selectAll}>${selected.size ? "Select none" : "Select all"}</button>
        <button class="small" title="Who was there: first and last seen, commands, answers, firmware, state" @click=${this.askTable}>Attendance CSV</button>
      </div>
    `;
  }

  private command(name: CommandName): void {
    const { selected } = this.local;
    this.wall.command(name, selected.size ? [...selected] : null, now());
    this.draw();
  }

  private reorder(event: Event): void {
    this.local.order = ORDERS[(event.target as HTMLSelectElement).selectedIndex][0];
    this.local.usedAt = Number.NEGATIVE_INFINITY; // they may move at once
    this.draw();
  }

  private selectAll(): void {
    const { selected } = this.local;
    this.local.selected = new Set(selected.size ? [] : this.wall.tiles.keys());
    this.draw();
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
    if (id === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = tileAt(event.key, event.currentTarget as HTMLElement, event.target as HTMLElement);
    if (event.key === "Enter") this.open(id);
    else if (event.key === " ") this.select(id);
    else if (event.key === "Escape") {
      this.local.selected.clear();
      this.drawInPlace();
    } else if (next) {
      this.local.current = idOf(next);
      this.drawInPlace();
      next.focus();
    } else return;
    event.preventDefault();
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
    this.body.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
  }
}

function tile(it: TileView): TemplateResult {
  return html`
    <div class="board" data-level=${it.level} role="option" data-id=${it.id} tabindex=${it.current ? 0 : -1} aria-selected=${it.selected} aria-label=${it.title} title=${it.title}>
      <span class="led ${it.led}"></span>
      <b class="id">${it.label}</b>
      <span class="pick">${it.selected ? "✓" : nothing}</span>
      <span class="value ${it.stale ? "stale" : ""}"><b>${it.value}</b> <span>${it.unit}</span></span>
      ${it.why ? html`<span class="reason">${it.why}</span>` : line(it)}
      <span class="lamp ${it.level}"><i></i>${it.word}${it.away ? html`<em>${it.away}× away</em>` : nothing}<span><span class="wide">LED </span>${it.led === "unknown" ? "?" : it.led}</span></span>
    </div>
  `;
}

function line({ spark }: TileView): TemplateResult {
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><path d=${spark} vector-effect="non-scaling-stroke"></path></svg>`;
}

/** The board of the tile that something happened at, or null. */
function idOf(target: EventTarget | null): string | null {
  return (target as Element | null)?.closest<HTMLElement>("[data-id]")?.dataset.id ?? null;
}

/** The tile that a key leads to, or null if it leads nowhere. */
function tileAt(key: string, grid: HTMLElement, from: HTMLElement): HTMLElement | null {
  const tiles = [...grid.children] as HTMLElement[];
  const at = tiles.indexOf(from);
  const row = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const steps: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - row,
    ArrowDown: at + row,
    Home: 0,
    End: tiles.length - 1,
  };
  return tiles[steps[key]] ?? null;
}
