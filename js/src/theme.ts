/** Light or dark, as the page around the panel is, and when that changes; and the colours that come of it. */
import type { Style } from "./traces";

export type Colours = Omit<Style, "scale">;

/** What each host says of its theme: whether dark, or undefined where it says nothing. */
const SIGNS: ((html: HTMLElement, body: HTMLElement) => boolean | undefined)[] = [
  (_, body) => word(body.dataset.jpThemeLight, "false", "true"), // JupyterLab, Notebook, Voila
  (_, body) => classes(body, ["vscode-dark", "vscode-high-contrast"], ["vscode-light"]),
  (html) => word(html.getAttribute("theme"), "dark", "light"), // Colab
  (html) => word(html.dataset.theme, "dark", "light"), // Sphinx themes, JupyterLite
  (html) => classes(html, ["dark"], ["light"]), // marimo
  (_, body) => classes(body, ["dark"], ["light"]),
];

function word(said: string | null | undefined, dark: string, light: string): boolean | undefined {
  return said === dark ? true : said === light ? false : undefined;
}

function classes(element: HTMLElement, dark: string[], light: string[]): boolean | undefined {
  if (dark.some((name) => element.classList.contains(name))) return true;
  return light.some((name) => element.classList.contains(name)) ? false : undefined;
}

function isDark(preference: MediaQueryList): boolean {
  for (const sign of SIGNS) {
    const said = sign(document.documentElement, document.body);
    if (said !== undefined) return said;
  }
  return preference.matches;
}

/** Tells at once and after every change whether to be dark; gives back what ends it. */
export function followTheme(tell: (dark: boolean) => void): () => void {
  const preference = matchMedia("(prefers-color-scheme: dark)");
  const look = () => tell(isDark(preference));
  const observer = new MutationObserver(look);
  for (const element of [document.documentElement, document.body])
    observer.observe(element, { attributes: true });
  preference.addEventListener("change", look);
  look();
  return () => {
    observer.disconnect();
    preference.removeEventListener("change", look);
  };
}

/** The colours for the chart, as the style sheet has them. */
export function coloursOf(root: HTMLElement): Colours {
  const style = getComputedStyle(root);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    lines: Array.from({ length: 8 }, (_, nth) => colour(`line-${nth}`)),
    grid: colour("line"),
    soft: colour("soft"),
    ink: colour("ink"),
    ground: colour("bg"),
    good: colour("ok"),
    bad: colour("bad"),
  };
}
