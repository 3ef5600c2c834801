/** Whether a browser is too old for the app: the loader says so in the panel's place. */

/** As `oldest.json` has them: "Chrome or Edge 111, …". */
declare const OLDEST_NAMES: string;

/** What the last of them brought: together no promised browser lacks any, and no older one has all. */
const HAS = [
  () => "toSorted" in Array.prototype,
  () => typeof DecompressionStream === "function",
  () => CSS.supports("color", "color-mix(in srgb, red, red)"),
];

/** Returns what to say to who uses it, or null. */
export function tooOld(): string | null {
  if (HAS.every((has) => has())) return null;
  return `This browser is too old for PicoPanel, which needs ${OLDEST_NAMES}, or a newer one. Update it, or open the notebook in another browser.`;
}
