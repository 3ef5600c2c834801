/** The kernel's clock, as far as its messages tell: a message can only be late, so the earliest is right. */

const REMEMBERED = 16;

export class Clock {
  private readonly offsets: number[] = [];

  /** Takes the kernel's time in a message that came at a time of the page. */
  hear(kernel: number, page: number): void {
    this.offsets.push(kernel - page);
    if (this.offsets.length > REMEMBERED) this.offsets.shift();
  }

  /** The kernel's time at a time of the page. */
  kernel(page: number): number {
    return page + (this.offsets.length ? Math.max(...this.offsets) : 0);
  }
}
