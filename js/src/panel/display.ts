/** One view of a panel: words, chart and drawer. */
import { render } from "lit-html";
import { axisName, innerWidth } from "../chart/axes";
import { Chart } from "../chart/chart";
import { type Figure, figure, unitsOf } from "../chart/figure";
import type { Range } from "../chart/style";
import { inPixels, range } from "../chart/zoom";
import type { LivePanel } from "../data/panel";
import { Drawer } from "../messages/drawer";
import messages from "../messages/messages.css";
import { fillScreen, fills } from "../page/browser";
import { guard } from "../page/guard";
import { firstTime } from "../page/once";
import { budget, Pane } from "../page/pane";
import { type Colours, coloursOf, dress } from "../page/theme";
import { every, now } from "../page/time";
import { type Actions, actionsOf } from "./actions";
import { Cursors } from "./cursors";
import { Handles } from "./handles";
import { lecture } from "./lecture";
import lectureCss from "./lecture.css";
import { Local, type Stage } from "./local";
import { lookOf, wear } from "./look";
import { Other } from "./other";
import css from "./panel.css";
import { Readout } from "./readout";
import type { SetupCard } from "./setup";
import { template } from "./template";
import { Triggered } from "./triggered";
import { view } from "./view";

const WORDS_EVERY = 200; // words need no more than this often; the chart follows every reading
const SVG = { type: "image/svg+xml" };
const MOVE_EVERY = 500; // so often the chart moves on while nothing comes

const atOnce = budget();

export class Display extends Pane implements Stage {
  private readonly chart: Chart;
  private readonly chartElement: HTMLElement;
  private readonly readout: Readout;
  private readonly cursors: Cursors;
  private readonly triggered: Triggered;
  private readonly handles: Handles;
  private readonly other: Other;
  private readonly drawer: Drawer | null;
  private readonly local = new Local();
  private readonly actions: Actions;
  private colours!: Colours;
  private shown: Range = [0, 0]; // by the chart
  private width = 0;
  private height = 0;
  private below = 0; // how wide the charts below it are
  private wordsAt = 0;
  private readonly changedChart = guard();
  private readonly changedLook = guard();
  private readonly keptLook = guard();
  private worn = false; // whether the kernel's look has been taken, or another chosen
  readonly fill = () => fillScreen(this.root);
  private ranges: Figure["ranges"] = new Map();
  private hideCard = () => {};

  /** `hall`: as it is read from a lecture hall's last row, and driven by keys. */
  constructor(
    el: HTMLElement,
    private readonly panel: LivePanel,
    private readonly setup: SetupCard,
    private readonly looked: () => void,
    private readonly hall: boolean,
  ) {
    super(el, hall ? "picopanel lecture" : "picopanel", css + lectureCss + messages);
    this.actions = actionsOf(panel, this.local, this);
    this.wear();
    this.words();
    this.chartElement = this.body.querySelector<HTMLElement>(".chart")!;
    const place = this.body.querySelector<HTMLElement>(".drawer");
    this.drawer = place && new Drawer(place, panel, this.signal);
    this.chart = new Chart(this.chartElement, this.signal, {
      zoomed: (zoom) => this.change({ zoom: { x: zoom.x, y: { ...this.local.zoom?.y, ...zoom.y } } }),
      held: (axes) => this.hold(axes),
      live: () => this.actions.live(),
      reads: () => this.readout.reads,
    });
    const part = (name: string) => this.body.querySelector<HTMLElement>(name)!;
    const { chart, chartElement, local, actions, signal } = this;
    this.readout = new Readout(part(".readout"), chartElement, chart, panel, local, this.signal);
    this.cursors = new Cursors(part(".cursors"), part(".between"), chart, panel, local);
    const change = (given: Partial<Local>) => this.change(given);
    this.other = new Other(part(".other"), panel, local, this.signal, change);
    this.triggered = new Triggered(part(".pieces"), panel, local, hall, this.signal, change);
    this.handles = new Handles(part(".handles"), chartElement, chart, panel, local, actions, signal);
    this.watchPage();
    this.draw();
    this.showCard();
    this.signal.addEventListener("abort", () => this.hideCard());
  }

  /** Something has changed; `words`: also what words tell of, which else wait until their time has come. */
  changed(words: boolean): void {
    if (words) this.wordsAt = 0;
    this.redraw(atOnce);
  }

  change(local: Partial<Local>): void {
    Object.assign(this.local, local);
    if (this.local.zoom) this.local.zooming = false; // whoever zooms knows
    const look = lookOf(this.local);
    if (this.panel.state && this.changedLook(JSON.stringify(look))) {
      this.worn = true;
      this.panel.send({ type: "look", look });
    }
    this.changed(true);
  }

  focus(selector: string): void {
    this.words();
    this.body.querySelector<HTMLElement>(selector)?.focus();
  }

  readKey(event: KeyboardEvent): boolean {
    return this.readout.key(event);
  }

  readAt(): number | null {
    return this.readout.time;
  }

  measure(): void {
    this.cursors.toggle();
  }

