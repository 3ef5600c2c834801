/** One channel over another: each reading of the second, with the last of the first before it. Pure. */
import type { History } from "./history";

const MOST = 4000; // points, the newest

export type Pairs = { x: number[]; y: number[]; all: number };

export function pairs(history: History, across: string, up: string, from: number, to: number): Pairs {
  const [first, second] = [history.series.get(across), history.series.get(up)];
  const found: Pairs = { x: [], y: [], all: 0 };
  if (!first || !second) return found;
  for (let at = second.search(to + 1) - 1; at >= second.search(from); at--) {
    const other = first.search(second.time(at) + EXACT) - 1;
    if (other < first.start || history.silentBetween(first.row(other), second.row(at))) continue;
    found.all++;
    if (found.x.length >= MOST) continue;
    found.x.push(first.value(other));
    found.y.push(second.value(at));
  }
  return found;
}

/** How far two go together, Pearson's: from -1 to 1; null where there are few, or one stays the same. */
export function correlation({ x, y }: Pick<Pairs, "x" | "y">): number | null {
  const mean = (of: number[]) => of.reduce((sum, it) => sum + it, 0) / of.length;
  const [middleX, middleY] = [mean(x), mean(y)];
  let [both, alongX, alongY] = [0, 0, 0];
  for (const [nth, value] of x.entries()) {
    const [right, up] = [value - middleX, y[nth] - middleY];
    both += right * up;
    alongX += right * right;
    alongY += up * up;
  }
  return x.length < FEW || alongX === 0 || alongY === 0 ? null : both / Math.sqrt(alongX * alongY);
}

const FEW = 3;
const EXACT = 1e-3; // milliseconds that are no difference
