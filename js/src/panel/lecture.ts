/** The panel for a hall: readable from its last row, driven by keys. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { CommandName } from "../contract";
import { isShortcut } from "../page/hear";
import { type Actions, SPANS } from "./actions";
import type { Local } from "./local";
import { marking } from "./marking";
import { player } from "./player";
import { chart, commandButtons, controls, experiment, legend, notices, value } from "./template";
import type { View } from "./view";

export function lecture(view: View, local: Local, actions: Actions): TemplateResult {
  const { main: first, tiles, settings } = view;
  const more = [
    tiles.length > 1,
    view.replay !== null,
    settings.length > 0,
    view.experiment !== null,
    local.draft !== null || local.marks,
    local.hint !== null,
  ];
  const rows = more.filter(Boolean).length + view.notices.length;
  return html`
    <div class="card" role="group" aria-label=${`Pico ${view.id}, lecture`} tabindex="-1" style=${`--rows: ${rows}; --axes: ${view.axes}`} @keydown=${(event: KeyboardEvent) => lectureKey(event, view, local, actions)}>
      <div class="row head">
        <div class="state">
          ${view.hasLed ? html`<span class="led ${view.led}" aria-hidden="true"></span>` : nothing}
          <div class="name"><b>${view.about && view.hasLed ? `LED ${view.led}` : view.about || "Pico"}</b><small>${[view.id, ...view.tags, ...(local.paused === null ? [] : ["chart paused"])].join(" · ")}</small></div>
        </div>
        ${first ? html`<div class="value ${first.stale ? "stale" : ""}">${value(first)}<small>${tiles.length > 1 ? first.label : nothing} ${first.age}</small></div>` : nothing}
      </div>
      ${legend(view, actions)}
      ${banner(view)}
      ${experiment(view, actions)}
      ${chart(view, local, actions)}
      ${player(view, local, actions)}
      <div class="row bar">
        ${commandButtons(view, actions)}
        <button class="whole" aria-pressed=${local.full} @click=${actions.fullScreen}>${local.full ? "Leave full screen" : "Full screen"}</button>
      </div>
      ${controls(view, actions)}
      ${marking(local, actions)}
      ${notices(view, actions)}
      ${local.hint ? html`<p class="hint" role="status">${local.hint}</p>` : nothing}
      <p class="keys">${keys(view, local).map((it) => hint(it, actions))}</p>
      <div class="unseen" role="status" aria-live="polite">${view.announcement}</div>
    </div>
  `;
}

/** How things stand, in one glance: a word while all is well, else what is wrong and what to do. */
function banner({ lamps, says, next, quiet, settled }: View): TemplateResult {
  const worst = lamps.some(({ level }) => level === "bad") ? "bad" : "warn";
  const level = says ? worst : settled ? "ok" : "unknown";
  return html`<p class="banner lamp ${level}"><i></i><span>${says ? html`<b>${says}</b> ${next ?? ""}` : quiet}</span></p>`;
}

/** What a key does; `twice`: there is a button for it, too. */
type Key = { shown: string; does: string; act(actions: Actions): void; twice: boolean };

const key = (shown: string, does: string, act: Key["act"], twice = false): Key => ({
  shown,
  does,
  act,
  twice,
});
const command = (shown: string, name: CommandName) => key(shown, name, (it) => it.command(name), true);

const step = (shown: string, does: string, by: 1 | -1) => key(shown, does, (it) => it.step(by), true);

const LED = [command("Space", "toggle"), command("1", "on"), command("0", "off"), command("B", "blink")];
const READ = command("R", "read");
const MARKS = [key("M", "mark", (it) => it.mark()), key("E", "set marks", (it) => it.marks())];

/** The keys that do something just now, and what. */
export function keys({ blocked, hasLed, reads, ended, replay }: View, local: Local): Key[] {
  const { span, paused, full } = local;
  const stands = replay ? replay.paused || replay.ended : paused !== null;
  const window = SPANS.find(([, each]) => each === span)?.[0].toLowerCase() ?? "";
  return [
    ...(blocked ? [] : [...(hasLed ? LED : []), ...(reads ? [READ] : [])]),
    ...(ended ? [] : MARKS),
    key(
      "P",
      stands ? "resume" : "pause",
      (it) => (replay ? it.play({ paused: !stands }) : it.pause()),
      replay !== null,
    ),
    ...(replay ? [step(",", "previous", -1), step(".", "next command or mark", 1)] : []),
    key("W", `window: ${window}`, (it) => it.nextSpan()),
    key("C", local.cursors ? "no cursors" : "cursors", (it) => it.measure()),
    key("D", "dark or light", (it) => it.shade()),
    key("F", full ? "leave full screen" : "full screen", (it) => it.fullScreen(), true),
  ];
}

/** Is pressed itself where no other button does the same, by whoever has no keyboard; keys go on working. */
function hint({ shown, does, act, twice }: Key, actions: Actions): TemplateResult {
  const words = html`<kbd>${shown}</kbd> ${does}`;
  const press = ({ currentTarget }: Event) => {
    (currentTarget as HTMLElement).closest<HTMLElement>(".card")?.focus();
    act(actions);
  };
  return twice
    ? html`<span>${words}</span> `
    : html`<button tabindex="-1" @click=${press}>${words}</button> `;
}

export function lectureKey(event: KeyboardEvent, view: View, local: Local, actions: Actions): void {
  if (isShortcut(event) || event.repeat || event.defaultPrevented || takesKey(event)) return;
  const pressed = event.key === " " ? "Space" : event.key.toUpperCase();
  const found = keys(view, local).find(({ shown }) => shown === pressed);
  if (!found) return;
  event.preventDefault();
  found.act(actions);
}

/** A field that is written in, or a button that is pressed, keeps its keys. */
function takesKey({ target, key }: KeyboardEvent): boolean {
  const element = target as HTMLElement;
  return element.matches("input, select") || (element.matches("button") && (key === " " || key === "Enter"));
}
