/** The kernel's clock, as far as its messages tell: a message can only be late, so the earliest is right. */

const REMEMBERED = 16;

export class Clock {
  private readonly offsets: number[] = [];
  /** How fast the kernel's clock goes: that of a replay is quick, or stands. */
  private rate = 1;

  /** Takes the kernel's time in a message that came at a time of the page. */
  hear(kernel: number, page: number, rate = 1): void {
    if (rate !== this.rate) this.offsets.length = 0;
    this.rate = rate;
    this.offsets.push(kernel - rate * page);
    if (this.offsets.length > REMEMBERED) this.offsets.shift();
  }

  /** The kernel's time at a time of the page. */
  kernel(page: number): number {
    return this.rate * page + (this.offsets.length ? Math.max(...this.offsets) : 0);
  }
}
