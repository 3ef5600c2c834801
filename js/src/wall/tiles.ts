/** The tiles in their order, and how one is reached from another. */
import type { Level, TileFacts } from "../contract";

export type Order = "trouble" | "name";

const RANK: Record<Level, number> = { bad: 0, warn: 1, unknown: 2, ok: 3 };
/** So long after its last use nothing moves away under a finger. */
const HOLD = 3_000;

/** `board-2` comes before `board-10`. */
const names = new Intl.Collator(undefined, { numeric: true });

/** The IDs in order; in trouble first, or by name alone. */
export function ordered(tiles: Iterable<TileFacts>, order: Order): string[] {
  const rank = ({ level }: TileFacts) => (order === "trouble" ? RANK[level] : 0);
  return [...tiles].sort((a, b) => rank(a) - rank(b) || names.compare(a.id, b.id)).map(({ id }) => id);
}

/** Keeps the tiles where they are while somebody uses them. Boards that are new come last until then. */
export class TileOrder {
  private ids: string[] = [];
  /** When somebody last pointed at the tiles, or moved among them with the keyboard. */
  usedAt = Number.NEGATIVE_INFINITY;

  order(tiles: ReadonlyMap<string, TileFacts>, order: Order, at: number): string[] {
    if (at - this.usedAt > HOLD) this.ids = ordered(tiles.values(), order);
    else if (this.ids.length < tiles.size) this.ids = [...new Set([...this.ids, ...tiles.keys()])];
    return this.ids;
  }
}

export function tilesIn(el: HTMLElement): HTMLElement[] {
  return [...el.querySelectorAll<HTMLElement>("[data-id]")];
}

/** The board of the tile that something happened at, or null. */
export function idOf(target: EventTarget | null): string | null {
  return (target as Element | null)?.closest<HTMLElement>("[data-id]")?.dataset.id ?? null;
}

/** The tile that a key leads to, or null if it leads nowhere. */
export function tileAt(key: string, grid: HTMLElement, from: HTMLElement): HTMLElement | null {
  const tiles = tilesIn(grid);
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
