/** The one guard of all that is drawn: gives whether anything it is made of is another than the last time. */
export function guard(): (...parts: unknown[]) => boolean {
  let last: unknown[] = [guard]; // nothing is made of it
  return (...parts) => {
    const changed = parts.some((part, nth) => !Object.is(part, last[nth]));
    last = parts;
    return changed;
  };
}
