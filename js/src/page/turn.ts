/**
 * When a panel may draw at once, and when it waits for the next frame: shared by all panels of a page.
 *
 * To draw at once is what makes a reading quick to see, and several panels' readings come close together.
 * But the page's user needs time too: as long as was drawn, nothing is.
 */

/** Milliseconds that may be drawn in one go. */
const CREDIT = 25;

export class Turn {
  /** Milliseconds drawn and not paid back yet. */
  private debt = 0;
  private at = 0;

  /** Draws at once and gives true, or leaves it to the next frame. `clock` gives the page's time. */
  take(draw: () => void, clock = () => performance.now()): boolean {
    const from = clock();
    this.debt = Math.max(0, this.debt - (from - this.at));
    this.at = from;
    if (this.debt >= CREDIT) return false;
    draw();
    this.at = clock();
    this.debt += this.at - from;
    return true;
  }
}
