/** The still pictures in the notebook, which are for pages where no panel lives: a living one hides them. */

const RULE = ".picopanel-still { display: none; }";

export function hideStills(page: Document): void {
  const id = "picopanel-hides-stills";
  if (page.getElementById(id)) return;
  const style = page.createElement("style");
  style.id = id;
  style.textContent = RULE;
  page.head.append(style);
}
