/** The page's time, its one timer, and the kernel's clock. */

/** In milliseconds: about Unix time, but it goes on evenly when the computer's clock is set. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

const STEP = 100;
const calls = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/**
 * Calls every so many milliseconds, in steps of 100, until what it gives back is called. All share one timer:
 * with one each, twenty panels would wake a page 200 times a second.
 */
export function every(milliseconds: number, then: () => void): () => void {
  let left = milliseconds;
  const call = () => {
    left -= STEP;
    if (left > 0) return;
    left = milliseconds;
    then();
  };
  calls.add(call);
  timer ??= setInterval(() => {
    for (const each of calls) queueMicrotask(each); // an error of one must not stop the others
  }, STEP);
  return () => {
    calls.delete(call);
    if (calls.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const REMEMBERED = 16;

/** The kernel's clock, as far as its messages tell: a message can only be late, so the earliest is right. */
export class Clock {
  private offsets: number[] = [];
  private rate = 1; // how fast it goes: that of a replay is quick, or stands

  hear(kernel: number, page: number, rate = 1): void {
    if (rate !== this.rate) this.offsets = [];
    this.rate = rate;
    this.offsets = [...this.offsets, kernel - rate * page].slice(-REMEMBERED);
  }

  /** What was heard says nothing any more: a replay has gone elsewhere. */
  forget(): void {
    this.offsets = [];
  }

  kernel(page: number): number {
    return this.rate * page + (this.offsets.length ? Math.max(...this.offsets) : 0);
  }
}
