/** Whether the kernel still speaks, and when the page must ask. All times are the page's. */

const SILENCE = 12_000;
const PATIENCE = 5_000;
const RETRY = 1_000;

export class Contact {
  /** When the last news came, or null before the first. */
  heard: number | null = null;
  private asked: number;

  constructor(private readonly opened: number) {
    this.asked = opened;
  }

  /** Whether to ask now, given that rows are missing or not; a yes counts as asked. */
  shouldAsk(at: number, missing: boolean): boolean {
    const lost = missing && at - this.asked > RETRY;
    const silent = this.silent(at) && this.asked <= this.since;
    if (lost || silent) this.asked = at;
    return lost || silent;
  }

  /** Whether the kernel has left a question unanswered. */
  lost(at: number): boolean {
    return this.silent(at) && at - this.asked > PATIENCE;
  }

  private silent(at: number): boolean {
    return at - this.since > SILENCE;
  }

  private get since(): number {
    return this.heard ?? this.opened;
  }
}
