/** A spectrum, and one channel over another, as Plotly's data and layout. Pure, as `figure.ts` is. */
import * as axes from "./axes";
import type { Figure } from "./figure";
import { axisOf, forPlotly, ground, type Range, type Style, type Trace } from "./style";

export interface Other {
  x: number[];
  y: number[];
  across: string;
  up: string;
  width: number;
  height: number;
  style: Style;
}

/** Amplitudes by frequency: a line, and what is below it tinted. */
export function swings(scene: Other): Figure {
  const color = scene.style.lines[1];
  const line = { color, width: 1.5 * scene.style.scale };
  return made(scene, { mode: "lines", line, fill: "tozeroy" }, [0, Math.max(...scene.x)], true);
}

/** A point for each two values. */
export function over(scene: Other): Figure {
  const marker = { color: scene.style.lines[1], size: 5 * scene.style.scale, opacity: 0.75 };
  return made(scene, { mode: "markers", marker }, rangeOf(scene.x), false);
}

const rangeOf = (y: number[]): Range => axes.valueRange([{ y }]);

function made(
  { x, y, across, up, width, height, style }: Other,
  look: Trace,
  range: Range,
  zero: boolean,
): Figure {
  const values: Range = zero ? axes.rangeWithZero([{ y }], []) : rangeOf(y);
  const axis = (range: Range, title: string, most: number) => ({
    ...axisOf(style, range, axes.valueTicks(range, most)),
    fixedrange: true,
    title: { text: forPlotly(title), standoff: 6 },
  });
  return {
    data: [{ type: "scatter", x, y, name: forPlotly(up), ...look }],
    layout: {
      ...ground(style),
      dragmode: false,
      width,
      height,
      margin: { l: 64, r: 14, t: 8, b: 44 },
      xaxis: axis(range, across, width < 420 ? 4 : 8),
      yaxis: axis(values, up, 4),
      shapes: [],
      annotations: [],
    },
    ranges: new Map([["y", values]]),
  };
}
