/** The part of Plotly that we call; the package has no types for its separate modules. */

declare module "plotly.js/lib/core" {
  export interface PlotElement extends HTMLElement {
    data: Record<string, unknown>[];
    _fullData: Record<string, unknown>[];
    layout: Record<string, unknown>;
    on(event: "plotly_relayout", handler: (change: Record<string, unknown>) => void): void;
    on(event: "plotly_doubleclick", handler: () => void): void;
  }
  const Plotly: {
    register(modules: unknown[]): void;
    react(
      element: HTMLElement,
      data: Record<string, unknown>[],
      layout: Record<string, unknown>,
      config: Record<string, unknown>,
    ): Promise<PlotElement>;
    relayout(element: HTMLElement, change: Record<string, unknown>): Promise<PlotElement>;
    purge(element: HTMLElement): void;
  };
  export default Plotly;
}

declare module "plotly.js/lib/scatter" {
  const scatter: unknown;
  export default scatter;
}

declare module "plotly.js/src/plots/plots" {
  import type { PlotElement } from "plotly.js/lib/core";
  export function doCalcdata(plot: PlotElement, traces: number[]): void;
}

declare module "*.css" {
  const text: string;
  export default text;
}
