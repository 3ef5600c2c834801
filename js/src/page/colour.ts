/** Colours as numbers, and how well they are told apart. */

/** Red, green and blue from 0 to 255, and how opaque it is. */
export type Colour = [red: number, green: number, blue: number, alpha: number];

/** What words of CSS for colours stand for, system colours among them; null for what is no colour. */
export function resolved(root: HTMLElement, words: string[]): (Colour | null)[] {
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
export function luminance([red, green, blue]: Colour): number {
  const [r, g, b] = [red, green, blue].map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
