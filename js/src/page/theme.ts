/** Light or dark, as the page around a view is, and when that changes; and the colours that come of it. */
import { guard } from "./guard";

/** How many lines can be told apart by their colours: `palette.css` has them. */
export const LINE_COLOURS = 8;

/** What each host's html or body are when its theme is light, and when it is dark. */
const SIGNS: [light: string, dark: string][] = [
  ["body[data-jp-theme-light=true]", "body[data-jp-theme-light=false]"], // JupyterLab, Notebook, Voila
  // In the light one of its high contrasts VS Code says `vscode-high-contrast`, too.
  ["body:is(.vscode-light, .vscode-high-contrast-light)", "body:is(.vscode-dark, .vscode-high-contrast)"],
  ["html[theme=light]", "html[theme=dark]"], // Colab
  ["html[data-theme=light]", "html[data-theme=dark]"], // Sphinx themes, JupyterLite
  ["html.light", "html.dark"], // marimo
  ["body.light", "body.dark"],
];
const HIGH_CONTRAST =
  'body:is([data-jp-theme-name*="high contrast" i], .vscode-high-contrast, .vscode-high-contrast-light)';

/** The attributes that those signs, the hosts' variables, and themes of pages of their own stand in. */
const ATTRIBUTES =
  "class style theme data-theme data-bs-theme data-md-color-scheme data-jp-theme-light data-jp-theme-name";

/** The ground and the ink of each host, its own before those that a widget manager's sheet brings along. */
const GROUNDS = [
  ["--vscode-editor-background", "--vscode-editor-foreground"],
  ["--jp-layout-color1", "--jp-ui-font-color1"],
];

/** Our colours that words are written in, and those of lines: with WCAG's least contrasts for them. */
const WORDS = ["--soft", "--ok", "--warn", "--bad", "--line-1"];
const LINES = Array.from({ length: LINE_COLOURS }, (_, nth) => `--line-${nth}`);
const LEAST_OF_WORDS = 4.5;
const LEAST_OF_LINES = 3;

const FORCED = "(forced-colors: active)";
const MORE_CONTRAST = "(prefers-contrast: more)";
const DARK = "(prefers-color-scheme: dark)";

function is(selector: string): boolean {
  return document.documentElement.matches(selector) || document.body.matches(selector);
}

/** Whether the page around an element is dark: as the host says, else as the ground behind it is. */
function isDark(root: HTMLElement): boolean {
  const forced = matchMedia(FORCED).matches;
  const sign = forced ? undefined : SIGNS.find((each) => each.some(is));
  if (sign) return !is(sign[0]);
  const painted = resolved(root, forced ? ["Canvas"] : grounds(root)).find((it) => it?.[3] === 1);
  const behind = painted ?? canvas();
  return behind ? luminance(behind) < 0.2 : matchMedia(DARK).matches;
}

/** What a page without a ground of its own is on: white, unless it says that it can be dark; a frame lets the page around it show through. */
function canvas(): Colour | null {
  return window === window.top ? resolved(document.documentElement, ["Canvas"])[0] : null;
}

/** The grounds of all that an element stands in, the nearest first. */
function grounds(element: Element): string[] {
  const around = element.parentElement ?? (element.getRootNode() as ShadowRoot).host;
  return around ? [getComputedStyle(around).backgroundColor, ...grounds(around)] : [];
}

/** Whether the page is on its way to paper: there ink is dark on white, whatever the screen shows. */
let paper = false;

const isHighContrast = () => is(HIGH_CONTRAST) || matchMedia(MORE_CONTRAST).matches;

/** Where the views of a page hear that its theme may be another: by one observer for all of them. */
const around = new EventTarget();
let watched = false;
let frame = 0;

/** One look a frame: a host writes at its body with every drag. */
function lookSoon(): void {
  if (frame) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    around.dispatchEvent(new Event("change"));
  });
}

function watchPage(): void {
  if (watched) return;
  watched = true;
  const observer = new MutationObserver(lookSoon);
  for (const element of [document.documentElement, document.body])
    observer.observe(element, { attributes: true, attributeFilter: ATTRIBUTES.split(" ") });
  for (const query of [DARK, MORE_CONTRAST, FORCED]) matchMedia(query).addEventListener("change", lookSoon);
  const print = matchMedia("print"); // a browser's tools show a page as on paper, and tell so by this alone
  print.addEventListener("change", () => turnTo(print.matches));
  for (const event of ["beforeprint", "afterprint"])
    addEventListener(event, () => turnTo(event === "beforeprint"));
}

