/** The still pictures in the notebook, which are for pages where no panel lives: a living one hides its own. */

export function hideStill(page: Document, key: string): void {
  const id = `picopanel-hides-${key}`;
  if (!/^[0-9a-f]+$/.test(key) || page.getElementById(id)) return;
  const style = page.createElement("style");
  style.id = id;
  style.textContent = `.picopanel-still-${key} { display: none; }`;
  page.head.append(style);
}
