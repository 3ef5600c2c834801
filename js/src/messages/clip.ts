/** Text on its way to the clipboard. A sandboxed frame may not write to it by itself. */
import type { Form } from "./copies";

export interface Clip {
  form: Form;
  text: string;
  /** Null while that is not known yet. */
  copied: boolean | null;
}

/** Copies, by the second way where the first is not allowed; the text stands in the area, to be copied by hand. */
export async function copyText(text: string, area: () => HTMLTextAreaElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = document.activeElement as HTMLElement | null;
    area()?.select();
    const copied = document.execCommand("copy");
    if (copied) focused?.focus();
    return copied;
  }
}
