/** Text from a board or a broker is only ever text. */
import type { Value } from "../contract";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LONGEST = 300;

/** Without characters that are not seen or that turn the direction of others. */
export function plain(text: string): string {
  const seen = text.replace(UNSEEN, "\ufffd");
  return seen.length > LONGEST ? `${seen.slice(0, LONGEST)}…` : seen;
}

/** For Plotly, whose labels read `<a>`, `<b>`, entities and, in templates, `%{}`, and, where a page has MathJax, `$`. */
export function forPlotly(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "%": "&#37;",
    $: "&#36;",
  };
  return plain(text).replace(/[&<>%$]/g, (character) => entities[character]);
}

/** A value as people say it. */
export function said(value: Value): string {
  return typeof value === "boolean" ? (value ? "on" : "off") : plain(String(value));
}
