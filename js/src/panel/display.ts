/** One view of a panel: words, chart and drawer. */
import { render } from "lit-html";
import { Chart } from "../chart/chart";
import { type Figure, figure } from "../chart/figure";
import { innerWidth } from "../chart/layout";
import { inPixels, range } from "../chart/zoom";
import type { LivePanel } from "../data/live";
import { Drawer } from "../messages/drawer";
import messages from "../messages/messages.css";
import { now } from "../page/now";
import { Pane } from "../page/pane";
import { fillScreen, fills } from "../page/screen";
import { type Colours, coloursOf, dress } from "../page/theme";
import { Turn } from "../page/turn";
import { type Actions, actionsOf } from "./actions";
import type { Face } from "./face";
import lecture from "./lecture.css";
import { fresh, type Local } from "./local";
import css from "./panel.css";
import { channelsOf, type View, view } from "./view";

/** Words need no more than this often; the chart follows every reading. */
const WORDS_EVERY = 200;
/** So often the chart moves on while nothing comes. */
const MOVE_EVERY = 500;

const turn = new Turn();

export class Display extends Pane {
  private readonly chart: Chart;
  private readonly chartElement: HTMLElement;
  private readonly drawer: Drawer | null;
  private readonly local: Local = fresh();
  private readonly actions: Actions;
  private colours!: Colours;
  private width = 0;
  private height = 0;
  private wordsAt = 0;
  private drawn = "";
  private ranges: Figure["ranges"] = new Map();

  constructor(
    el: HTMLElement,
    private readonly panel: LivePanel,
    private readonly looked: () => void,
    private readonly face: Face,
  ) {
    super(el, face.name, css + lecture + messages);
    this.actions = actionsOf(panel, this.local, {
      change: (local) => this.change(local),
      focus: (selector) => this.focus(selector),
      fill: () => fillScreen(this.root),
      shade: () => this.changeShade(),
    });
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.words();
    this.chartElement = this.body.querySelector<HTMLElement>(".chart")!;
    const place = this.body.querySelector<HTMLElement>(".drawer");
    this.drawer = place && new Drawer(place, panel);
    this.chart = new Chart(this.chartElement, {
      zoomed: (zoom) => this.change({ zoom: { x: zoom.x, y: { ...this.local.zoom?.y, ...zoom.y } } }),
      live: () => this.actions.live(),
    });
    this.watchPage();
    this.endings.push(
      () => this.chart.close(),
      () => this.drawer?.close(),
    );
    this.draw();
  }

  /** Something has changed: draws at once where it may, else with the next frame. `now` also the words, else when their time has come. */
  changed(now: boolean): void {
    if (now) this.wordsAt = 0;
    if (this.ready && !turn.take(() => this.draw())) this.drawSoon();
  }

  protected override draw(): void {
    if (performance.now() - this.wordsAt > WORDS_EVERY) {
      this.words();
      this.drawer?.draw();
    }
    this.plot();
  }

  private words(): void {
    this.wordsAt = performance.now();
    render(this.face.template(this.view(), this.local, this.actions), this.body);
  }

  private plot(): void {
    const { width, height } = this;
    if (this.chart.busy || width === 0 || height === 0) return;
    const { history } = this.panel;
    const style = { ...this.colours, scale: this.face.scale(width, height) };
    const end = inPixels(this.panel.chartEnd(now()), this.local, innerWidth(width, style.scale));
    const shown = range(history, this.local, end);
    // A chart that stands still is drawn again only for something new.
    const what = JSON.stringify([
      shown,
      width,
      height,
      style,
      [...this.local.hidden],
      this.panel.limits,
      this.still ? history.table.floor : history.revision,
    ]);
    if (what === this.drawn) return;
    this.drawn = what;
    const { panel, local, ranges } = this;
    const made = figure(history, channelsOf(panel), panel.limits, local, shown, width, style, height, ranges);
    this.ranges = made.ranges;
    this.chart.draw(made, width, height);
  }

  private get still(): boolean {
    return this.local.paused !== null && !this.local.zoom;
  }

  private watchPage(): void {
    const again = () => {
      this.looked();
      // Not with every paint: the page would have to lay itself out to tell.
      ({ clientWidth: this.width, clientHeight: this.height } = this.chartElement);
      this.changed(true);
    };
    const size = new ResizeObserver(again);
    size.observe(this.chartElement);
    const screen = () => this.change({ full: fills(this.root) });
    document.addEventListener("fullscreenchange", screen);
    this.endings.push(
      () => size.disconnect(),
      () => document.removeEventListener("fullscreenchange", screen),
    );
    this.watch(MOVE_EVERY, {
      sight: again,
      // Its size is no matter: JupyterLab shows nothing while it changes its theme.
      theme: () => {
        this.colours = coloursOf(this.root);
        this.changed(true);
      },
      time: () => this.changed(false),
    });
  }

  private change(local: Partial<Local>): void {
    Object.assign(this.local, local);
    this.changed(true);
  }

  private focus(selector: string): void {
    this.words();
    this.body.querySelector<HTMLElement>(selector)?.focus();
  }

  private changeShade(): void {
    this.shade = !this.root.classList.contains("dark");
    dress(this.root, this.shade);
    this.colours = coloursOf(this.root);
    this.changed(true);
  }

  private key(event: KeyboardEvent): void {
    this.face.key(event, this.view(), this.local, this.actions);
  }

  private view(): View {
    return view(this.panel, this.local, now());
  }
}