/** At once: no frame comes before the paper does. */
function turnTo(to: boolean): void {
  paper = to;
  around.dispatchEvent(new Event("change"));
}

/** Tells at once and after every change of the page's theme, and whether it is for paper; gives back what looks again. */
export function followTheme(
  root: HTMLElement,
  signal: AbortSignal,
  tell: (paper: boolean) => void,
): () => void {
  const changed = guard();
  const look = () => {
    const style = getComputedStyle(root);
    const grounds = GROUNDS.flat().map((name) => style.getPropertyValue(name));
    const forced = matchMedia(FORCED).matches;
    if (changed(root.isConnected, isDark(root), isHighContrast(), forced, paper, ...grounds)) tell(paper);
  };
  watchPage();
  around.addEventListener("change", look, { signal });
  look();
  return look;
}

/** Gives an element the page's theme, or a shade against it: on the host's ground where all is readable on it, and white on paper. */
export function dress(root: HTMLElement, shade: boolean | null): void {
  root.classList.toggle("dark", !paper && (shade ?? isDark(root)));
  root.classList.toggle("contrast", isHighContrast());
  root.style.removeProperty("--host-ground");
  root.style.removeProperty("--host-ink");
  if (paper) return;
  const found = GROUNDS.map((names) => readable(root, names)).find((pair) => pair !== null);
  if (!found) return;
  root.style.setProperty("--host-ground", css(found.ground));
  root.style.setProperty("--host-ink", css(found.ink));
}

/** A host's ground and ink, if our words and lines can be read on that ground, and its ink on our grounds. */
function readable(root: HTMLElement, names: string[]): { ground: Colour; ink: Colour } | null {
  const [ground, tone, press, ...ours] = colours(root, [...names, "--press", ...WORDS, ...LINES]);
  if (!ground || !tone || !press || ground[3] < 1) return null;
  const ink = over(tone, ground);
  const reaches = (least: number, on: Colour) => (it: Colour | null) =>
    it !== null && contrast(it, on) >= least;
  const words = [ink, ...ours.slice(0, WORDS.length)].every(reaches(LEAST_OF_WORDS, ground));
  const lines = ours.slice(WORDS.length).every(reaches(LEAST_OF_LINES, ground));
  return words && lines && reaches(LEAST_OF_WORDS, press)(ink) ? { ground, ink } : null;
}

/** Red, green and blue from 0 to 255, and how opaque it is. */
export type Colour = [red: number, green: number, blue: number, alpha: number];

export type Colours = ReturnType<typeof coloursOf>;

export function coloursOf(root: HTMLElement) {
  const names = ["--line", "--soft", "--ink", "--bg", "--ok", "--bad", ...LINES];
  const found = colours(root, names).map((it) => (it ? css(it) : ""));
  const [grid, soft, ink, ground, good, bad, ...lines] = found;
  return { lines, grid, soft, ink, ground, good, bad };
}

function colours(root: HTMLElement, names: string[]): (Colour | null)[] {
  const style = getComputedStyle(root);
  const values = names.map((name) => style.getPropertyValue(name).trim());
  return resolved(root, values);
}

/** What words of CSS for colours stand for, system colours among them; null for what is no colour. */
function resolved(root: HTMLElement, words: string[]): (Colour | null)[] {
  const probe = document.createElement("i");
  probe.hidden = true;
  probe.style.setProperty("forced-color-adjust", "none");
  root.append(probe);
  const style = getComputedStyle(probe);
  const found = words.map((word) => {
    probe.style.color = "";
    probe.style.color = word;
    return probe.style.color ? colour(style.color) : null;
  });
  probe.remove();
  return found;
}

function colour(computed: string): Colour | null {
  const parts = /^rgba?\((.*)\)$/.exec(computed)?.[1].match(/[\d.]+/g);
  return parts ? [+parts[0], +parts[1], +parts[2], +(parts[3] ?? 1)] : null;
}

export function css([red, green, blue, alpha]: Colour): string {
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}

/** What a colour that lets something through looks like on a ground. */
export function over([red, green, blue, alpha]: Colour, ground: Colour): Colour {
  const mixed = (one: number, other: number) => Math.round(one * alpha + other * (1 - alpha));
  return [mixed(red, ground[0]), mixed(green, ground[1]), mixed(blue, ground[2]), 1];
}

/** WCAG's contrast of two colours, 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [less, more] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}

/** WCAG's relative luminance, 0 to 1. */
function luminance([red, green, blue]: Colour): number {
  const [r, g, b] = [red, green, blue].map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
