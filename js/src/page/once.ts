/** What a person is told once: at the first visit where the browser keeps that, else once a page. */

const told = new Set<string>();

/** Whether something has never been told; from now on it has. */
export function firstTime(what: string): boolean {
  if (told.has(what)) return false;
  told.add(what);
  const key = `picopanel.${what}`;
  try {
    if (localStorage.getItem(key)) return false;
    localStorage.setItem(key, "told");
  } catch {
    // A frame without storage, or one that is full.
  }
  return true;
}
