/** The keys of the lecture view. */
import type { Actions } from "./actions";
import { type Local, SPANS } from "./local";
import type { View } from "./view";

interface Key {
  /** As on the keyboard, in lower case. */
  key: string;
  /** As written in the line of keys. */
  shown: string;
  does: string;
  act(actions: Actions): void;
}

const LED: Key[] = [
  { key: " ", shown: "Space", does: "toggle", act: (it) => it.command("toggle") },
  { key: "1", shown: "1", does: "on", act: (it) => it.command("on") },
  { key: "0", shown: "0", does: "off", act: (it) => it.command("off") },
  { key: "b", shown: "B", does: "blink", act: (it) => it.command("blink") },
];
const READ: Key = { key: "r", shown: "R", does: "read", act: (it) => it.command("read") };
const MARK: Key = { key: "m", shown: "M", does: "mark", act: (it) => it.marking(true) };
const SHADE: Key = { key: "d", shown: "D", does: "dark or light", act: (it) => it.shade() };

/** The keys that do something just now, and what. */
export function keys(view: View, local: Local): Key[] {
  const board = view.blocked ? [] : [...(view.hasLed ? LED : []), ...(view.course ? [READ] : [])];
  return [
    ...board,
    ...(view.ended ? [] : [MARK]),
    pauseKey(view, local),
    windowKey(local),
    SHADE,
    screenKey(local),
  ];
}

function pauseKey({ replay }: View, { paused }: Local): Key {
  const stands = replay ? replay.paused || replay.ended : paused !== null;
  const act = (it: Actions) => (replay ? it.play({ paused: !stands }) : it.pause());
  return { key: "p", shown: "P", does: stands ? "resume" : "pause", act };
}

function windowKey({ span }: Local): Key {
  const window = SPANS.find(([, each]) => each === span)?.[0].toLowerCase() ?? "";
  return { key: "w", shown: "W", does: `window: ${window}`, act: (it) => it.nextSpan() };
}

function screenKey({ full }: Local): Key {
  return {
    key: "f",
    shown: "F",
    does: full ? "leave full screen" : "full screen",
    act: (it) => it.fullScreen(),
  };
}

export function lectureKey(event: KeyboardEvent, view: View, local: Local, actions: Actions): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || takesKey(event)) return;
  const found = keys(view, local).find(({ key }) => key === event.key.toLowerCase());
  if (!found) return;
  event.preventDefault();
  found.act(actions);
}

/** A field that is written in, or a button that is pressed, keeps its keys. */
function takesKey({ target, key }: KeyboardEvent): boolean {
  const element = target as HTMLElement;
  return element.matches("input, select") || (element.matches("button") && (key === " " || key === "Enter"));
}
