/** What plays a recording, in the place of the button that holds a live chart. */
import { html, type TemplateResult } from "lit-html";
import type { Replay } from "../contract";
import type { Actions } from "./actions";

export function player(replay: Replay, actions: Actions): TemplateResult {
  const { speed, paused, ended } = replay;
  const stands = paused || ended;
  const speeds = [...new Set([...replay.speeds, speed])].sort((a, b) => a - b);
  const choose = (event: Event) =>
    actions.play({ speed: speeds[(event.target as HTMLSelectElement).selectedIndex] });
  return html`
    <button class="small" @click=${() => actions.play({ paused: !stands })}>${ended ? "Play again" : paused ? "Resume" : "Pause"}</button>
    <select class="small" aria-label="Speed" title="How many times as fast as it was" .selectedIndex=${speeds.indexOf(speed)} @change=${choose}>
      ${speeds.map((it) => html`<option ?selected=${it === speed}>${it} ×</option>`)}
    </select>
  `;
}
