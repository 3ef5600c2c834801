/** Plotly's layout: axes one above the other, each with room for its words. */

import { timeTicks } from "../data/zone";
import { forPlotly } from "../page/text";
import { FONT_SIZE, MARKS_AXIS, type Style } from "./traces";
import { longest, type Range, valueTicks } from "./values";

/** An axis of values. */
export interface Scale {
  /** As a trace names it: `y`, `y3`, … */
  axis: string;
  unit: string;
  range: Range;
  /** Whether nothing is drawn on it. */
  empty: boolean;
}

type Margin = Record<"l" | "r" | "t" | "b", number>;

/** The least; more where words need it. */
const MARGIN: Margin = { l: 46, r: 28, t: 10, b: 26 };
/** The room for the words of marks, above the readings. */
const WORDS = 12;
/** The room for a unit beside the numbers, and for each character of these. */
const UNIT = 24;
const CHARACTER = 7.7;
const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
/** The share of the height that the commands' marks have to themselves. */
const STRIP = 0.16;
const BETWEEN = 0.09;
/** What each further unit adds to the chart's height, as a share of that with one; `panel.css` has it, too. */
const FURTHER = 0.4;
const LONGEST_UNIT = 12;

/** How many pixels of a chart's width its time axis has, or a few less. */
export function innerWidth(width: number, scale: number): number {
  return Math.max(50, width - scale * (MARGIN.l + MARGIN.r));
}

/** `y2` is the marks'. */
export function axisName(nth: number): string {
  return nth === 0 ? "y" : `y${nth + 2}`;
}

/** How many pixels high each of so many axes is. */
export function scaleHeight(height: number, count: number, scale: number): number {
  return (height - scale * (MARGIN.t + MARGIN.b)) * shares(count).height;
}

/** The room around the axes, for the longest of their numbers and for names at the lines' ends. */
export function margins(
  scales: readonly Scale[],
  names: readonly number[],
  words: boolean,
  width: number,
  scale: number,
): Margin {
  const { l, r, t, b } = MARGIN;
  const numbers = scales.map((it) => longest(it.range, ticksOf(it, scales.length)) * CHARACTER + UNIT);
  return {
    l: Math.round(scale * Math.max(l, ...numbers)),
    r: Math.round(Math.min(width / 3, Math.max(scale * r, ...names))),
    t: scale * (words ? t + WORDS : t),
    b: scale * b,
  };
}

export function layout(
  scales: readonly Scale[],
  range: [number, number],
  inner: number,
  style: Style,
): Record<string, unknown> {
  const axis = {
    gridcolor: style.grid,
    linecolor: style.grid,
    zeroline: false,
    automargin: false,
    tickangle: 0,
    ticklabeloverflow: "allow",
    // Not "date": that axis draws an hour that comes twice as one.
    type: "linear",
  };
  const { strip, between, height } = shares(scales.length);
  const axes = scales.map((it, nth) => {
    const bottom = strip + (scales.length - 1 - nth) * (height + between);
    const { values, texts } = ticksOf(it, scales.length);
    const title = { text: forPlotly(it.unit.slice(0, LONGEST_UNIT)) };
    const domain = [bottom, bottom + height];
    return [
      layoutName(it.axis),
      { ...axis, domain, range: it.range, tickvals: values, ticktext: texts, title },
    ];
  });
  const { values, texts } = timeTicks(range, inner, style.scale);
  const font = { family: FONT, size: FONT_SIZE * style.scale };
  return {
    uirevision: "kept",
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { ...font, color: style.soft },
    hoverlabel: { bgcolor: style.ground, bordercolor: style.grid, font: { ...font, color: style.ink } },
    showlegend: false,
    hovermode: "closest",
    dragmode: "zoom",
    xaxis: { ...axis, range, anchor: MARKS_AXIS, tickvals: values, ticktext: texts },
    [layoutName(MARKS_AXIS)]: { domain: [0, strip], range: [0, 1], visible: false, fixedrange: true },
    ...Object.fromEntries(axes),
  };
}

/** What the layout calls an axis. */
function layoutName(axis: string): string {
  return axis.replace("y", "yaxis");
}

function ticksOf({ range, empty }: Scale, count: number): { values: number[]; texts: string[] } {
  return empty ? { values: [], texts: [] } : valueTicks(range, count > 1 ? 4 : 6);
}

/** The shares of the height that the marks' strip, the gaps and each of so many axes have. */
function shares(count: number): { strip: number; between: number; height: number } {
  const tall = 1 + FURTHER * (count - 1);
  const [strip, between] = [STRIP / tall, BETWEEN / tall];
  return { strip, between, height: (1 - strip - between * (count - 1)) / count };
}
