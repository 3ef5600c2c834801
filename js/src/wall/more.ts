/** What only some want of a wall: a name to be found, the channel that is shown, the whole screen, and the keys. */
import { html, nothing, type TemplateResult } from "lit-html";
import { fullScreenButton, keyList, pick } from "../page/parts";
import { plain } from "../page/text";
import type { LocalWall, WallView } from "./view";

export type Wants = {
  find(typed: string): void;
  endFind(): void;
  enter(): void;
  channel(name: string | null): void;
  fullScreen(): void;
};

const KEYS = [
  ["A – Z", "find"],
  ["← → ↑ ↓", "move"],
  ["Enter", "open"],
  ["Space", "select"],
  ["Esc", "back"],
];

export function more(view: WallView, local: LocalWall, wants: Wants): TemplateResult {
  return html`
    <div class="more">
      <div class="row take">${finder(view, local, wants)}${view.more ? choices(view, local, wants) : nothing}</div>
      ${view.more ? keyList("a tile", KEYS) : nothing}
    </div>
  `;
}

function finder({ foundWords }: WallView, { find }: LocalWall, wants: Wants): TemplateResult {
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") wants.endFind();
    else if (event.key === "Enter" || event.key === "ArrowDown") wants.enter();
    else return;
    event.preventDefault();
  };
  return html`<label class="find">Find <input type="search" placeholder="a name, or a part of it" autocomplete="off" spellcheck="false"
    .value=${find ?? ""} @input=${(event: Event) => wants.find((event.target as HTMLInputElement).value)} @keydown=${key}
  /> <small>${foundWords}</small></label>`;
}

function choices({ channels, look }: WallView, { full, hint }: LocalWall, wants: Wants): TemplateResult {
  const names = [null, ...channels];
  const word = (name: string | null) => (name === null ? "each board's own" : plain(name));
  return html`
    <label>Values and lines ${pick(names, look.channel, wants.channel, word)}</label>
    ${fullScreenButton(full, wants.fullScreen)}
    <small role="status">${hint ?? nothing}</small>
  `;
}
