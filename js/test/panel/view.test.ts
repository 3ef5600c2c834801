/** What the panel says in each state. */
import { describe, expect, test } from "vitest";
import type { Lamp, PanelEvent, PanelState, ToKernel } from "../../src/contract";
import { LivePanel } from "../../src/data/panel";
import { Local } from "../../src/panel/local";
import { view } from "../../src/panel/view";
import { type Item, news, state } from "../helpers";

function panel(sent: ToKernel[] = []): LivePanel {
  return new LivePanel((message) => sent.push(message), 0);
}

const STREAM: Item[] = Array.from({ length: 50 }, (_, at) => [at * 200, 20 + at / 10]);

describe("the view", () => {
  test("is calm while all is well: one quiet line and no lamps", () => {
    const it = panel();
    const [message, buffers] = news(STREAM, 0, {}, 10_000);
    it.hear({ ...message, state: state() }, buffers, 10_000);
    const shown = view(it, new Local(), 10_000);
    expect(shown.quiet).toBe("Live: 5 readings a second");
    expect([shown.lamps, shown.says, shown.blocked]).toEqual([[], null, null]);
    expect(shown.tiles[0]).toMatchObject({ value: "24.9", unit: "°C", age: "just now", stale: false });
    expect(shown.about).toBe("LED on · Pico W · online 10 s");
  });

  test("a described board has the buttons that its description has, and no LED where it has none", () => {
    const it = panel();
    const described = {
      mode: "described",
      board: "Light mixing",
      led: null,
      online: null,
      interval: null,
    } as const;
    const lamps: Lamp[] = [{ name: "Board", level: "ok", word: "online" }];
    it.hear({ ...news([])[0], state: state({ ...described, controls: [], reads: true, lamps }) }, [], 0);
    const shown = view(it, new Local(), 100);
    expect([shown.hasLed, shown.reads, shown.about]).toEqual([false, true, "Light mixing · online"]);
    expect([shown.waits, shown.announcement]).toEqual(["A reading comes with each command", ""]);
  });

  test("how often a board that names no interval sends is told by its readings, and that it has ended", () => {
    const often = (now: number, given: Partial<PanelState> = {}) => {
      const it = panel();
      const rows: Item[] = [0, 3, 6, 9].map((seconds) => [1000 * seconds, 20 + seconds]);
      const [message, buffers] = news(rows, 0, {}, now);
      it.hear({ ...message, state: state({ interval: null, ...given }) }, buffers, 0);
      return view(it, new Local(), 0).quiet;
    };
    expect(often(11_000)).toBe("Live: a reading every 3 s");
    expect(often(19_000)).toBe("Connected: no readings just now");
    expect(often(11_000, { mode: "described", reads: true })).toBe(
      "Connected: a reading comes with each command",
    );
  });

  test("says so while it is connecting", () => {
    const shown = view(panel(), new Local(), 100);
    expect([shown.quiet, shown.blocked, shown.led]).toEqual(["Connecting…", "Connecting…", "unknown"]);
  });

  test("a value grows old by the kernel's clock, not the page's", () => {
    const it = panel();
    const [message, buffers] = news(STREAM, 0, {}, 10_000);
    it.hear({ ...message, state: state() }, buffers, 500_000);
    expect(view(it, new Local(), 541_000 - 200).tiles[0]).toMatchObject({
      age: "last, 41 s ago",
      stale: true,
    });
  });

  test("B4: the value of a sensor that is read once a minute is not old in the next one", () => {
    const channels = [{ name: "temperature", unit: "°C", every: 60_000 }];
    for (const [now, stale] of [[100_000, false] as const, [200_000, true] as const]) {
      const it = panel();
      const [message, buffers] = news(STREAM, 0, {}, now);
      it.hear({ ...message, state: state({ channels }) }, buffers, 500_000);
      expect(view(it, new Local(), 500_000).tiles[0]!.stale).toBe(stale);
    }
  });

  test("P22: what was clicked as the kernel ended waits for no cell", () => {
    const it = panel();
    it.hear({ ...news([])[0], state: state() }, [], 0);
    it.click("on", 1_000);
    expect(view(it, new Local(), 2_000).echo?.text).toBe("On: waiting for the running cell…");
    it.contact.cut = true;
    expect(view(it, new Local(), 2_000).echo).toBeNull();
  });

  test("trouble shows every lamp, its sentence and the next step", () => {
    const it = panel();
    it.adopt(
      state({ trouble: "The Pico went offline.", next: "Is it powered?", blocked: "The Pico is offline." }),
    );
    const shown = view(it, new Local(), 0);
    expect(shown.lamps.map(({ name }) => name)).toEqual(["Kernel", "Broker"]);
    expect([shown.says, shown.next, shown.blocked]).toEqual([
      "The Pico went offline.",
      "Is it powered?",
      "The Pico is offline.",
    ]);
  });

  test("a set-up is offered where nobody answers, and one that is open stays until it is closed", () => {
    const offered = (nobody: boolean, setup: boolean | null) => {
      const it = panel();
      it.hear({ type: "news", now: 0, state: state({ nobody }) }, [], 0);
      return view(it, Object.assign(new Local(), { setup }), 0).setup;
    };
    expect([offered(true, false), offered(true, true), offered(false, true)]).toEqual([false, true, true]);
    expect([offered(false, false), offered(true, null)]).toEqual([null, null]);
  });

  test("a silent kernel is asked ever more rarely, then outranks all other trouble", () => {
    const sent: ToKernel[] = [];
    const it = panel(sent);
    it.hear({ type: "news", now: 0, state: state({ trouble: "Other.", led: true }) }, [], 0);
    for (let at = 0; at <= 18_000; at += 500) it.tick(at);
    expect(sent).toEqual(Array(3).fill({ type: "ask", since: 0 }));
    const shown = view(it, new Local(), 18_000);
    expect(shown.says).toBe("The kernel does not answer.");
    expect(shown.lamps[0]).toEqual({ name: "Kernel", level: "warn", word: "not answering" });
    expect([shown.blocked, shown.led]).toEqual(["The kernel does not answer.", "unknown"]);
    it.hear({ type: "news", now: 18_100 }, [], 18_100);
    expect(view(it, new Local(), 18_200).says).toBe("Other.");
  });

  test("once the kernel is silent nothing that it said of the board is said to be so", () => {
    const it = panel();
    const lamps: Lamp[] = [{ name: "Pico", level: "ok", word: "online" }];
    it.hear({ type: "news", now: 0, state: state({ lamps }) }, [], 0);
    expect(view(it, new Local(), 1_000).about).toBe("LED on · Pico W · online 1 s");
    for (let at = 0; at <= 18_000; at += 500) it.tick(at);
    const shown = view(it, new Local(), 18_000);
    expect(shown.about).toBe("LED unknown · Pico W");
    expect(shown.lamps[1]).toEqual({ name: "Pico", level: "unknown", word: "unknown" });
  });

  test("a board that the broker counts as online is not called so while it is silent", () => {
    const it = panel();
    const trouble = "The Pico has been silent for 41 s.";
    it.adopt(state({ lamps: [{ name: "Pico", level: "warn", word: "silent" }], trouble }));
    expect(view(it, new Local(), 10_000).about).toBe("LED on · Pico W · silent");
  });

  test("P16: that a command went well is not said any more once nothing can be commanded", () => {
    const it = panel();
    const events: PanelEvent[] = [
      { kind: "sent", id: "a", command: "off", click: null },
      { kind: "answered", id: "a", command: "off", click: null, latency: 83, certain: true, led: false },
    ];
    const [message, buffers] = news(
      events.map((event) => [1_000, event]),
      0,
      {},
      1_000,
    );
    it.hear({ ...message, state: state() }, buffers, 1_000);
    expect(view(it, new Local(), 2_000).echo?.text).toBe("✓ Off confirmed in 83 ms");
    it.hear({ type: "news", now: 2_000, state: state({ version: 2, blocked: "No broker." }) }, [], 2_000);
    expect([view(it, new Local(), 2_100).echo, view(it, new Local(), 2_100).blocked]).toEqual([
      null,
      "No broker.",
    ]);
  });

  test("an old state that comes late is not taken", () => {
    const it = panel();
    it.adopt(state({ version: 5, led: false }));
    it.adopt(state({ version: 4, led: true }));
    expect(view(it, new Local(), 0).led).toBe("off");
  });

  test("asks for rows that are missing, once until they had time to come", () => {
    const sent: ToKernel[] = [];
    const it = panel(sent);
    it.hear(...news(STREAM), 2000);
    it.hear(...news(STREAM, 60), 2100);
    it.hear(...news(STREAM, 110), 2200);
    expect(sent).toEqual([{ type: "ask", since: 50 }]);
  });

  test("a panel that has ended says why, and can command nothing", () => {
    const it = panel();
    it.adopt(state({ closed: "A newer panel took over." }));
    const shown = view(it, new Local(), 0);
    expect([shown.says, shown.blocked, shown.pressed]).toEqual([
      "A newer panel took over.",
      "A newer panel took over.",
      null,
    ]);
  });

  test("a recording is shown as one until a kernel speaks", () => {
    const it = panel();
    const series = [{ channel: "temperature", times: [0, 1000, 2000], values: [20, null, 21] }];
    const marks = [{ time: 500, text: "lid off" }];
    it.showRecorded({ at: 3000, state: state(), series, marks });
    expect(it.history.series.get("temperature")?.size).toBe(2);
    expect(it.history.marks).toMatchObject(marks);
    expect(view(it, new Local(), 5000).says).toMatch(/^Recorded at .*; the kernel is gone\.$/);
    it.hear(...news(STREAM, 0, {}, 10_000), 10_000);
    expect(it.history.series.get("temperature")?.size).toBe(50);
    expect(view(it, new Local(), 10_000).says).toBeNull();
  });

  test("dismissed notices stay away", () => {
    const it = panel();
    it.adopt(state({ notices: ["one", "two"] }));
    const local = new Local();
    local.dismissed.add("one");
    expect(view(it, local, 0).notices).toEqual(["two"]);
  });

  test("a second click on Clear clears for as long as the view says so", () => {
    const local = { ...new Local(), clearUntil: 3_000 };
    expect([view(panel(), local, 2_999).clears, view(panel(), local, 3_000).clears]).toEqual([true, false]);
  });

  test("text of a board loses what is not seen", () => {
    const it = panel();
    it.adopt(state({ board: "Pico\u202eevil\u0007" }));
    expect(view(it, new Local(), 0).about).toContain("Pico\ufffdevil\ufffd");
  });

  describe("P28: before the first reading", () => {
    const unheard = { board: null, led: null, online: null, mode: null, interval: null } as const;
    const lamps: Lamp[] = [
      { name: "Broker", level: "ok", word: "connected" },
      { name: "Pico", level: "unknown", word: "unknown" },
    ];

    test("P28: nothing is said of a board that has not been heard, but that it is waited for", () => {
      const it = panel();
      it.adopt(state({ ...unheard, lamps }));
      const shown = view(it, new Local(), 0);
      const waits = "Waiting to hear from the board";
      expect([shown.about, shown.waits, shown.quiet, shown.announcement]).toEqual(["", waits, waits, ""]);
    });

    test("P28: it says what comes next, by what is known of the board", () => {
      const waits = (given: Partial<PanelState>) => {
        const it = panel();
        it.adopt(state(given));
        return view(it, new Local(), 0).waits;
      };
      expect(waits({})).toBe("Waiting for the first reading");
      expect(waits({ ...unheard, mode: "course" })).toBe("A reading comes with each command");
      expect(waits({ trouble: "The Pico is offline." })).toBe("No readings yet");
      expect(waits({ mode: "described", channels: [] })).toBe("This board sends no readings");
      expect(view(panel(), new Local(), 0).waits).toBe("Connecting…");
    });

    test("of a board that sends no readings none is missed", () => {
      const it = panel();
      it.adopt(state({ mode: "described", channels: [] }));
      expect(view(it, new Local(), 0).quiet).toBe("Connected");
    });

    test("P28: with a reading there is nothing to wait for", () => {
      const it = panel();
      it.hear(...news(STREAM), 0);
      expect(view(it, new Local(), 0).waits).toBeNull();
    });
  });

  test("P24: a paused chart is told of where else it says Live, and is not green", () => {
    const it = panel();
    const [message, buffers] = news(STREAM, 0, {}, 10_000);
    it.hear({ ...message, state: state() }, buffers, 10_000);
    const shown = view(it, { ...new Local(), paused: 9_000 }, 10_000);
    expect(shown.quiet).toBe("Paused: the chart stands still, readings go on being kept");
    expect([shown.settled, view(it, new Local(), 10_000).settled]).toEqual([false, true]);
  });
});
