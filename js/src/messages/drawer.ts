/** The drawer under a panel: what is chosen in it, and when it is drawn. */
import { render } from "lit-html";
import type { LivePanel } from "../data/live";
import { type Line, type Sieve, sift } from "../data/messages";
import { now } from "../page/now";
import { type Clip, copyText } from "./clip";
import { copyOf, type Form } from "./copies";
import { type Shown, template } from "./template";

/** A list within this of its end is at its end. */
const NEAR_END = 8;

let drawers = 0;

export class Drawer {
  private readonly id = `picopanel-messages-${drawers++}`;
  private open = false;
  private sieve: Sieve = { text: "", topic: "", direction: "" };
  /** What is listed while it stands still, or null while it follows. */
  private held: readonly Line[] | null = null;
  private chosen: Line | null = null;
  private clip: Clip | null = null;
  private lines: Line[] = [];
  private drawn: unknown[] = [];

  constructor(
    private readonly place: HTMLElement,
    private readonly panel: LivePanel,
  ) {}

  close(): void {
    if (this.open) this.panel.watchMessages(false, now());
  }

  /** Draws what has changed; costs nothing while it is closed. */
  draw(): void {
    const { messages, state, contact } = this.panel;
    const live = contact.heard !== null;
    const all = this.held ?? messages.all;
    const what = [live, this.open, all, messages.have, this.sieve, this.chosen, this.clip, state?.id];
    if (what.every((it, nth) => it === this.drawn[nth])) return;
    this.drawn = what;
    this.lines = this.open ? sift(all, this.sieve) : [];
    const shown: Shown = {
      drawer: this.id,
      board: state?.id ?? "",
      open: this.open,
      live,
      sieve: this.sieve,
      topics: this.open ? [...new Set(all.map(({ topic }) => topic))].sort() : [],
      lines: this.lines,
      passed: all.length > 0,
      newer: this.held ? this.newer(this.held) : 0,
      chosen: this.chosen,
      clip: this.clip,
    };
    render(template(shown, this.actions), this.place);
    if (this.open && !this.held) this.toEnd();
  }

  /** How many have come since, as far as they pass the filter. */
  private newer(held: readonly Line[]): number {
    const last = held.at(-1)?.number ?? -1;
    const since = this.panel.messages.all.filter(({ number }) => number > last);
    return sift(since, this.sieve).reduce((sum, { leftOut }) => sum + 1 + leftOut, 0);
  }

  private readonly actions = {
    toggle: (open: boolean) => {
      if (open === this.open) return;
      this.panel.watchMessages(open, now());
      this.change({ open, held: null });
    },
    sift: (sieve: Partial<Sieve>) => this.change({ sieve: { ...this.sieve, ...sieve } }),
    scrolled: (list: HTMLElement) => {
      const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
      if (atEnd !== (this.held === null)) this.change({ held: atEnd ? null : this.panel.messages.all });
    },
    newest: () => this.change({ held: null, chosen: null, clip: null }),
    choose: (line: Line) => this.choose(line),
    key: (event: KeyboardEvent) => this.key(event),
    copy: (form: Form) => this.copy(form),
  };

  private change(
    changed: Partial<{
      open: boolean;
      sieve: Sieve;
      held: readonly Line[] | null;
      chosen: Line | null;
      clip: Clip | null;
    }>,
  ): void {
    Object.assign(this, changed);
    this.draw();
  }

  /** A chosen line stays where it is. */
  private choose(line: Line): void {
    this.change({ chosen: line, clip: null, held: this.held ?? this.panel.messages.all });
    this.place.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.lines.length - 1;
    const at = this.lines.findIndex(({ number }) => number === this.chosen?.number);
    const targets: Record<string, number> = {
      ArrowUp: at < 0 ? last : at - 1,
      ArrowDown: at < 0 ? last : at + 1,
      PageUp: (at < 0 ? last : at) - 8,
      PageDown: (at < 0 ? last : at) + 8,
      Home: 0,
      End: last,
    };
    if (event.key === "Escape") this.actions.newest();
    const target = targets[event.key];
    if (target === undefined || last < 0) return;
    event.preventDefault();
    this.choose(this.lines[Math.min(Math.max(target, 0), last)]);
  }

  private async copy(form: Form): Promise<void> {
    if (!this.chosen) return;
    const text = copyOf(this.chosen, form);
    this.change({ clip: { form, text, copied: null } });
    const copied = await copyText(text, () => this.place.querySelector("textarea"));
    if (this.clip?.text === text) this.change({ clip: { form, text, copied } });
  }

  private toEnd(): void {
    const list = this.place.querySelector(".listing");
    if (list) list.scrollTop = list.scrollHeight;
  }
}
