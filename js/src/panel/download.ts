/** Hands the page's readings to the browser as a file. */
import { csv } from "../data/csv";
import type { LivePanel } from "../data/live";
import { saveAs } from "../page/save";
import { channelsOf } from "./view";

export function download(panel: LivePanel): void {
  const { table, remarks } = panel.history;
  const units = new Map(channelsOf(panel).map(({ name, unit }) => [name, unit]));
  const name = (panel.state?.id ?? "pico").replace(/[^\p{L}\p{N}._-]+/gu, "-");
  saveAs(`${name}.csv`, csv(table, units, remarks));
}
