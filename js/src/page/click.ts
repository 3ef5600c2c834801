/** A click's name. Not every page is a secure context, where alone `randomUUID` is. */
export function clickId(): string {
  return (
    globalThis.crypto?.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
  );
}
