/** Pieces of a channel's readings, laid over one another at their crossings. Pure, as `figure.ts` is. */
import type { Channel, Trigger } from "../contract";
import type { History } from "../data/history";
import { levelsOf, type Piece } from "../data/pieces";
import { LINE_COLOURS } from "../page/theme";
import * as axes from "./axes";
import { type Figure, lookOf, readingTraces } from "./figure";
import type { Range, Reading, Style, Trace } from "./style";
import { nothing, thin } from "./thin";

export interface Laid {
  history: History;
  channel: Channel;
  pieces: readonly Piece[];
  trigger: Trigger;
  width: number;
  height: number;
  style: Style;
}

const OLD = 0.7; // how strong the lines of all but the newest are

/** How a piece's line looks, by its number. */
export const lookOfPiece = ({ nth }: Piece) => lookOf((nth - 1) % (4 * LINE_COLOURS));

export function overlay(scene: Laid, before?: Range): Figure {
  const { channel, pieces, trigger, width, height, style } = scene;
  const range: Range = [-trigger.before, trigger.after];
  const readings = pieces.map((piece) => readingOf(piece, scene));
  const levels = channel.name === trigger.channel ? levelsOf(trigger) : [];
  const values = axes.valueRange(readings.map(({ line }) => line), levels, before); // biome-ignore format: a sum
  const ticks = axes.valueTicks(values, 4);
  const scale: axes.Scale = { axis: "y", unit: channel.unit, readings, range: values, ticks };
  const margin = axes.margins([scale], [], false, width, style.scale);
  const across = { type: "line", xref: "paper", x0: 0, x1: 1, yref: "y" };
  const line = { color: style.bad, width: 1.5 * style.scale, dash: "dash" };
  const crossing = { type: "line", xref: "x", x0: 0, x1: 0, yref: "paper", y0: 0, y1: 1 };
  const { yaxis2: _commands, ...made } = axes.layout([scale], {
    range,
    width: width - margin.l - margin.r,
    style,
  });
  const seconds = axes.valueTicks(range, 6);
  return {
    data: readings.flatMap((reading, nth) => traces(reading, nth === readings.length - 1, style)),
    layout: {
      ...made,
      width,
      height,
      margin,
      dragmode: false,
      xaxis: {
        ...(made.xaxis as object),
        tickvals: seconds.values,
        ticktext: seconds.texts.map((it) => `${it} s`),
        anchor: "y",
        fixedrange: true,
      },
      yaxis: { ...(made.yaxis as object), domain: [0, 1], fixedrange: true },
      shapes: [
        { ...crossing, line: { color: style.soft, width: style.scale } },
        ...levels.map((level) => ({ ...across, y0: level, y1: level, line })),
      ],
      annotations: [],
    },
    ranges: new Map([["y", values]]),
  };
}

function readingOf(piece: Piece, { history, channel, trigger, width }: Laid): Reading {
  const series = history.series.get(channel.name);
  const [from, to] = [piece.at - trigger.before * 1000, piece.at + trigger.after * 1000];
  const line = series ? thin(history, series, from, to, width) : nothing();
  const relative = (times: number[]) => times.map((time) => (time - piece.at) / 1000);
  return {
    ...channel,
    name: String(piece.nth),
    line: { ...line, x: relative(line.x), dots: { ...line.dots, x: relative(line.dots.x) } },
    nth: piece.nth - 1,
    axis: "y",
  };
}

function traces(reading: Reading, newest: boolean, style: Style): Trace[] {
  return readingTraces(reading, style).map((it) => ({ ...it, opacity: newest ? 1 : OLD }));
}
