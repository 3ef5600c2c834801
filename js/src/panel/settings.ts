/** What a board can be set to, and what it is set to, as a view shows it. */
import type { Control, Value } from "../contract";
import type { LivePanel } from "../data/live";
import type { Local } from "./local";

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

function isSetting({ name, type }: Control): boolean {
  return type !== "switch" || name !== "led";
}

function isOpen({ history }: LivePanel, click: string | null): boolean {
  return click === null || history.commands.unsettled.has(click);
}
