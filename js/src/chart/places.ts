/** Words along an axis, each where there is room. */

export class Places {
  private readonly taken: [number, number][] = [];

  /** On an axis so many pixels wide, with lines across it that no word may cover. */
  constructor(
    private readonly width: number,
    private readonly lines: readonly number[] = [],
  ) {}

  /** Takes the first of several stretches that is free, and gives its position among them, or -1. */
  take(stretches: readonly [number, number][]): number {
    const found = stretches.findIndex((it) => this.free(it));
    if (found >= 0) this.taken.push(stretches[found]);
    return found;
  }

  free([start, end]: [number, number]): boolean {
    if (start < 0 || end > this.width) return false;
    if (this.lines.some((at) => at > start + 1 && at < end - 1)) return false;
    return this.taken.every(([from, to]) => end <= from || start >= to);
  }
}
