/**
 * Whether the kernel still speaks, and when the page must ask. All times are the page's.
 *
 * The kernel pushes something to a page in sight every half second. Where that does not get through, as in Colab
 * between cells, answers to questions do: then the page asks, and stops when a push is heard again.
 */

/** How long the kernel may take for its first news before a recording is taken for all there is. */
const FIRST_NEWS = 2_000;
/** Longer silence of pushes, missing two of them, means that they do not get here. */
const PUSH_SILENT = 1_100;
const POLL = 300; // so long after the last news the page asks, while pushes are silent
const EAGER = 50; // the same while an answer to a click is due
const SLIP = 100; // so long after an answer a push may owe its way to the question
const HANDLED = 500; // a click has been handled after this, on any network that is fit for one
const FIRST_REPEAT = 2_000; // an unanswered question is repeated after this, then after ever longer
const LAST_REPEAT = 60_000;
const MISSING_REPEAT = 1_000;
/** The kernel counts as lost after such a silence, with a question unanswered for so long. */
const SILENCE = 12_000;
const PATIENCE = 5_000;
/** A kernel in sight that says nothing for so long, and owes an answer for so long, is not taken to go on. */
const HELD_BREATH = 2_000;
/** A page that stood still for so long has not heard yet what has come meanwhile. */
const STALLED = 1_500;

export class Contact {
  heard: number | null = null; // when the last news came, or null before the first
  private pushed: number;
  private answered = Number.NEGATIVE_INFINITY;
  /** When something was last clicked here. */
  clicked = Number.NEGATIVE_INFINITY;
  private deaf = false; // whether pushes have been found not to get here
  private returning = false; // whether it waits for the answer after which pushes begin again
  private asked: number;
  private ticked: number;
  /** The first question since the last answer; the loader asks as soon as the page opens. */
  private waitingSince: number | null;
  private repeat = FIRST_REPEAT;
  /** Whether the host says that the line to the kernel is cut, as by a restart; later news tell otherwise. */
  cut = false;

  constructor(private readonly opened: number) {
    this.pushed = this.asked = this.ticked = this.waitingSince = opened;
  }

  hear(at: number, answer: boolean): void {
    this.heard = at;
    this.cut = false;
    this.repeat = FIRST_REPEAT;
    if (answer) {
      this.waitingSince = null;
      this.answered = at;
      if (this.returning) this.pushed = at;
      this.returning = false;
    } else if (this.counts(at)) {
      this.pushed = at;
      this.deaf = false;
    }
  }

  get waiting(): boolean {
    return this.waitingSince !== null;
  }

  /** It is in sight again, where it was not pushed to, and asks. */
  returned(at: number): void {
    this.returning = true;
    this.pushed = this.asked = at;
    this.waitingSince ??= at;
  }

  /** Whether to ask now, given that rows are missing or a click is open; a yes counts as asked. */
  shouldAsk(at: number, missing: boolean, eager = false): boolean {
    const stalled = at - this.ticked > STALLED;
    this.ticked = at;
    const lost = missing && (this.waitingSince === null || at - this.asked > MISSING_REPEAT);
    if (!lost && (stalled || !this.shouldPoll(at, eager))) return false;
    if (this.waitingSince === null) this.waitingSince = at;
    else this.repeat = Math.min(2 * this.repeat, LAST_REPEAT);
    this.asked = at;
    return true;
  }

  /** Whether no kernel has ever spoken here, though one would have by now. */
  absent(at: number): boolean {
    return this.heard === null && at - this.opened > FIRST_NEWS;
  }

  /** Up to when the kernel's word holds: after a silence no longer than to its last news. */
  known(at: number): number {
    return this.silent(at) ? this.heard! : at;
  }

  /** Whether the kernel is silent where it should speak, be it only for a while. */
  silent(at: number): boolean {
    if (this.heard === null) return false;
    const waited = this.waitingSince === null ? 0 : at - this.waitingSince;
    return this.cut || (at - this.heard > HELD_BREATH && waited > HELD_BREATH);
  }

  /** Whether the kernel is restarted or has left a question unanswered. */
  lost(at: number): boolean {
    if (this.cut) return true;
    const unanswered = this.waitingSince !== null && at - this.waitingSince > PATIENCE;
    return unanswered && at - (this.heard ?? this.opened) > SILENCE;
  }

  /** While the kernel handles what the page sent, a push can slip through that shows nothing. */
  private counts(at: number): boolean {
    const handled = this.waitingSince === null && at - this.answered > SLIP;
    return !this.deaf || (handled && at - this.clicked > HANDLED);
  }

  private shouldPoll(at: number, eager: boolean): boolean {
    const quiet = at - (this.heard ?? this.opened);
    this.deaf ||= at - this.pushed > (this.returning ? FIRST_REPEAT : PUSH_SILENT);
    if (!this.deaf || quiet < (eager ? EAGER : POLL)) return false;
    return this.waitingSince === null || at - this.asked > this.repeat;
  }
}
