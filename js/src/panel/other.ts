/** Another look at the readings that are shown: what swings in a channel, or one channel over another. */
import { html, nothing, render } from "lit-html";
import { Chart } from "../chart/chart";
import { over, swings } from "../chart/other";
import type { Range, Style } from "../chart/style";
import type { LivePanel } from "../data/panel";
import { exact, rounded } from "../data/words";
import { pairs } from "../data/xy";
import { guard } from "../page/guard";
import { plain } from "../page/text";
import { now } from "../page/time";
import type { Local } from "./actions";

const HEIGHT = 240;
const ASK_EVERY = 1000; // milliseconds
const IDLE = { zoomed() {}, held() {}, live() {}, reads: () => false };

export class Other {
  private readonly told = document.createElement("div");
  private readonly element = Object.assign(document.createElement("div"), { className: "over" });
  private readonly chart: Chart;
  private readonly changed = guard();
  private askedAt = 0;

  constructor(
    place: HTMLElement,
    private readonly panel: LivePanel,
    private readonly local: Local,
    signal: AbortSignal,
  ) {
    place.append(this.told, this.element);
    this.chart = new Chart(this.element, signal, IDLE);
  }

  /** `shown` is the stretch of time in the chart above. */
  draw(shown: Range, style: Style): void {
    const { look } = this.local;
    const figure = look === "spectrum" ? this.spectrum(shown) : look === "xy" ? this.xy(shown) : null;
    render(
      figure ? html`<p><b>${figure.title}</b> <span role="status">${figure.says}</span></p>` : nothing,
      this.told,
    );
    const drawn = figure?.x.length ? figure : null;
    this.element.style.display = drawn ? "" : "none"; // `hidden` gives way to the panel's own styles
    const width = this.element.clientWidth;
    if (!drawn || !width || !this.changed(JSON.stringify(drawn), width, style.lines)) return;
    Object.assign(this.element, { role: "img", ariaLabel: `${drawn.title} ${drawn.says}` });
    this.chart.draw((look === "xy" ? over : swings)({ ...drawn, width, height: HEIGHT, style }));
  }

  private channel(name: string | null, nth: number) {
    const { channels } = this.panel;
    return channels.find((it) => it.name === name) ?? channels[nth] ?? { name: "", unit: "" };
  }

  private spectrum(shown: Range) {
    const { panel, local } = this;
    const { name, unit } = this.channel(local.across, 0);
    if (now() - this.askedAt > ASK_EVERY && panel.contact.heard !== null) {
      this.askedAt = now();
      panel.askSpectrum(name, shown);
    }
    const told = panel.spectrum?.channel === name ? panel.spectrum : null;
    const title = `What swings in ${plain(name)}:`;
    if (!told) return { title, says: "asking the kernel", x: [], y: [], across: "Hz", up: plain(unit) };
    if (told.wrong !== null) return { title, says: told.wrong, x: [], y: [], across: "Hz", up: plain(unit) };
    const { frequencies: x, amplitudes: y, n, interval, even } = told;
    const top = y.indexOf(Math.max(...y));
    const grid = even ? "" : ", not evenly spaced, so laid on an even grid";
    const says = `most at ${rounded(x[top])} Hz, ${rounded(y[top])} ${plain(unit)}. ${n} readings, every ${exact(Number(interval.toPrecision(3)))} s${grid}; window: Hann`;
    return { title, says, x, y, across: "Hz", up: plain(unit) };
  }

  private xy([from, to]: Range) {
    const { panel, local } = this;
    const across = this.channel(local.across, 0);
    const up = this.channel(local.up, 1);
    const { x, y, all } = pairs(panel.history, across.name, up.name, from, to);
    const label = ({ name, unit }: { name: string; unit: string }) =>
      [plain(name), plain(unit)].filter(Boolean).join(", ");
    const says = x.length < all ? `the newest ${x.length} of ${all} readings` : `${all} readings`;
    return {
      title: `${plain(up.name)} over ${plain(across.name)}:`,
      says,
      x,
      y,
      across: label(across),
      up: label(up),
    };
  }
}
