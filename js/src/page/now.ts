/** The page's time, in milliseconds: about Unix time, but it goes on evenly when the computer's clock is set. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
