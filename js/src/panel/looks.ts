/** Other looks at the readings, and the channels that have enough readings for them. */
import type { Channel } from "../contract";
import type { LivePanel } from "../data/panel";
import type { Local } from "./actions";

export type Look = NonNullable<Local["look"]>;

/** The readings that a look needs; a spectrum as many as `_store/spectrum.py` does. */
const LEAST: Record<Look, number> = { spectrum: 32, xy: 2 };

export function channelsFor(look: Look, { channels, history }: LivePanel): Channel[] {
  return channels.filter(({ name }) => (history.series.get(name)?.size ?? 0) >= LEAST[look]);
}
