/** When the page asks: never where pushes come, ever more rarely where nobody answers. */
import { describe, expect, test } from "vitest";
import type { ToKernel } from "../../src/contract";
import { LivePanel } from "../../src/data/panel";
import { Contact } from "../../src/page/contact";

const TICK = 100;
const NETWORK = 120;

/** A page that ticks, a kernel that pushes or does not, and answers or does not. Gives the times of asking. */
function run(seconds: number, kernel: { pushes: (at: number) => boolean; answers: (at: number) => boolean }) {
  const contact = new Contact(0);
  const asked: number[] = [];
  let answerAt = NETWORK;
  for (let at = TICK; at <= seconds * 1000; at += TICK) {
    if (at % 400 === 0 && kernel.pushes(at)) contact.hear(at, false);
    if (at >= answerAt && kernel.answers(at)) {
      contact.hear(at, true);
      answerAt = Number.POSITIVE_INFINITY;
    }
    if (contact.shouldAsk(at, false)) {
      asked.push(at);
      answerAt = at + NETWORK;
    }
  }
  return { contact, asked };
}

const always = () => true;
const never = () => false;

describe("the page", () => {
  test("never asks while pushes come", () => {
    expect(run(600, { pushes: always, answers: always }).asked).toEqual([]);
  });

  test("asks again and again where only answers come, each time 300 ms after the last news", () => {
    const { asked } = run(10, { pushes: never, answers: always });
    expect(asked[0]).toBeLessThanOrEqual(1_300);
    const gaps = asked.slice(1).map((at, nth) => at - asked[nth]);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(NETWORK + 300 + 2 * TICK);
    expect(Math.min(...gaps)).toBeGreaterThan(300);
  });

  test("stops when a push is heard again, and starts again 1.2 s after the last", () => {
    const { asked } = run(20, { pushes: (at) => at >= 5_000 && at <= 15_200, answers: always });
    expect(asked.filter((at) => at > 6_000 && at <= 16_000)).toEqual([]);
    expect(asked.find((at) => at > 16_000)).toBeLessThanOrEqual(16_400);
  });

  test("asks a kernel that does not answer ever more rarely, and calls it lost", () => {
    const { asked, contact } = run(120, { pushes: (at) => at <= 1_000, answers: never });
    expect(asked.length).toBeLessThan(8);
    expect(contact.lost(120_000)).toBe(true);
    contact.hear(120_100, true);
    expect(contact.lost(120_100)).toBe(false);
  });

  test("a busy kernel that pushes and cannot answer is not lost, and not asked", () => {
    const { asked, contact } = run(60, { pushes: always, answers: never });
    expect([asked, contact.lost(60_000)]).toEqual([[], false]);
  });

  test("a page that stood still first hears what has come meanwhile", () => {
    const contact = new Contact(0);
    contact.hear(100, false);
    expect(contact.shouldAsk(100, false)).toBe(false);
    expect(contact.shouldAsk(60_000, false)).toBe(false);
    contact.hear(60_001, false);
    expect(contact.shouldAsk(60_100, false)).toBe(false);
  });

  test("asks sooner while an answer to a click is due, but only where pushes are silent", () => {
    const contact = new Contact(0);
    contact.hear(1_900, true);
    expect(contact.shouldAsk(2_000, false)).toBe(false);
    expect(contact.shouldAsk(2_000, false, true)).toBe(true);
    contact.hear(2_010, true);
    contact.hear(2_200, false);
    expect(contact.shouldAsk(2_300, false, true)).toBe(false);
  });

  test("is not misled by pushes that slip through beside an answer", () => {
    const contact = new Contact(0);
    for (let at = 100; at <= 1_200; at += TICK) contact.shouldAsk(at, false);
    contact.hear(1_300, true);
    contact.hear(1_310, false);
    expect(contact.shouldAsk(1_700, false)).toBe(true);
    contact.hear(1_710, false);
    contact.hear(1_800, true);
    contact.hear(2_000, false);
    expect(contact.shouldAsk(2_400, false)).toBe(false);
  });

  test("asks once when it is seen again, and then hears the pushes", () => {
    for (const answered of [15, 400, 900]) {
      const sent: ToKernel[] = [];
      const panel = new LivePanel((message) => sent.push(message), 0);
      panel.hear({ type: "news", now: 0, answer: true }, [], 0);
      panel.look(false, 1_500);
      for (let at = 1_500; at <= 9_000; at += TICK) panel.tick(at);
      panel.look(true, 9_050);
      for (let at = 9_060; at <= 15_000; at += 5) {
        const since = at - 9_050 - answered;
        if (since === 0) panel.hear({ type: "news", now: at, answer: true }, [], at);
        if (since > 0 && since % 500 === 0) panel.hear({ type: "news", now: at }, [], at);
        if (at % TICK === 0) panel.tick(at);
      }
      expect(sent.map(({ type }) => type)).toEqual(["hidden", "ask"]);
    }
  });

  test("a kernel that is busy when it is seen again is not lost", () => {
    const panel = new LivePanel(() => {}, 0);
    panel.hear({ type: "news", now: 0, answer: true }, [], 0);
    panel.look(false, 1_500);
    panel.look(true, 60_000);
    for (let at = 60_000; at < 90_000; at += TICK) {
      if (at % 5_000 === 0) panel.hear({ type: "news", now: at, resting: true }, [], at); // a rare heartbeat
      panel.tick(at);
      expect(panel.contact.lost(at)).toBe(false);
    }
  });

  test("missing rows are asked for at once, and again after a second", () => {
    const contact = new Contact(0);
    contact.hear(0, true);
    const asked = [...Array(31).keys()]
      .map((nth) => nth * TICK)
      .filter((at) => {
        contact.hear(at, false);
        return contact.shouldAsk(at, true);
      });
    expect(asked).toEqual([0, 1_100, 2_200]);
  });

  test("P22, P12d: a kernel that is restarted stops the chart at its last news within three seconds, long before it is called lost", () => {
    const { contact } = run(10, { pushes: (at) => at <= 5_000, answers: (at) => at <= 5_000 });
    const heard = contact.heard!;
    expect([contact.silent(heard + 500), contact.known(heard + 500)]).toEqual([false, heard + 500]);
    expect([contact.silent(heard + 3_500), contact.known(heard + 3_500)]).toEqual([true, heard]);
    expect(contact.lost(heard + 3_500)).toBe(false);
    contact.hear(heard + 4_000, true);
    expect(contact.silent(heard + 4_000)).toBe(false);
  });

  test("P22: where the host tells that the line is cut, the kernel is lost at once, until it is heard again", () => {
    const contact = new Contact(0);
    contact.hear(1_000, false);
    contact.cut = true;
    expect([contact.lost(1_001), contact.silent(1_001), contact.known(1_001)]).toEqual([true, true, 1_000]);
    contact.hear(5_000, false);
    expect([contact.lost(5_001), contact.silent(5_001)]).toEqual([false, false]);
  });
});
