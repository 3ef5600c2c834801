/** What a hand does on the chart: a drag holds it, a right click does not, one finger scrolls, two zoom. */
import { describe, expect, it } from "vitest";
import { Hands, pinched } from "../../src/chart/zoom";

function hands(reads = false) {
  const [element, page] = [new EventTarget(), new EventTarget()];
  const zooms: [number, number][] = [];
  const axis = { range: [0, 1000] as [number, number], left: 50, width: 500 };
  const made = new Hands(element, page, new AbortController().signal, {
    axis: () => axis,
    reads: () => reads,
    zoomed: (range) => zooms.push(range),
  });
  const tell = (target: EventTarget, kind: string, facts: object, cancelable = true) => {
    const event = Object.assign(new Event(kind, { cancelable }), facts);
    target.dispatchEvent(event);
    return event;
  };
  const mouse = { pointerType: "mouse", button: 0, buttons: 1, ctrlKey: false };
  const touches = (...at: number[]) => ({ touches: at.map((clientX) => ({ clientX, clientY: 0 })) });
  return { element, page, zooms, made, tell, mouse, touches };
}

describe("P8: a right click on the chart does not stop it", () => {
  it("P8: a press with another button, or with Ctrl as on macOS, is no drag", () => {
    const { element, made, tell, mouse } = hands();
    tell(element, "pointerdown", { ...mouse, ctrlKey: true });
    expect(made.hold).toBe(false);
    tell(element, "pointerdown", { ...mouse, button: 2, buttons: 2 });
    expect(made.hold).toBe(false);
    tell(element, "pointerdown", mouse);
    expect(made.hold).toBe(true);
  });

  it.each(["pointerup", "pointercancel", "contextmenu", "blur"])("P8: a drag ends with %s", (end) => {
    const { element, page, made, tell, mouse } = hands();
    tell(element, "pointerdown", mouse);
    tell(page, end, {});
    expect(made.hold).toBe(false);
  });

  it("P8: a drag whose end was never told of is over when the mouse moves with no button down", () => {
    const { element, page, made, tell, mouse } = hands();
    tell(element, "pointerdown", mouse);
    tell(page, "pointermove", mouse);
    expect(made.hold).toBe(true);
    tell(page, "pointermove", { ...mouse, buttons: 0 });
    expect(made.hold).toBe(false);
  });
});

describe("P7: one finger scrolls the page, two zoom the chart", () => {
  const finger = { pointerType: "touch", button: 0, buttons: 1, ctrlKey: false };
  const at = (clientX: number, clientY: number) => ({ touches: [{ clientX, clientY }] });

  it("P7: the page keeps what one finger does that begins up or down, and the chart draws on", () => {
    const { element, made, zooms, tell } = hands();
    tell(element, "pointerdown", finger);
    const begun = tell(element, "touchstart", at(100, 0));
    const events = [begun, ...[102, 300].map((x) => tell(element, "touchmove", at(x, 30)))];
    expect(events.some((it) => it.defaultPrevented)).toBe(false);
    expect([zooms, made.hold]).toEqual([[], false]);
  });

  it("what is under a finger that moves sideways stays under it", () => {
    const { element, zooms, tell } = hands();
    tell(element, "pointerdown", finger);
    tell(element, "touchstart", at(100, 0));
    expect(tell(element, "touchmove", at(108, 2)).defaultPrevented).toBe(false); // it may rest, and read
    expect(tell(element, "touchmove", at(150, 20)).defaultPrevented).toBe(true);
    tell(element, "touchmove", at(50, 200));
    expect(zooms).toEqual([
      [-100, 900],
      [100, 1100],
    ]);
  });

  it("a finger that reads moves nothing", () => {
    const { element, zooms, tell } = hands(true);
    tell(element, "pointerdown", finger);
    for (const [kind, x] of [
      ["touchstart", 100],
      ["touchmove", 200],
      ["touchmove", 300],
    ] as const)
      tell(element, kind, at(x, 0));
    expect(zooms).toEqual([]);
  });

  it("a pen is a mouse, also where its touches are told: Plotly hears them", () => {
    const { element, made, zooms, tell } = hands();
    tell(element, "pointerdown", { ...finger, pointerType: "pen" });
    const heard = [tell(element, "touchstart", at(100, 0)), tell(element, "touchmove", at(200, 0))];
    expect(heard.some((it) => it.cancelBubble || it.defaultPrevented)).toBe(false);
    expect([zooms, made.hold]).toEqual([[], true]);
  });

  it("P7: what is between two fingers stays between them", () => {
    const { element, zooms, tell, touches } = hands();
    tell(element, "touchstart", touches(250, 350));
    const move = tell(element, "touchmove", touches(200, 400));
    expect(move.defaultPrevented).toBe(true);
    expect(zooms).toEqual([[250, 750]]);
    tell(element, "touchend", touches(200));
    tell(element, "touchmove", touches(220));
    expect(zooms.length).toBe(1);
  });

  it("P7: a finger that already scrolls the page moves nothing in the chart, however it goes on", () => {
    const { element, zooms, tell } = hands();
    tell(element, "touchstart", at(100, 0));
    tell(element, "touchmove", at(101, 30), false);
    tell(element, "touchmove", at(300, 30), false);
    expect(zooms).toEqual([]);
  });

  it("P7: fingers that meet do not zoom beyond all measure", () => {
    const [from, to] = pinched([0, 1000], { middle: 250, apart: 100 }, { middle: 250, apart: 0 }, 500);
    expect(to - from).toBeLessThan(100_000);
    expect(pinched([0, 1000], { middle: 100, apart: 50 }, { middle: 200, apart: 50 }, 500)).toEqual([
      -200, 800,
    ]);
  });
});