  async picture(format: "png" | "svg"): Promise<Blob> {
    const address = await this.chart.picture(format, this.colours.ground);
    if (format === "svg") return new Blob([decodeURIComponent(address.slice(address.indexOf(",") + 1))], SVG);
    const bytes = Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (it) => it.charCodeAt(0));
    return new Blob([bytes], { type: "image/png" });
  }

  code(): HTMLTextAreaElement | null {
    this.words();
    return this.body.querySelector("textarea.code");
  }

  rangeOf(unit: string): Range | undefined {
    const units = unitsOf(this.panel.channels, this.panel.history);
    return this.ranges.get(axisName(units.findIndex(([first]) => first === unit)));
  }

  /** Axes that have been dragged stay there while time goes on. */
  private hold(ranges: Record<string, Range>): void {
    for (const [nth, [unit]] of unitsOf(this.panel.channels, this.panel.history).entries()) {
      const range = ranges[axisName(nth)];
      const mode = this.local.axes.get(unit)?.mode;
      if (range) this.local.axes.set(unit, { mode: mode === "log" ? mode : "hold", range });
    }
    this.change({});
  }

  setUp(open: boolean): void {
    this.setup.want?.(open);
  }

  /** Shows the card of a set-up as far as there is one now; a hall has better to look at. */
  showCard(): void {
    const place = this.body.querySelector<HTMLElement>(".setup");
    if (!place || !this.setup.want) return;
    const { widget } = this.setup;
    const opened = widget !== null && this.local.setup === false;
    this.hideCard();
    this.hideCard = widget?.show(place, false) ?? (() => {});
    this.change({ setup: widget !== null });
    if (opened) place.querySelector<HTMLElement>("input:not([readonly])")?.focus();
  }

  changeShade(): void {
    this.shade = !this.root.classList.contains("dark");
    dress(this.root, this.shade);
    this.themed();
  }

  /** Takes the look that the kernel has kept, once it is known. */
  private wear(): void {
    const { state, contact } = this.panel;
    const look = JSON.stringify(state?.look);
    if (this.worn || !state || !this.keptLook(look)) return;
    this.worn = contact.heard !== null; // what a page begins with may be older
    if (state.look) wear(this.local, state.look);
    this.changedLook(JSON.stringify(lookOf(this.local)));
  }

  protected override draw(): void {
    this.wear();
    if (this.triggered.stand()) this.wordsAt = 0;
    this.tellOfZooming();
    if (performance.now() - this.wordsAt > WORDS_EVERY) {
      this.words();
      this.drawer?.draw();
    }
    this.plot();
    this.readout.draw();
    this.cursors.draw();
    const style = { ...this.colours, scale: 1 };
    this.triggered.draw(this.below, style);
    this.handles.draw();
    this.other.draw(this.shown, this.below, style);
  }

  /** At the first visit, and where there is something to zoom: not in front of a hall, nor in a saved page. */
  private tellOfZooming(): void {
    const { local, panel, hall } = this;
    if (local.zooming !== null || hall || !this.seen || panel.endedAt(now()) !== null) return;
    if (panel.contact.heard === null) return; // what is saved is shown before it is known to be no more than that
    if ([...panel.history.series.values()].some(({ size }) => size > 1)) local.zooming = firstTime("zooming");
  }

  private words(): void {
    const { hall, panel, local, actions } = this;
    this.wordsAt = performance.now();
    render((hall ? lecture : template)(view(panel, local, now()), local, actions), this.body);
  }

  private plot(): void {
    const { width, height, panel, local, colours } = this;
    if (this.chart.busy || width === 0 || height === 0) return;
    const { history, channels, state } = panel;
    const limits = state?.limits ?? []; // an older recording has none
    const trigger = state?.trigger ?? null;
    const scale = this.hall ? hallScale(width, height, unitsOf(channels, history).length) : 1;
    const end = inPixels(panel.chartEnd(now()), local, innerWidth(width, scale));
    const shown = range(history, local, end);
    this.shown = shown;
    // A chart that stands still is drawn again only for something new: marks are set there, too.
    const still = local.paused !== null && !local.zoom;
    const news = still ? history.table.floor : history.revision;
    const facts = JSON.stringify([channels, limits, trigger, [...local.hidden], [...local.axes]]);
    if (!this.changedChart(...shown, width, height, colours, facts, history, history.markings, news)) return;
    const style = { ...colours, scale };
    const scene = { history, channels, limits, trigger, chosen: local, range: shown, width, height, style };
    const made = figure(scene, this.ranges);
    this.ranges = made.ranges;
    this.chart.draw(made);
  }

  private watchPage(): void {
    const again = () => {
      this.looked();
      // Not with every paint: the page would have to lay itself out to tell.
      ({ clientWidth: this.width, clientHeight: this.height } = this.chartElement);
      this.below = this.body.querySelector(".pieces")!.clientWidth;
      this.changed(true);
    };
    const size = new ResizeObserver(again);
    size.observe(this.chartElement);
    const { signal } = this;
    signal.addEventListener("abort", () => size.disconnect());
    document.addEventListener("fullscreenchange", () => this.change({ full: fills(this.root) }), { signal });
    // A theme's change does not measure it: JupyterLab shows nothing meanwhile.
    this.watch({ sight: again, theme: () => this.themed() });
    signal.addEventListener(
      "abort",
      every(MOVE_EVERY, () => this.changed(false)),
    );
  }

  private themed(): void {
    this.colours = coloursOf(this.root);
    this.changed(true);
  }
}

/** By how much words and lines of a chart of a size in pixels, and of so many axes, are larger in a hall. */
function hallScale(width: number, height: number, count: number): number {
  return Math.min(3, Math.max(1, Math.min(width / 640, height / (126 + 44 * Math.max(1, count)))));
}
