/** One timer for all that looks after itself by the clock: with one each, twenty panels would wake a page 200 times a second. */

const TICK = 100;

const calls = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Calls ten times a second, until what it gives back is called. */
export function everyTick(call: () => void): () => void {
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
