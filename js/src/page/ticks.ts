/** One timer for all that looks after itself by the clock: with one each, twenty panels would wake a page 200 times a second. */

/** Milliseconds. */
const TICK = 100;

const calls = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Calls every so many milliseconds, in steps of 100, until what it gives back is called. */
export function every(milliseconds: number, then: () => void): () => void {
  let left = milliseconds;
  const call = () => {
    left -= TICK;
    if (left > 0) return;
    left = milliseconds;
    then();
  };
  calls.add(call);
  timer ??= setInterval(() => {
    for (const each of calls) queueMicrotask(each); // an error of one must not stop the others
  }, TICK);
  return () => {
    calls.delete(call);
    if (calls.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
