/** The still pictures in the notebook, which are for pages where no panel lives: a living one hides its own. */

export function hideStill(page: Document, key: string): void {
  if (!/^[0-9a-f]+$/.test(key) || page.getElementById(idOf(key))) return;
  const style = page.createElement("style");
  style.id = idOf(key);
  style.textContent = `.picopanel-still-${key} { display: none; }`;
  page.head.append(style);
}

/** Shows it again, as where a notebook is closed, and opened without its kernel. */
export function showStill(page: Document, key: string): void {
  page.getElementById(idOf(key))?.remove();
}

const idOf = (key: string) => `picopanel-hides-${key}`;
