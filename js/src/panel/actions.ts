/** What a view's user can do in it, and what comes of that. */
import { type AxisMode, moved, range, STEPS } from "../chart/zoom";
import type { AskedTrigger, CommandName, Value } from "../contract";
import { csv } from "../data/csv";
import type { LivePanel } from "../data/panel";
import { copyPicture, copyText, saveAs } from "../page/browser";
import { isShortcut } from "../page/hear";
import { now } from "../page/time";
import type { Local, Section, Stage } from "./local";
import { markActions } from "./marking";

const CLEAR_WITHIN = 3_000;

export const SPANS: [label: string, span: number | null][] = [
  ["10 s", 10_000],
  ["30 s", 30_000],
  ["1 min", 60_000],
  ["5 min", 300_000],
  ["30 min", 1_800_000],
  ["2 h", 7_200_000],
  ["12 h", 43_200_000],
  ["1 day", 86_400_000],
  ["7 days", 604_800_000],
  ["All", null],
];

/** Keys that go to the command or mark of a replay that is before, or after. */
const BY: Record<string, 1 | -1> = { ",": -1, ".": 1 };

const isUndo = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent) =>
  key.toLowerCase() === "z" && (ctrlKey || metaKey) && !altKey && !shiftKey;

/** A time as Python's `datetime.fromisoformat` reads it. */
const isoOf = (time: number) => new Date(time).toISOString().replace("Z", "+00:00");

export type Actions = ReturnType<typeof actionsOf>;

export function actionsOf(panel: LivePanel, local: Local, stage: Stage) {
  const change = (given: Partial<Local>) => stage.change(given);
  const marks = markActions(panel, local, stage);
  const draft = (name: string, value: Value, click: string | null) =>
    change({ drafts: local.drafts.set(name, { value, click }) });
  const shown = () => range(panel.history, local, panel.chartEnd(now()));
  const fileName = () => (panel.state?.id ?? "pico").replace(/[^\p{L}\p{N}._-]+/gu, "-");
  const span = (to: number | null) => change({ span: to, zoom: null });
  const live = () => {
    for (const [unit, { range }] of local.axes) if (range) local.axes.delete(unit);
    change({ zoom: null, paused: null });
  };
  const stepBy = (by: 1 | -1) => {
    panel.step(by, now());
    change({ zoom: null });
  };
  return {
    command(name: CommandName) {
      panel.click(name, now());
      change({});
    },
    choose: (name: string, value: Value) => draft(name, value, null),
    set: (name: string, value: Value) => draft(name, value, panel.set(name, value, now())),
    ...marks,
    play(how: { paused?: boolean; speed?: number }) {
      panel.play(how, now());
      change({});
    },
    experiment(run: string, does: "pause" | "resume" | "abort") {
      panel.experiment(run, does, now());
      change({});
    },
    point: (pointed: number | null) => change({ pointed }),
    drag: (dragged: number) => change({ dragged }),
    seek(to: number) {
      panel.play({ seek: to }, now());
      change({ dragged: null, zoom: null });
    },
    step: stepBy,
    clear() {
      const sure = now() < local.clearUntil;
      if (sure) panel.clear();
      change({ clearUntil: sure ? 0 : now() + CLEAR_WITHIN });
    },
    download: () => saveAs(`${fileName()}.csv`, csv(panel.history, panel.channels)),
    downloadShown: () => saveAs(`${fileName()}.csv`, csv(panel.history, panel.channels, shown())),
    async picture(format: "png" | "svg") {
      saveAs(`${fileName()}.${format}`, await stage.picture(format));
    },
    async copyPicture() {
      change({ took: (await copyPicture(stage.picture("png"))) ?? "The picture is copied." });
    },
    async copyCode() {
      const [start, end] = shown().map((time) => JSON.stringify(isoOf(time)));
      const code = `panel.figure(${start}, ${end})`;
      change({ code });
      const copied = await copyText(code, () => stage.code());
      change({ took: copied ? "The code is copied." : "Copy the code by hand." });
    },
    span,
    nextSpan() {
      const at = SPANS.findIndex(([, each]) => each === local.span);
      span(SPANS[(at + 1) % SPANS.length][1]);
    },
    live,
    pause: () => change({ paused: local.paused === null ? panel.chartEnd(now()) : null, zoom: null }),
    chartKey(event: KeyboardEvent) {
      if (isUndo(event) && local.undo) {
        event.preventDefault();
        event.stopPropagation(); // of the notebook it would undo a cell
        marks.undoMark();
      }
      if (isShortcut(event)) return;
      if (stage.readKey(event)) return event.preventDefault();
      if (panel.state?.replay && event.key in BY) stepBy(BY[event.key]);
      if (event.key === "Escape") live();
      if (event.key.toLowerCase() === "m") {
        event.preventDefault(); // neither a letter of the field, nor once more in a hall
        marks.mark(stage.readAt());
      }
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      change({ zoom: { x: moved(shown(), ...step), y: local.zoom?.y ?? {} } });
    },
    toggleChannel(channel: string) {
      if (!local.hidden.delete(channel)) local.hidden.add(channel);
      change({});
    },
    axis(unit: string, mode: AxisMode) {
      const range = mode === "hold" ? stage.rangeOf(unit) : undefined;
      if (mode === "follow") local.axes.delete(unit);
      else local.axes.set(unit, { mode, range });
      change({ zoom: local.zoom && { x: local.zoom.x, y: {} } });
    },
    trigger: (trigger: AskedTrigger) => panel.send({ type: "trigger", trigger }),
    more: () => change({ more: !local.more }),
    unfold: (section: Section) => change({ section: local.section === section ? null : section }),
    look: (look: Local["look"]) => change({ look }),
    /** Takes away what is told of zooming: it is told to nobody twice. */
    knowsZooming() {
      change({ zooming: false });
      stage.focus(".chart");
    },
    dismiss: (notice: string) => change({ dismissed: local.dismissed.add(notice) }),
    async fullScreen() {
      change({ hint: await stage.fill() });
      stage.focus(".card");
    },
    shade: () => stage.changeShade(),
    setUp: (open: boolean) => stage.setUp(open),
    measure() {
      stage.measure();
      change({});
    },
  };
}
