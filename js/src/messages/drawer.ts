/** The drawer under a panel: what is chosen in it, and when it is drawn. */
import { render } from "lit-html";
import { type Line, sift } from "../data/messages";
import type { LivePanel } from "../data/panel";
import { copyText } from "../page/browser";
import { guard } from "../page/guard";
import { now } from "../page/time";
import { copyOf, type Form } from "./copies";
import { type DrawerActions, LocalDrawer, template } from "./template";

/** A list within this of its end is at its end. */
const NEAR_END = 8;

let drawers = 0;

export class Drawer {
  private readonly id = `picopanel-messages-${drawers++}`;
  private readonly chosen = new LocalDrawer();
  private lines: Line[] = [];
  private readonly changed = guard();

  constructor(
    private readonly place: HTMLElement,
    private readonly panel: LivePanel,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.chosen.open && panel.watchMessages(false, now()));
  }

  /** Draws what has changed; costs nothing while it is closed. */
  draw(): void {
    const { chosen, panel } = this;
    const { messages, state, contact } = panel;
    const live = contact.heard !== null;
    const all = chosen.still ?? messages.all;
    if (!this.changed(live, all, messages.have, state?.id, ...Object.values(chosen))) return;
    this.lines = chosen.open ? sift(all, chosen.sieve) : [];
    const { id, lines } = this;
    const listed = { id, board: state?.id ?? "", live, all, lines, newer: this.newer() };
    render(template(listed, chosen, this.actions), this.place);
    if (chosen.open && !chosen.still) this.toEnd();
  }

  /** How many have come since it stands still, as far as they pass the filter. */
  private newer(): number {
    const { still, sieve } = this.chosen;
    if (!still) return 0;
    const last = still.at(-1)?.number ?? -1;
    const since = this.panel.messages.all.filter(({ number }) => number > last);
    return sift(since, sieve).reduce((sum, { leftOut }) => sum + 1 + leftOut, 0);
  }

  private readonly actions: DrawerActions = {
    toggle: (open) => {
      if (open === this.chosen.open) return;
      this.panel.watchMessages(open, now());
      this.change({ open, still: null });
    },
    sift: (sieve) => this.change({ sieve: { ...this.chosen.sieve, ...sieve } }),
    scrolled: (list) => {
      const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
      if (atEnd !== (this.chosen.still === null))
        this.change({ still: atEnd ? null : this.panel.messages.all });
    },
    newest: () => this.change({ still: null, line: null, copy: null }),
    choose: (line) => this.choose(line),
    key: (event) => this.key(event),
    copy: (form) => this.copy(form),
  };

  private change(chosen: Partial<LocalDrawer>): void {
    Object.assign(this.chosen, chosen);
    this.draw();
  }

  /** A chosen line stays where it is. */
  private choose(line: Line): void {
    this.change({ line, copy: null, still: this.chosen.still ?? this.panel.messages.all });
    this.place.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.lines.length - 1;
    const found = this.lines.findIndex(({ number }) => number === this.chosen.line?.number);
    const at = found < 0 ? last : found;
    const targets: Record<string, number> = {
      ArrowUp: found < 0 ? last : at - 1,
      ArrowDown: at + 1,
      PageUp: at - 8,
      PageDown: at + 8,
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
    if (!this.chosen.line) return;
    const text = copyOf(this.chosen.line, form);
    this.change({ copy: { text, copied: null } });
    const copied = await copyText(text, () => this.place.querySelector("textarea"));
    if (this.chosen.copy?.text === text) this.change({ copy: { text, copied } });
  }

  private toEnd(): void {
    const list = this.place.querySelector(".listing");
    if (list) list.scrollTop = list.scrollHeight;
  }
}
