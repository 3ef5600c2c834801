/** The chart: the only module that knows Plotly. */

import Plotly, { type PlotElement } from "plotly.js/lib/core";
import scatter from "plotly.js/lib/scatter";
import { doCalcdata } from "plotly.js/src/plots/plots";
import type { Figure } from "./figure";
import type { Zoom } from "./local";
import { isReading } from "./traces";
import { userZoom } from "./zoom";

Plotly.register([scatter]);

const CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  showSendToCloud: false,
  doubleClick: false,
  showTips: false,
  responsive: false,
};

export interface ChartEvents {
  /** The user has zoomed or moved the chart. */
  zoomed(zoom: Zoom): void;
  /** The user wants the chart to be live again. */
  live(): void;
}

export class Chart {
  private listening = false;
  private held = false;
  private revision = 0;
  private shape = "";

  constructor(
    private readonly element: HTMLElement,
    private readonly events: ChartEvents,
  ) {
    element.addEventListener("pointerdown", this.hold, true);
    addEventListener("pointerup", this.release, true);
    addEventListener("pointercancel", this.release, true);
  }

  /** Whether a drag goes on, under which the chart must not be changed. */
  get busy(): boolean {
    return this.held;
  }

  draw(figure: Figure, width: number, height: number): void {
    const shape = shapeOf(figure, width, height);
    if (shape === this.shape) this.move(figure);
    else this.make(figure, width, height);
    this.shape = shape;
  }

  private make({ data, layout }: Figure, width: number, height: number): void {
    void Plotly.react(
      this.element,
      data,
      { ...layout, width, height, datarevision: ++this.revision },
      CONFIG,
    );
    if (!this.listening) this.listen();
  }

  /** Draws nothing anew but points and ranges: `make` would make every axis and label again, at twice the cost. */
  private move({ data, layout }: Figure): void {
    const plot = this.element as PlotElement;
    const moved = data.flatMap((trace, nth) => (isReading(trace) ? [nth] : []));
    for (const nth of moved) {
      const { x, y } = data[nth];
      Object.assign(plot.data[nth], { x, y });
      Object.assign(plot._fullData[nth], { x, y, _length: (x as number[]).length });
    }
    doCalcdata(plot, moved);
    void Plotly.relayout(plot, newRanges(layout, plot.layout));
  }

  close(): void {
    removeEventListener("pointerup", this.release, true);
    removeEventListener("pointercancel", this.release, true);
    Plotly.purge(this.element);
  }

  private listen(): void {
    this.listening = true;
    const plot = this.element as PlotElement;
    plot.on("plotly_relayout", (change) => {
      const zoom = userZoom(change, plot.layout);
      if (zoom) this.events.zoomed(zoom);
    });
    plot.on("plotly_doubleclick", () => this.events.live());
  }

  private readonly hold = (): void => {
    this.held = true;
  };

  private readonly release = (): void => {
    this.held = false;
  };
}

/** All of a figure but the readings' points and the ranges; a trace that gets its first point is another shape. */
function shapeOf({ data, layout }: Figure, width: number, height: number): string {
  const traces = data.map((it) =>
    isReading(it) ? { ...it, x: (it.x as number[]).length > 0, y: null } : it,
  );
  return JSON.stringify([traces, layout, width, height], (key, value) => (key === "range" ? null : value));
}

/** The ranges to be drawn: always that of the time axis, without which Plotly would draw nothing. */
function newRanges(layout: Figure["layout"], old: Figure["layout"]): Record<string, unknown> {
  const range = (of: Figure["layout"], axis: string) => (of[axis] as { range: unknown }).range;
  const axes = Object.keys(layout).filter((name) => /^[xy]axis/.test(name));
  const moved = axes.filter(
    (name) => name === "xaxis" || String(range(layout, name)) !== String(range(old, name)),
  );
  return Object.fromEntries(moved.map((name) => [`${name}.range`, range(layout, name)]));
}
