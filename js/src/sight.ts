/** Whether anybody sees what a page shows. All times are the page's. */

/** Scrolling past is not leaving. */
const REST_AFTER = 1_000;

export class Sight {
  seen = true;

  constructor(private seenAt: number) {}

  /** Takes whether anybody looks now; gives whether that changes what the kernel has to send. */
  look(seen: boolean, at: number): boolean {
    if (seen) this.seenAt = at;
    if (seen === this.seen || at - this.seenAt < (seen ? 0 : REST_AFTER)) return false;
    this.seen = seen;
    return true;
  }
}
