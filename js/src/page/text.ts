/** Text from a board or a broker is only ever text. */
import type { Value } from "../contract";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const HIDING = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
const LONGEST = 300;

/** Without characters that are not seen or that turn the direction of others. */
export function plain(text: string): string {
  return shortened(harmless(text), LONGEST);
}

/** The same, however long it is. */
export function harmless(text: string): string {
  return text.replace(HIDING, "\ufffd");
}

/** With control characters as their pictures (␊), and others that hide or turn the direction by number. */
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

export function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

export function said(value: Value): string {
  return typeof value === "boolean" ? (value ? "on" : "off") : plain(String(value));
}
