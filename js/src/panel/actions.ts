/** What a user can do in a view, and what comes of it. */

import { changed, range, STEPS } from "../chart/zoom";
import type { Value } from "../contract";
import type { LivePanel } from "../data/live";
import { now } from "../page/now";
import { download } from "./download";
import { type Local, SPANS } from "./local";

const CLEAR_WITHIN = 3_000;

export type ButtonCommand = "on" | "off" | "toggle" | "blink" | "read";

export interface Actions {
  command(name: ButtonCommand): void;
  /** Shows a value that is being chosen. */
  choose(name: string, value: Value): void;
  set(name: string, value: Value): void;
  mark(text: string): void;
  /** Opens or closes the field for a mark. */
  marking(open: boolean): void;
  span(span: number | null): void;
  nextSpan(): void;
  pause(): void;
  play(how: { paused?: boolean; speed?: number }): void;
  live(): void;
  clear(): void;
  download(): void;
  toggleChannel(channel: string): void;
  dismiss(notice: string): void;
  chartKey(event: KeyboardEvent): void;
  fullScreen(): void;
  /** Dark if it is light, else light. */
  shade(): void;
}

/** What a view does for its actions. */
export interface Stage {
  /** Takes what is new in the view's own settings, and draws. */
  change(local: Partial<Local>): void;
  /** Puts the keyboard on the first element that a selector finds. */
  focus(selector: string): void;
  /** Fills the screen, or leaves it again; gives back why that cannot be. */
  fill(): Promise<string | null>;
  /** Changes between dark and light. */
  shade(): void;
}

export function actionsOf(panel: LivePanel, local: Local, stage: Stage): Actions {
  return {
    ...boardActions(panel, local, stage),
    ...chartActions(panel, local, stage),
    ...viewActions(local, stage),
  };
}

function boardActions(panel: LivePanel, local: Local, { change, focus }: Stage) {
  return {
    command: (name) => {
      panel.click(name, now());
      change({});
    },
    choose: (name, value) => {
      local.drafts.set(name, { value, click: null });
      change({});
    },
    set: (name, value) => {
      local.drafts.set(name, { value, click: panel.set(name, value, now()) });
      change({});
    },
    mark: (text) => panel.mark(text, local.marking ?? now()),
    marking: (open) => {
      change({ marking: open ? now() : null });
      focus(open ? ".marking input" : ".card");
    },
    play: (how) => {
      panel.play(how, now());
      change({});
    },
    clear: () => {
      const sure = now() < local.clearUntil;
      if (sure) panel.clear();
      change({ clearUntil: sure ? 0 : now() + CLEAR_WITHIN });
    },
    download: () => download(panel),
  } satisfies Partial<Actions>;
}

function chartActions(panel: LivePanel, local: Local, { change }: Stage) {
  const span = (to: number | null) => change({ span: to, zoom: null });
  const live = () => change({ zoom: null, paused: null });
  return {
    span,
    live,
    nextSpan: () => {
      const at = SPANS.findIndex(([, each]) => each === local.span);
      span(SPANS[(at + 1) % SPANS.length][1]);
    },
    pause: () => change({ paused: local.paused === null ? panel.chartEnd(now()) : null, zoom: null }),
    chartKey: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") live();
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      const shown = range(panel.history, local, panel.chartEnd(now()));
      change({ zoom: { x: changed(shown, ...step), y: local.zoom?.y ?? {} } });
    },
  } satisfies Partial<Actions>;
}

function viewActions(local: Local, { change, focus, fill, shade }: Stage) {
  return {
    toggleChannel: (channel) => {
      if (!local.hidden.delete(channel)) local.hidden.add(channel);
      change({});
    },
    dismiss: (notice) => {
      local.dismissed.add(notice);
      change({});
    },
    fullScreen: async () => {
      change({ hint: await fill() });
      focus(".card");
    },
    shade,
  } satisfies Partial<Actions>;
}
