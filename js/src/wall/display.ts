/** One view of a wall: its tiles, and the board that is opened in their place. */
import { nothing, render } from "lit-html";
import { saveAs } from "../page/browser";
import type { App } from "../page/host";
import { Pane } from "../page/pane";
import { now } from "../page/time";
import css from "../panel/panel.css";
import type { BoardNews, TableNews, WallToKernel } from "./contract";
import { OpenedBoard, openedFrame } from "./opened";
import { type WallActions, wallTemplate } from "./template";
import { idOf, TileOrder, tileAt, tilesIn } from "./tiles";
import { LocalWall, wallView } from "./view";
import type { LiveWall } from "./wall";
import wallCss from "./wall.css";

/** Words that change by the clock alone need no more than this. */
const AGAIN_EVERY = 1_000;

type Surroundings = { tell(message: WallToKernel): void; panelApp(): Promise<App>; looked(): void };

export class WallDisplay extends Pane {
  private readonly panel = document.createElement("div");
  private readonly local = new LocalWall();
  private readonly tiles = new TileOrder();
  private opened: OpenedBoard | null = null;
  private wantsTable = false;

  constructor(
    el: HTMLElement,
    private readonly wall: LiveWall,
    private readonly around: Surroundings,
  ) {
    super(el, "picopanel picopanel-wall", css + wallCss);
    this.body.className = "wall";
    this.panel.className = "opened";
    this.panel.hidden = true;
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
    if (this.local.open === null) this.redraw();
  }

  board(news: BoardNews, buffers: unknown[]): void {
    this.opened?.hear(news, buffers);
  }

  /** The table of attendance, for the view that has asked. */
  table({ csv }: TableNews): void {
    if (!this.wantsTable) return;
    this.wantsTable = false;
    saveAs("attendance.csv", csv);
  }

  protected override draw(): void {
    const at = now();
    const ids = this.tiles.order(this.wall.tiles, this.local.order, at);
    render(wallTemplate(wallView(this.wall, this.local, ids, at), this.local, this.actions), this.body);
  }

  private readonly actions: WallActions = {
    command: (name) => {
      const { selected } = this.local;
      this.wall.command(name, selected.size ? [...selected] : null, now());
      this.draw();
    },
    order: (order) => {
      this.local.order = order;
      this.tiles.release();
      this.draw();
    },
    all: () => {
      const { selected } = this.local;
      if (selected.size) selected.clear();
      else for (const id of this.wall.tiles.keys()) selected.add(id);
      this.draw();
    },
    table: () => {
      this.wantsTable = true;
      this.around.tell({ type: "table" });
    },
    click: (event) => {
      const id = idOf(event.target);
      if (id === null) return;
      this.local.current = id;
      if ((event.target as Element).closest(".pick") || event.ctrlKey || event.metaKey) this.select(id);
      else this.open(id);
    },
    key: (event) => this.key(event),
    focus: (event) => {
      this.local.current = idOf(event.target) ?? this.local.current;
    },
    use: () => this.tiles.used(now()),
  };

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
    this.tiles.used(now());
    this.draw();
  }

  private open(id: string): void {
    this.local.open = id;
    const place = openedFrame(this.panel, () => this.back());
    const board = new OpenedBoard(id, place, this.around.tell);
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
    const id = this.local.open;
    this.opened?.close();
    this.opened = this.local.open = null;
    render(nothing, this.panel); // lit remembers what it has drawn there
    this.panel.hidden = true;
    this.body.hidden = false;
    this.draw();
    tilesIn(this.body)
      .find((tile) => tile.dataset.id === id)
      ?.focus();
  }
}
