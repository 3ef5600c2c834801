/** A spectrum, one channel over another, and charts like them, as Plotly's data and layout. Pure, as `figure.ts` is. */
import * as axes from "./axes";
import type { Figure } from "./figure";
import { axisOf, forPlotly, ground, type Range, type Style, type Trace } from "./style";

export type Place = { width: number; style: Style };

const HEIGHT = 240;

/** An axis with what stands beside it, and at most so many ticks. */
export type Axis = { range: Range; title: string; most: number };

/** A chart of two axes of numbers, that no hand moves. */
export function plainFigure(place: Place, data: Trace[], x: Axis, y: Axis, shapes: Trace[] = []): Figure {
  const { width, style } = place;
  const axis = ({ range, title, most }: Axis) => ({
    ...axisOf(style, range, axes.valueTicks(range, most)),
    fixedrange: true,
    title: { text: forPlotly(title), standoff: 6 },
  });
  return {
    data,
    layout: {
      ...ground(style),
      dragmode: false,
      width,
      height: HEIGHT,
      margin: { l: 64, r: 14, t: 8, b: 44 },
      xaxis: axis(x),
      yaxis: axis(y),
      shapes,
      annotations: [],
    },
    ranges: new Map([["y", y.range]]),
  };
}

export type Other = Place & { x: number[]; y: number[]; across: string; up: string };

/** Amplitudes by frequency: a line, and what is below it tinted. */
export function swings(scene: Other): Figure {
  const { x, y, style } = scene;
  const line = { color: style.lines[1], width: 1.5 * style.scale };
  const values = axes.rangeWithZero([{ y }], []);
  return drawn(scene, { mode: "lines", line, fill: "tozeroy" }, [0, Math.max(...x)], values);
}

/** A point for each two values. */
export function over(scene: Other): Figure {
  const { x, y, style } = scene;
  const marker = { color: style.lines[1], size: 5 * style.scale, opacity: 0.75 };
  const [across, up] = [x, y].map((values) => axes.valueRange([{ y: values }]));
  return drawn(scene, { mode: "markers", marker }, across, up);
}

function drawn(scene: Other, look: Trace, range: Range, values: Range): Figure {
  const { x, y, across, up, width } = scene;
  const trace = { type: "scatter", x, y, name: forPlotly(up), ...look };
  const most = width < 420 ? 4 : 8;
  return plainFigure(scene, [trace], { range, title: across, most }, { range: values, title: up, most: 4 });
}
