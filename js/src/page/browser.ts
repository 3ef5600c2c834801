/** What is asked of the browser, which may refuse it: to fill the screen, to save a file, to copy a text. */

const NO_SCREEN = "This page does not let its cells fill the screen. The browser's own way is F11.";

export function fills(element: HTMLElement): boolean {
  return (element.getRootNode() as Document | ShadowRoot).fullscreenElement === element;
}

/** Fills the screen, or leaves it again; gives back why that cannot be. */
export async function fillScreen(element: HTMLElement): Promise<string | null> {
  if (fills(element)) return document.exitFullscreen().then(() => null);
  if (!document.fullscreenEnabled) return NO_SCREEN; // a frame without that permission, as Colab's
  return element.requestFullscreen().then(
    () => null,
    () => NO_SCREEN,
  );
}

/** Saves a file; a text is CSV. */
export function saveAs(name: string, what: Blob | string): void {
  const file = typeof what === "string" ? new Blob([what], { type: "text/csv" }) : what;
  const url = URL.createObjectURL(file);
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  document.body.append(link); // VS Code hears of a download from its page alone
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Copies a picture that is being made to the clipboard; gives back why that cannot be. */
export async function copyPicture(png: Promise<Blob>): Promise<string | null> {
  try {
    // Safari wants to be asked in the very click, when there is no picture yet.
    await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
    return null;
  } catch {
    return "This page may not copy pictures. Save it as PNG instead.";
  }
}

/**
 * Copies to the clipboard, by the second way where a sandboxed frame forbids the first; the text stands in
 * the area, to be copied by hand.
 */
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
