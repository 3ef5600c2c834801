/** The chart: the only module that knows Plotly. */
import Plotly, { type PlotElement, type Tick } from "plotly.js/lib/core";
import { drawData } from "plotly.js/src/plot_api/subroutines";
import { calcTicks, clipEnds } from "plotly.js/src/plots/cartesian/axes";
import { guard } from "../page/guard";
import type { Area } from "./area";
import { COMMANDS_AXIS } from "./axes";
import type { Figure } from "./figure";
import type { Range, Trace } from "./style";
import { Hands, heldAxes, type ShownAxis, userZoom, type Zoom } from "./zoom";

const CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  showSendToCloud: false,
  doubleClick: false,
  showTips: false,
  responsive: false,
};

type Ranges = Record<string, number[]>;
type AxisLayout = { range: number[]; tickvals?: number[]; ticktext?: string[] };

export class Chart {
  private readonly hands: Hands;
  private revision = 0;
  private readonly reshaped = guard();

  /** Without `events` it is only looked at. */
  constructor(
    private readonly element: HTMLElement,
    signal: AbortSignal,
    private readonly events?: {
      zoomed(zoom: Zoom): void;
      held(axes: Zoom["y"]): void;
      live(): void;
      reads(): boolean;
    },
  ) {
    const zoomed = (x: Range) => events?.zoomed({ x, y: {} });
    const reads = () => events?.reads() ?? false;
    this.hands = new Hands(element, window, signal, { axis: () => this.axis(), reads, zoomed });
    signal.addEventListener("abort", () => Plotly.purge(element));
  }

  /** Whether a drag goes on, under which the chart must not be changed. */
  get busy(): boolean {
    return this.hands.hold;
  }

  draw(figure: Figure): void {
    if (this.reshaped(shapeOf(figure))) this.make(figure);
    else this.move(figure);
  }

  private make({ data, layout }: Figure): void {
    const datarevision = ++this.revision;
    void Plotly.react(this.element, data, { ...layout, datarevision }, CONFIG);
    if (datarevision === 1) this.listen();
    // On paper, which has another width and no time to draw anew, it is shrunk as a whole: paper.css.
    for (const svg of this.element.querySelectorAll(".main-svg"))
      svg.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
  }

  /**
   * Draws nothing anew but points, and axes that have moved: `make` would make every axis and label again.
   * These are the steps of Plotly's own `restyle` and `relayout` that such a change needs.
   */
  private move({ data, layout }: Figure): void {
    const plot = this.element as PlotElement;
    for (const [nth, { x, y }] of data.entries())
      if (isReading(data[nth]) && (x as number[]).length) setPoints(plot, nth, x as number[], y);
    const ranges = newRanges(layout, plot.layout);
    setTicks(plot, layout);
    if (!slide(plot, ranges)) return void Plotly.relayout(plot, ranges);
    drawData(plot);
    plot.emit("plotly_afterplot");
  }

  /** Where time is drawn, in pixels of the element; null before anything is. */
  area(): Area | null {
    const { layout, _fullLayout } = this.element as Partial<PlotElement>;
    if (!layout || !_fullLayout) return null;
    const { _offset: left, _length: width } = _fullLayout.xaxis;
    const { t: top, h: height } = _fullLayout._size;
    return { range: [...layout.xaxis.range] as Range, left, width, top, height };
  }

  /** What is drawn, on a ground, as a `data:` address; points of a PNG are so fine that it can be printed. */
  picture(format: "png" | "svg", ground: string): Promise<string> {
    const { data, layout } = this.element as PlotElement;
    const { width, height } = layout as unknown as { width: number; height: number };
    const figure = { data, layout: { ...layout, paper_bgcolor: ground }, config: CONFIG };
    return Plotly.toImage(figure, { format, width, height, scale: format === "png" ? 3 : 1 });
  }

  private listen(): void {
    const plot = this.element as PlotElement;
    plot.on("plotly_relayout", (change) => {
      const held = heldAxes(change, plot.layout);
      const zoom = userZoom(change, plot.layout);
      if (Object.keys(held).length) this.events?.held(held);
      else if (zoom) this.events?.zoomed(zoom);
    });
    plot.on("plotly_doubleclick", () => this.events?.live());
  }

  private axis(): ShownAxis | null {
    const area = this.area();
    return area && { ...area, left: this.element.getBoundingClientRect().left + area.left };
  }
}

/** Whether a trace is of readings; the commands have the axis below to themselves. */
const isReading = (trace: Trace) => trace.yaxis !== COMMANDS_AXIS;

/** All of a figure but its points, ranges and ticks; a trace's first point and longer words at an axis are another shape. */
function shapeOf({ data, layout }: Figure): string {
  const traces = data.map((it) =>
    isReading(it) ? { ...it, x: (it.x as number[]).length > 0, y: null } : it,
  );
  return JSON.stringify([traces, layout], (key, value) => {
    if (key === "ticktext") return Math.max(...value.map((word: string) => word.length));
    return key === "range" || key === "tickvals" ? null : value;
  });
}

/** Ticks come along with a range, by which they are drawn: Plotly's own way to them makes every axis and trace again. */
function setTicks(plot: PlotElement, layout: Figure["layout"]): void {
  for (const [name, { tickvals, ticktext }] of axesOf(layout))
    for (const axis of [plot.layout[name], plot._fullLayout[name]])
      Object.assign(axis as object, { tickvals, ticktext });
}

function setPoints(plot: PlotElement, nth: number, x: number[], y: unknown): void {
  const trace = plot._fullData[nth];
  Object.assign(plot.data[nth], { x, y });
  Object.assign(trace, { x, y, _length: x.length });
  const points = trace._module.calc(plot, trace);
  Object.assign(points[0], { t: points[0].t ?? {}, trace });
  plot.calcdata[nth] = points;
}

/** Moves the time axis if no other changes and all its ticks stay: to draw it would cost as much as the line. */
function slide(plot: PlotElement, { "xaxis.range": range, ...others }: Ranges): boolean {
  if (Object.keys(others).length) return false;
  if (!range) return true;
  const axis = plot._fullLayout.xaxis;
  plot.layout.xaxis.range = range;
  axis.range = [...range];
  axis.cleanRange();
  axis.setScale();
  // Where a drag begins: Plotly notes it with every axis that it draws.
  axis._r = [...axis.range];
  axis._rl = [...axis.range];
  const ticks = calcTicks(axis);
  if (!same(ticks, axis._vals) || !same(clipEnds(axis, ticks), axis._gridVals)) return false;
  for (const it of plot.querySelectorAll<Element & { __data__: Tick }>(".xgrid, .xtick text"))
    it.setAttribute("transform", `translate(${axis._offset + axis.l2p(it.__data__.x)},0)`);
  return true;
}

function same(some: Tick[], others: Tick[]): boolean {
  const words = (ticks: Tick[]) => ticks.map(({ x, text }) => `${x} ${text}`).join();
  return words(some) === words(others);
}

function newRanges(layout: Figure["layout"], old: Figure["layout"]): Ranges {
  const before = Object.fromEntries(axesOf(old));
  const moved = axesOf(layout).filter(([name, { range }]) => String(range) !== String(before[name].range));
  return Object.fromEntries(moved.map(([name, { range }]) => [`${name}.range`, range]));
}

function axesOf(layout: Figure["layout"]) {
  return Object.entries(layout).filter(([name]) => /^[xy]axis/.test(name)) as [string, AxisLayout][];
}
