/** Another look at the readings that are shown: what swings in a channel, or one channel over another. */
import { html, nothing, render, type TemplateResult } from "lit-html";
import { Chart } from "../chart/chart";
import { over, swings } from "../chart/other";
import type { Range, Style } from "../chart/style";
import type { LivePanel } from "../data/panel";
import { exact, rounded } from "../data/words";
import { correlation, pairs } from "../data/xy";
import { guard } from "../page/guard";
import { pickNamed } from "../page/parts";
import { plain } from "../page/text";
import { now } from "../page/time";
import type { Local } from "./local";
import { channelsFor } from "./view";

const ASK_EVERY = 1000; // milliseconds

export class Other {
  private readonly told = Object.assign(document.createElement("div"), { className: "row" });
  private readonly element = Object.assign(document.createElement("div"), { className: "over" });
  private readonly chart: Chart;
  private readonly changed = guard();
  private askedAt = 0;
  private drawn = false;

  constructor(
    place: HTMLElement,
    private readonly panel: LivePanel,
    private readonly local: Local,
    signal: AbortSignal,
    private readonly change: (local: Partial<Local>) => void,
  ) {
    place.append(this.told, this.element);
    this.chart = new Chart(this.element, signal);
  }

  /** `shown` is the stretch of time in the chart above. */
  draw(shown: Range, width: number, style: Style): void {
    const { panel, local } = this;
    const { look, across, up } = local;
    if (!look && !this.drawn) return;
    this.drawn = look !== null;
    if (look === "spectrum") this.ask(shown);
    const { history, spectrum } = panel;
    const names = JSON.stringify([local.swings, across, up, look && channelsFor(look, panel)]);
    if (!this.changed(look, names, ...shown, history, history.revision, spectrum, width, style.lines)) return;
    const figure = look === "spectrum" ? this.spectrum() : look === "xy" ? this.xy(shown) : null;
    render(
      figure
        ? html`<p><b>${figure.title}</b> <span role="status">${figure.says}</span></p>${this.choices()}`
        : nothing,
      this.told,
    );
    this.element.style.display = figure?.x.length ? "" : "none"; // `hidden` gives way to the panel's own styles
    if (!figure?.x.length || !width) return;
    Object.assign(this.element, { role: "img", ariaLabel: `${figure.title} ${figure.says}` });
    this.chart.draw((look === "xy" ? over : swings)({ ...figure, width, style }));
  }

  private choices(): TemplateResult {
    const { look } = this.local;
    const away = () => this.change({ look: null });
    return html`
      <div class="row take">
        ${look === "xy" ? [this.names("Up", "up", 1), this.names("Across", "across", 0)] : this.names("Channel of the spectrum", "swings", 0)}
        <button class="small" @click=${away}>Take away</button>
      </div>
    `;
  }

  private names(
    label: string,
    which: "swings" | "across" | "up",
    nth: number,
  ): TemplateResult | typeof nothing {
    const channels = channelsFor(this.local.look!, this.panel);
    if (channels.length < 2) return nothing;
    const shown = this.channel(this.local[which], nth).name;
    return pickNamed(channels, shown, (name) => this.change({ [which]: name }), label);
  }

  private ask(shown: Range): void {
    const { panel, local } = this;
    if (now() - this.askedAt <= ASK_EVERY || panel.contact.heard === null) return;
    this.askedAt = now();
    panel.send({ type: "spectrum", channel: this.channel(local.swings, 0).name, at: shown });
  }

  private channel(name: string | null, nth: number) {
    const channels = channelsFor(this.local.look!, this.panel);
    return channels.find((it) => it.name === name) ?? channels[nth] ?? { name: "", unit: "" };
  }

  private spectrum() {
    const { panel, local } = this;
    const { name, unit } = this.channel(local.swings, 0);
    const told = panel.spectrum?.channel === name ? panel.spectrum : null;
    const about = { title: `What swings in ${plain(name)}:`, across: "Hz", up: plain(unit) };
    if (!told || told.wrong !== null)
      return { ...about, says: told?.wrong ?? "asking the kernel", x: [], y: [] };
    const { frequencies: x, amplitudes: y, n, interval, even } = told;
    const top = y.indexOf(Math.max(...y));
    const grid = even ? "" : ", not evenly spaced, so laid on an even grid";
    const often = x[top] > 0 ? `every ${rounded(1 / x[top])} s (${rounded(x[top])} Hz)` : "nothing";
    const says = `most ${often}, ${rounded(y[top])} ${plain(unit)}. ${n} readings, every ${exact(Number(interval.toPrecision(3)))} s${grid}; window: Hann`;
    return { ...about, says, x, y };
  }

  private xy([from, to]: Range) {
    const { panel, local } = this;
    const across = this.channel(local.across, 0);
    const up = this.channel(local.up, 1);
    const { x, y, all } = pairs(panel.history, across.name, up.name, from, to);
    const label = ({ name, unit }: { name: string; unit: string }) =>
      [plain(name), plain(unit)].filter(Boolean).join(", ");
    const together = correlation({ x, y });
    const count = x.length < all ? `the newest ${x.length} of ${all} readings` : `${all} readings`;
    const says = together === null ? count : `${count}, correlation ${exact(Number(together.toFixed(2)))}`;
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
