/** In which order the tiles stand. */
import type { Level } from "../contract";
import type { TileFacts } from "./contract";

export type Order = "trouble" | "name";

const RANK: Record<Level, number> = { bad: 0, warn: 1, unknown: 2, ok: 3 };

/** `board-2` comes before `board-10`. */
const names = new Intl.Collator(undefined, { numeric: true });

/** The IDs in order; in trouble first, or by name alone. */
export function ordered(tiles: Iterable<TileFacts>, order: Order): string[] {
  const rank = ({ level }: TileFacts) => (order === "trouble" ? RANK[level] : 0);
  return [...tiles].sort((a, b) => rank(a) - rank(b) || names.compare(a.id, b.id)).map(({ id }) => id);
}

/**
 * Keeps the tiles where they are while somebody uses them: nothing moves away under a finger.
 * Boards that are new come last until then.
 */
export class Standing {
  private ids: string[] = [];
  private usedAt = Number.NEGATIVE_INFINITY;
  private static readonly HOLD = 3_000;

  /** Somebody points at the tiles, or moves among them with the keyboard. */
  used(at: number): void {
    this.usedAt = at;
  }

  /** Put in order again, now. */
  release(): void {
    this.usedAt = Number.NEGATIVE_INFINITY;
  }

  order(tiles: ReadonlyMap<string, TileFacts>, order: Order, at: number): string[] {
    if (at - this.usedAt > Standing.HOLD) this.ids = ordered(tiles.values(), order);
    else if (this.ids.length < tiles.size) {
      const known = new Set(this.ids);
      this.ids = [...this.ids, ...[...tiles.keys()].filter((id) => !known.has(id))];
    }
    return this.ids;
  }
}
