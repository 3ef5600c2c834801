/** How a person has set a chart, as it is kept by the kernel for the page's next load, and the cell's next run. */
import { AXIS_MODES, type AxisMode, type Chosen } from "../chart/zoom";
import type { Look } from "../contract";

export function lookOf({ span, hidden, axes }: Chosen): Look {
  const held = (range: [number, number] | undefined): [number, number] | null => (range ? [...range] : null);
  return {
    span,
    hidden: [...hidden],
    axes: [...axes].map(([unit, { mode, range }]) => [unit, mode, held(range)]),
  };
}

/** Sets a chart so. A notebook of others may say anything. */
export function wear(chosen: Chosen, look: Look): void {
  const { span, hidden, axes } = look;
  if (span === null || span > 0) chosen.span = span;
  chosen.hidden = new Set(listOf(hidden).filter((name) => typeof name === "string"));
  const known = listOf(axes).filter((it) => Array.isArray(it) && AXIS_MODES.includes(it[1] as AxisMode));
  chosen.axes = new Map(
    known.map(([unit, mode, held]) => [String(unit), { mode: mode as AxisMode, range: rangeOf(held) }]),
  );
}

const listOf = <T>(given: T[]): T[] => (Array.isArray(given) ? given : []);

function rangeOf(held: unknown): [number, number] | undefined {
  const [from, to] = Array.isArray(held) ? held.map(Number) : [];
  return from < to ? [from, to] : undefined;
}
