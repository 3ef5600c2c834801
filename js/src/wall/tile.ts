/** One tile of a wall, and the way from tile to tile. */
import { html, nothing, type TemplateResult } from "lit-html";
import { HEIGHT, type TileView, WIDTH } from "./view";

export function tile(it: TileView): TemplateResult {
  return html`
    <div class="board" data-level=${it.level} role="option" data-id=${it.id} tabindex=${it.current ? 0 : -1} aria-selected=${it.selected} aria-label=${it.title} title=${it.title}>
      <span class="led ${it.led ?? "none"}"></span>
      <b class="id">${it.label}</b>
      <span class="pick">${it.selected ? "✓" : nothing}</span>
      <span class="value ${it.stale ? "stale" : ""}"><b>${it.value}</b> <span>${it.unit}</span></span>
      ${it.why ? html`<span class="reason">${it.why}</span>` : line(it)}
      <span class="lamp ${it.level}"><i></i>${it.word}${it.away ? html`<em>${it.away}× away</em>` : nothing}${it.led && html`<span><span class="wide">LED </span>${it.led === "unknown" ? "?" : it.led}</span>`}</span>
    </div>
  `;
}

function line({ spark }: TileView): TemplateResult {
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><path d=${spark} vector-effect="non-scaling-stroke"></path></svg>`;
}

/** The board of the tile that something happened at, or null. */
export function idOf(target: EventTarget | null): string | null {
  return (target as Element | null)?.closest<HTMLElement>("[data-id]")?.dataset.id ?? null;
}

/** The tile that a key leads to, or null if it leads nowhere. */
export function tileAt(key: string, grid: HTMLElement, from: HTMLElement): HTMLElement | null {
  const tiles = [...grid.children] as HTMLElement[];
  const at = tiles.indexOf(from);
  const row = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const steps: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - row,
    ArrowDown: at + row,
    Home: 0,
    End: tiles.length - 1,
  };
  return tiles[steps[key]] ?? null;
}
