/** The keys of the lecture view: what each does, and that nothing is offered which cannot be done. */
import { describe, expect, test } from "vitest";
import { LivePanel } from "../../src/data/panel";
import type { Actions } from "../../src/panel/actions";
import { keys, lectureKey } from "../../src/panel/lecture";
import { Local } from "../../src/panel/local";
import { type View, view } from "../../src/panel/view";
import { state } from "../helpers";

function viewOf(given: Parameters<typeof state>[0] = {}): View {
  const panel = new LivePanel(() => {}, 0);
  panel.hear({ type: "news", now: 0, state: state(given) }, [], 0);
  return view(panel, new Local(), 0);
}

function shown(of: View): string {
  return keys(of, new Local())
    .map((it) => it.shown)
    .join(" ");
}

function press(key: string, more: { modifier?: string; on?: string; view?: View } = {}): string[] {
  const done: string[] = [];
  const actions = new Proxy({} as Actions, {
    get: (_, name) => (argument: unknown) => done.push(`${String(name)} ${argument ?? ""}`.trim()),
  });
  const target = { matches: (selector: string) => selector.includes(more.on ?? "nothing") };
  const event = { key, target, preventDefault: () => done.push("taken"), [more.modifier ?? ""]: true };
  lectureKey(event as unknown as KeyboardEvent, more.view ?? viewOf(), new Local(), actions);
  return done;
}

describe("the lecture's keys", () => {
  test.each([
    [" ", "command toggle"],
    ["1", "command on"],
    ["0", "command off"],
    ["B", "command blink"],
    ["m", "mark"],
    ["e", "marks"],
    ["p", "pause"],
    ["w", "nextSpan"],
    ["d", "shade"],
    ["f", "fullScreen"],
  ])("%s does %s", (key, done) => expect(press(key)).toEqual(["taken", done]));

  test("leave the browser's shortcuts, written words and pressed buttons alone", () => {
    expect(press("f", { modifier: "ctrlKey" })).toEqual([]);
    expect(press("1", { modifier: "repeat" })).toEqual([]);
    expect(press("m", { on: "input" })).toEqual([]);
    expect(press(" ", { on: "button" })).toEqual([]);
    expect(press("b", { on: "button" })).toEqual(["taken", "command blink"]);
    expect(press("x")).toEqual([]);
  });

  test("are offered only where they can do something", () => {
    expect(shown(viewOf())).toBe("Space 1 0 B M E P W C D F");
    expect(shown(viewOf({ mode: "course" }))).toBe("Space 1 0 B R M E P W C D F");
    expect(shown(viewOf({ blocked: "The Pico is offline." }))).toBe("M E P W C D F");
    expect(shown(viewOf({ controls: [{ name: "hue", type: "color" }] }))).toBe("M E P W C D F");
    expect(shown(viewOf({ closed: "This panel is closed." }))).toBe("P W C D F");
  });

  test("say which window is shown", () => {
    const does = (span: number | null) =>
      keys(viewOf(), { ...new Local(), span }).find(({ shown }) => shown === "W")?.does;
    expect([does(60_000), does(null)]).toEqual(["window: 1 min", "window: all"]);
  });
});
