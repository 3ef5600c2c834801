/** Fills the screen with one element, where the page around allows it. */

const FORBIDDEN = "This page does not let its cells fill the screen. The browser's own way is F11.";

/** Whether the element fills the screen. */
export function fills(element: HTMLElement): boolean {
  return (element.getRootNode() as Document | ShadowRoot).fullscreenElement === element;
}

/** Fills the screen, or leaves it again; gives back why that cannot be. */
export async function fillScreen(element: HTMLElement): Promise<string | null> {
  if (fills(element)) return document.exitFullscreen().then(() => null);
  if (!document.fullscreenEnabled) return FORBIDDEN; // a frame without that permission, as Colab's
  try {
    await element.requestFullscreen();
    return null;
  } catch {
    return FORBIDDEN;
  }
}
