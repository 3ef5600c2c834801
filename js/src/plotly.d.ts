/** The part of Plotly that we call; the package has no types for its separate modules. */

declare module "plotly.js/lib/core" {
  export interface PlotElement extends HTMLElement {
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
    purge(element: HTMLElement): void;
  };
  export default Plotly;
}

declare module "plotly.js/lib/scatter" {
  const scatter: unknown;
  export default scatter;
}

declare module "*.css" {
  const text: string;
  export default text;
}
