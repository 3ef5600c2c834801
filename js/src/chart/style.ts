/** What all parts of the chart share: how it looks, what its parts are for Plotly, and words that fit. */
import type { Channel } from "../contract";
import type { Ticks } from "../data/zone";
import { plain } from "../page/text";
import type { Colours } from "../page/theme";
import type { Line } from "./thin";

export type Trace = Record<string, unknown>;
export type Range = [from: number, to: number];

/** Colours, and by how much words and lines are larger than in a panel. */
export type Style = Colours & { scale: number };

/** A channel's line and where it is drawn. */
export type Reading = Channel & { line: Line; nth: number; axis: string };

/** The time axis that all is drawn along: its range, its width in pixels, and how it looks. */
export type TimeAxis = { range: Range; width: number; style: Style };

export type Overlay = { shapes: Trace[]; annotations: Trace[] };

const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
export const FONT_SIZE = 12; // pixels, in a panel
const CHARACTER = 0.6; // a character's width, as a share of its font's size

/** What all of our charts have. */
export function ground({ soft, scale }: Style) {
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: FONT, size: FONT_SIZE * scale, color: soft },
    showlegend: false,
    hovermode: false, // `readout.ts` tells more
  };
}

/** What all of their axes have that show numbers or times. */
export function axisOf({ grid }: Style, range: Range, { values, texts }: Ticks) {
  return {
    gridcolor: grid,
    linecolor: grid,
    zeroline: false,
    automargin: false,
    tickangle: 0,
    ticklabeloverflow: "allow",
    // Not "date": that axis draws an hour that comes twice as one.
    type: "linear",
    range,
    tickvals: values,
    ticktext: texts,
  };
}

export function textWidth(text: string, size: number): number {
  return text.length * CHARACTER * size;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "%": "&#37;", $: "&#36;" };

/** For Plotly, whose labels read `<a>`, `<b>`, entities and, in templates, `%{}`, and, where a page has MathJax, `$`. */
export function forPlotly(text: string): string {
  return plain(text).replace(/[&<>%$]/g, (character) => ENTITIES[character]);
}

export function note(place: Trace, text: string, color: string, scale: number): Trace {
  return { ...place, text: forPlotly(text), showarrow: false, font: { size: FONT_SIZE * scale, color } };
}
