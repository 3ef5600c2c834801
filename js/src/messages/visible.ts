/** What strangers write, with everything that is not seen made visible. */

const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Control characters as their pictures (␊), others that hide or turn the text's direction by number. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0)!;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? "␡" : `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

/** Whether a text can be typed as it is seen. */
export function isPlain(text: string): boolean {
  return text.search(UNSEEN) < 0;
}

/** A kernel's time as a person's clock shows it. */
export function clock(time: number): string {
  const at = new Date(time);
  const two = (part: number) => String(part).padStart(2, "0");
  const seconds = `${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  return `${two(at.getHours())}:${two(at.getMinutes())}:${seconds}`;
}
