/** The chart: the only module that knows Plotly. */

import Plotly, { type PlotElement } from "plotly.js/lib/core";
import scatter from "plotly.js/lib/scatter";
import type { Figure } from "./figure";
import type { Zoom } from "./local";
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

  draw({ data, layout }: Figure, width: number, height: number): void {
    void Plotly.react(
      this.element,
      data,
      { ...layout, width, height, datarevision: ++this.revision },
      CONFIG,
    );
    if (!this.listening) this.listen();
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
