/** Hands the page's readings to the browser as a file. */
import { csv } from "./csv";
import type { LivePanel } from "./live";
import { channelsOf } from "./view";

export function download(panel: LivePanel): void {
  const { table, remarks } = panel.history;
  const units = new Map(channelsOf(panel).map(({ name, unit }) => [name, unit]));
  const url = URL.createObjectURL(new Blob([csv(table, units, remarks)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${(panel.state?.id ?? "pico").replace(/[^\p{L}\p{N}._-]+/gu, "-")}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
