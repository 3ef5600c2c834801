/** What a board can be set to, and what it is set to, as a view shows it. */
import type { Control } from "./contract";
import type { LivePanel } from "./live";
import type { Local } from "./local";
import { plain } from "./text";

export type Value = number | string | boolean;

/** What a user is about to set. */
export interface Draft {
  value: Value;
  /** The click that has sent it, or null while it is being chosen. */
  click: string | null;
}

/** A control with what is to be shown as its value. */
export type Setting = Control & { shown: Value | null; draft: boolean };

/** The controls beside the LED: what is chosen until there is an answer, then what the board has confirmed. */
export function settings(panel: LivePanel, { drafts }: Local): Setting[] {
  return (panel.state?.controls ?? []).filter(isSetting).map((control) => {
    const draft = drafts.get(control.name);
    const open = draft !== undefined && isOpen(panel, draft.click);
    return { ...control, shown: open ? draft.value : (control.value ?? null), draft: open };
  });
}

/** A value as people say it. */
export function said(value: Value): string {
  return typeof value === "boolean" ? (value ? "on" : "off") : plain(String(value));
}

function isSetting({ name, type }: Control): boolean {
  return type !== "switch" || name !== "led";
}

function isOpen({ history }: LivePanel, click: string | null): boolean {
  return click === null || history.commands.unsettled.has(click);
}
