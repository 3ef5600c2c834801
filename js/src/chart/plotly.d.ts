/** The part of Plotly that we call; the package has no types for its separate modules. */

declare module "plotly.js/lib/core" {
  export type Tick = { x: number; text: string };
  /** `l2p` gives pixels. */
  export interface Axis {
    range: number[];
    _r: number[];
    _rl: number[];
    _offset: number;
    _length: number;
    _vals: Tick[];
    _gridVals: Tick[];
    cleanRange(): void;
    setScale(): void;
    l2p(x: number): number;
  }
  type Points = { t?: object }[];
  interface FullTrace extends Record<string, unknown> {
    _module: { calc(plot: PlotElement, trace: FullTrace): Points };
  }
  export interface PlotElement extends HTMLElement {
    data: Record<string, unknown>[];
    _fullData: FullTrace[];
    calcdata: Points[];
    layout: Record<string, unknown> & { xaxis: { range: number[] } };
    _fullLayout: Record<string, unknown> & { xaxis: Axis; _size: { t: number; h: number } };
    on(event: "plotly_relayout", handler: (change: Record<string, unknown>) => void): void;
    on(event: "plotly_doubleclick", handler: () => void): void;
    emit(event: "plotly_afterplot"): void;
  }
  const Plotly: {
    react(
      element: HTMLElement,
      data: Record<string, unknown>[],
      layout: Record<string, unknown>,
      config: Record<string, unknown>,
    ): Promise<PlotElement>;
    relayout(element: HTMLElement, change: Record<string, unknown>): Promise<PlotElement>;
    purge(element: HTMLElement): void;
    toImage(
      figure: { data: unknown; layout: object; config: object },
      how: { format: "png" | "svg"; width: number; height: number; scale?: number },
    ): Promise<string>;
  };
  export default Plotly;
}

declare module "plotly.js/src/plots/cartesian/axes" {
  import type { Axis, Tick } from "plotly.js/lib/core";
  export function calcTicks(axis: Axis): Tick[];
  export function clipEnds(axis: Axis, ticks: Tick[]): Tick[];
}

declare module "plotly.js/src/plot_api/subroutines" {
  import type { PlotElement } from "plotly.js/lib/core";
  export function drawData(plot: PlotElement): void;
}
