/** What keys do on the tiles. */

/** The tile that a key leads to, or null if it leads nowhere. */
export function moved(key: string, grid: HTMLElement, from: HTMLElement): HTMLElement | null {
  const tiles = [...grid.querySelectorAll<HTMLElement>("[data-id]")];
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

/** The first tile of which something is true, or null. */
export function firstIn(el: HTMLElement, is: (tile: HTMLElement) => boolean): HTMLElement | null {
  return [...el.querySelectorAll<HTMLElement>("[data-id]")].find(is) ?? null;
}
