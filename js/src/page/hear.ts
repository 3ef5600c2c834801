/** How events are heard. */

/** Gives what hears events before Plotly and the page's host do, for as long as `signal` lasts, and may take them. */
export function hearing(signal: AbortSignal) {
  return <E extends Event>(target: EventTarget, kinds: string, take: (event: E) => void): void => {
    for (const kind of kinds.split(" "))
      target.addEventListener(kind, take as EventListener, { capture: true, passive: false, signal });
  };
}

/** Whether a key is pressed as a shortcut of the browser's or the host's. */
export const isShortcut = ({ ctrlKey, metaKey, altKey }: KeyboardEvent) => ctrlKey || metaKey || altKey;
