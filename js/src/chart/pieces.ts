/** Pieces of a channel's readings, laid over one another at their crossings. Pure, as `figure.ts` is. */
import type { Channel, Trigger } from "../contract";
import type { History } from "../data/history";
import { levelsOf, type Piece } from "../data/pieces";
import { LINE_COLOURS } from "../page/theme";
import { valueRange } from "./axes";
import { type Figure, lookOf, readingTraces } from "./figure";
import { type Axis, type Place, plainFigure } from "./other";
import type { Range, Reading, Style, Trace } from "./style";
import { nothing, thin } from "./thin";

export type Laid = Place & {
  history: History;
  channel: Channel;
  pieces: readonly Piece[];
  trigger: Trigger;
};

const OLD = 0.7; // how strong the lines of all but the newest are

/** How a piece's line looks, by its number. */
export const lookOfPiece = ({ nth }: Piece) => lookOf((nth - 1) % (4 * LINE_COLOURS));

export function overlay(scene: Laid, before?: Range): Figure {
  const { channel, pieces, trigger, style } = scene;
  const readings = pieces.map((piece) => readingOf(piece, scene));
  const levels = channel.name === trigger.channel ? levelsOf(trigger) : [];
  const lines = readings.map(({ line }) => line);
  const seconds: Axis = { range: [-trigger.before, trigger.after], title: "s", most: 6 };
  const values: Axis = { range: valueRange(lines, levels, before), title: channel.unit, most: 4 };
  const across = { type: "line", xref: "paper", x0: 0, x1: 1, yref: "y" };
  const line = { color: style.bad, width: 1.5 * style.scale, dash: "dash" };
  const crossing = { type: "line", xref: "x", x0: 0, x1: 0, yref: "paper", y0: 0, y1: 1 };
  const data = readings.flatMap((reading, nth) => traces(reading, nth === readings.length - 1, style));
  return plainFigure(scene, data, seconds, values, [
    { ...crossing, line: { color: style.soft, width: style.scale } },
    ...levels.map((level) => ({ ...across, y0: level, y1: level, line })),
  ]);
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
