/** A recording as one batch of rows, so that it is drawn as live data are. */
import type { Origin, PanelEvent, Recorded, Rows } from "../contract";
import type { Columns } from "./rows";

export function recordedRows({ series, state }: Recorded): { rows: Rows; columns: Columns } {
  const points = series.flatMap(({ times, values }, nth) =>
    times.map((time, at) => ({ time, value: values[at], origin: nth + 1 })),
  );
  const origins: Record<string, Origin> = {};
  for (const [nth, { channel }] of series.entries())
    origins[nth + 1] = {
      channel,
      boot: null,
      interval: null,
      virtual: state.virtual,
      replay: state.replay != null,
    };
  // A missing value is a silence: an event, as in the store.
  const events = points.flatMap(({ value }, row): [number, PanelEvent][] =>
    value === null ? [[row, { kind: "offline" }]] : [],
  );
  return {
    rows: { first: 0, end: points.length, floor: 0, origins, events },
    columns: {
      times: Float64Array.from(points, ({ time }) => time),
      values: Float64Array.from(points, ({ value }) => value ?? Number.NaN),
      origins: Uint16Array.from(points, ({ value, origin }) => (value === null ? 0 : origin)),
    },
  };
}
