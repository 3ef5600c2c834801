/** The drawer: each message once, in order, safe to read and to copy. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import contract from "../../../tests/contract.json" with { type: "json" };
import type { MessageRow, Messages, ToKernel } from "../../src/contract";
import {
  ALL,
  conversationOf,
  type Line,
  Lines,
  NO_READINGS,
  type Sieve,
  sift,
} from "../../src/data/messages";
import { LivePanel } from "../../src/data/panel";
import { canCopy, copyOf } from "../../src/messages/copies";
import { examples, gloss, qosWord, sentences } from "../../src/messages/meaning";
import { isPlain, visible } from "../../src/page/text";

function row(payload: string, given: Partial<Line> = {}): MessageRow {
  const it = {
    time: 0,
    direction: "in" as const,
    topic: "alice/onboard_temp",
    asked: 1,
    granted: 1,
    ...given,
  };
  const size = given.size ?? new TextEncoder().encode(payload).length;
  return [it.time, it.direction, it.topic, payload, size, it.asked, it.granted, given.retained ?? false];
}

function lineOf(of: MessageRow): Line {
  const lines = new Lines();
  lines.hear({ since: 0, first: 0, rows: [of] }, 0);
  return lines.all[0];
}

/** What a kernel with so many messages answers to a question. */
function part(total: number, since: number, most: number): Messages {
  const first = Math.max(since, total - most);
  const rows = Array.from({ length: total - first }, (_, nth) => row(String(first + nth)));
  return { since, first, rows };
}

describe("the lines", () => {
  test("are the kernel's", () => {
    const lines = new Lines();
    lines.hear(contract.messages as Messages, 0);
    expect(lines.all.map((it) => `${it.direction} ${it.topic} ${it.payload} ${qosWord(it)}`)).toEqual([
      "subscribe alice/onboard_temp  QoS 1 asked, 1 granted",
      "out alice/onboard_led toggle QoS 2",
      "in alice/onboard_temp 23.4 QoS 1",
      "in alice/status offline QoS 1",
    ]);
  });

  test("whatever is repeated, overlaps or is lost on the way, each is listed once and in order", () => {
    const deliveries = fc.array(fc.record({ more: fc.nat(30), lost: fc.boolean(), again: fc.nat(20) }));
    fc.assert(
      fc.property(deliveries, (steps) => {
        const lines = new Lines();
        let total = 0;
        let pushed = 0;
        for (const { more, lost, again } of steps) {
          total += more;
          const push = part(total, Math.max(0, pushed - again), 1000);
          pushed = total;
          if (!lost) lines.hear(push, 0);
        }
        lines.hear(part(total, lines.have, 1000), 0);
        expect(lines.all.map(({ number, payload }) => [number, payload])).toEqual(
          Array.from({ length: total }, (_, number) => [number, String(number)]).slice(-1000),
        );
        expect(lines.all.every(({ leftOut }) => leftOut === 0)).toBe(true);
      }),
    );
  });

  test("what came too fast is counted, also through a filter", () => {
    const lines = new Lines();
    lines.hear(part(5, 0, 1000), 0);
    lines.hear(part(500, 5, 3), 0);
    expect(lines.all.map(({ number, leftOut }) => [number, leftOut]).slice(4)).toEqual([
      [4, 0],
      [497, 492],
      [498, 0],
      [499, 0],
    ]);
    expect(sift(lines.all, { ...ALL, text: "499" }).map(({ number, leftOut }) => [number, leftOut])).toEqual([
      [499, 492],
    ]);
  });

  test("are filtered by text, topic and direction", () => {
    const lines = new Lines();
    lines.hear(contract.messages as Messages, 0);
    const found = (text: string, topics: string | string[] = [], direction: Line["direction"] | "" = "") =>
      sift(lines.all, { ...ALL, text, topics: [topics].flat(), direction }).map(({ number }) => number);
    expect(found("")).toEqual([0, 1, 2, 3]);
    expect(found(" TOGGLE ")).toEqual([1]);
    expect(found("onboard")).toEqual([0, 1, 2]);
    expect(found("", "alice/onboard_temp")).toEqual([0, 2]);
    expect(found("", "alice/onboard_temp", "in")).toEqual([2]);
    expect(found("", ["alice/onboard_temp", "alice/status"]), "of several, one is enough").toEqual([0, 2, 3]);
    expect(found("nothing")).toEqual([]);
    expect(found("toggle, offline,"), "of several, one is enough").toEqual([1, 3]);
  });

  test("readings are left out, and a command stands with its answer alone", () => {
    const asked = '{"experiment_id":"k-1","led":"on"}';
    const rows = [
      row(asked, { direction: "out", topic: "alice/cmd" }),
      row('{"seq":1,"t":23}', { topic: "alice/telemetry" }),
      row('{"experiment_id":"k-2"}', { topic: "alice/ack" }),
      row('{"experiment_id": "k-1","ok":true}', { topic: "alice/ack" }),
    ];
    const lines = new Lines();
    lines.hear({ since: 0, first: 0, rows }, 0);
    const numbers = (given: Partial<Sieve>) =>
      sift(lines.all, { ...ALL, ...given }).map(({ number }) => number);
    expect(numbers({ topics: [NO_READINGS] })).toEqual([0, 2, 3]);
    const talks = lines.all.map((line) => conversationOf(line, lines.all));
    expect(talks).toEqual([[0, 3], null, [2], [0, 3]]);
    expect(numbers({ talk: lines.all[3] })).toEqual([0, 3]);
    const alone = [
      row(asked, { direction: "subscribe", topic: "alice/cmd" }),
      row('{"experiment_id":7}', { topic: "alice/ack" }),
    ].map(lineOf);
    expect(alone.map((line) => conversationOf(line, [line]))).toEqual([null, null]);
  });

  test("on the course layer, too: a command, its copy, and the next number", () => {
    const command = (payload: string) => [
      row(payload, { direction: "out", topic: "alice/onboard_led" }),
      row(payload, { topic: "alice/onboard_led" }),
    ];
    const lines = new Lines();
    const rows = [
      row("", { direction: "subscribe" }),
      row("20.1"),
      ...command("on"),
      row("online", { topic: "alice/status" }),
      row("20.2"),
      row("20.3"),
      ...command("off"),
    ];
    lines.hear({ since: 0, first: 0, rows }, 0);
    const talk = (nth: number) => conversationOf(lines.all[nth], lines.all);
    expect([2, 3, 5].map(talk)).toEqual([[2, 3, 5], [2, 3, 5], [2, 3, 5]]); // biome-ignore format: a table
    expect([0, 1, 4, 6].map(talk), "an answer to nothing that is listed").toEqual([null, null, null, null]);
    expect(talk(8), "the answer is still to come").toEqual([7, 8]);
    lines.hear({ since: 9, first: 9, rows: [row("20.4")] }, 0);
    const shown = sift(lines.all, { ...ALL, talk: lines.all[7] });
    expect(shown.map(({ number }) => number)).toEqual([7, 8, 9]);
  });
});

describe("the page asks for messages", () => {
  function opened(): { panel: LivePanel; sent: ToKernel[] } {
    const sent: ToKernel[] = [];
    return { panel: new LivePanel((message) => sent.push(message), 0), sent };
  }

  test("only while a drawer is open, and says when the last one closes", () => {
    const { panel, sent } = opened();
    panel.watchMessages(true, 0);
    panel.watchMessages(true, 0);
    panel.hear({ type: "news", now: 0, messages: part(3, 0, 1000) }, [], 100);
    panel.watchMessages(false, 200);
    expect(sent).toEqual([{ type: "ask", since: 0, messages: 0 }]);
    panel.watchMessages(false, 300);
    panel.watchMessages(true, 400);
    expect(sent.slice(1)).toEqual([
      { type: "ask", since: 0 },
      { type: "ask", since: 0, messages: 3 },
    ]);
  });

  test("again, when the kernel has forgotten the drawer or something was lost", () => {
    const { panel, sent } = opened();
    panel.watchMessages(true, 0);
    panel.hear({ type: "news", now: 0, answer: true, messages: part(3, 0, 1000) }, [], 100);
    for (let at = 200; at < 1_500; at += 100) panel.hear({ type: "news", now: at }, [], at);
    expect(sent.length, "it is patient").toBe(1);
    panel.hear({ type: "news", now: 1_700 }, [], 1_700);
    expect(sent.slice(1)).toEqual([{ type: "ask", since: 0, messages: 3 }]);
    panel.hear({ type: "news", now: 1_800, answer: true, messages: part(3, 3, 1000) }, [], 1_800);
    panel.hear({ type: "news", now: 1_900, messages: part(9, 7, 1000) }, [], 1_900);
    expect(sent.slice(2)).toEqual([{ type: "ask", since: 0, messages: 3 }]);
    expect(panel.messages.have).toBe(3);
  });
});

describe("a line copied", () => {
  test.each(contract.copies)("is a command and a program: $row.2", ({ row, mosquitto, paho }) => {
    const line = lineOf(row as MessageRow);
    expect(canCopy(line)).toBe(true);
    expect(copyOf(line, "mosquitto")).toBe(mosquitto);
    expect(copyOf(line, "paho")).toBe(paho);
  });

  test.each(contract.copied_commands)("P21: of a command, works as a command once more: $row.2", (it) => {
    const line = lineOf(it.row as MessageRow);
    expect(copyOf(line, "mosquitto")).toBe(it.mosquitto);
    expect(copyOf(line, "paho")).toBe(it.paho);
  });

  test("P21: is as it stands where it only looks like a command", () => {
    const given = [
      row("{", { topic: "alice/cmd" }),
      row("null", { topic: "alice/cmd" }),
      row('{"experiment_id":"a"}'),
    ];
    for (const of of given) expect(copyOf(lineOf(of), "mosquitto")).toContain(`-m '${of[3]}'`);
  });

  test.each([
    ["cut", row("abc", { size: 5000 })],
    ["not UTF-8", row("\\xff", { size: 1 })],
    ["a key for a terminal", row("\u0003rm -rf ~\n")],
    ["turned around", row("\u202etxt")],
  ])("is not offered where it would not be the message: %s", (_, of) => {
    expect(canCopy(lineOf(of))).toBe(false);
  });
});

test("what is not seen is made visible", () => {
  expect(visible("a\n\u0000\u007f\u202eb\ufeff<b>é😀")).toBe("a␊␀␡⟨U+202E⟩b⟨U+FEFF⟩<b>é😀");
  expect([isPlain("toggle é😀"), isPlain("a\tb"), isPlain("a\u200bb")]).toEqual([true, false, false]);
});

test("a line says what it means, and what its QoS means", () => {
  const status = (payload: string, given: Partial<Line> = {}) =>
    lineOf(row(payload, { topic: "alice/status", ...given }));
  expect(gloss(status("offline"), "alice")).toBe("the board's will");
  expect(gloss(status("online"), "alice")).toBe("board is here");
  expect(gloss(status("ONLINE"), "alice")).toBe("");
  expect(sentences(status("offline", { retained: true }), "alice").at(-1)).toMatch(
    /^Retained: the broker kept/,
  );
  const sent = lineOf(row("toggle", { direction: "out", topic: "alice/onboard_led", asked: 2, granted: 1 }));
  expect(qosWord(sent)).toBe("QoS 1, 2 asked");
  expect(sentences(sent, "alice")[1]).toMatch(
    /^QoS 2 was asked for, but this broker takes less\. QoS 1, at least/,
  );
  const refused = lineOf(row("", { direction: "subscribe", topic: "alice/cmd", granted: null }));
  expect([qosWord(refused), gloss(refused, "alice")]).toEqual(["QoS 1 refused", "refused"]);
  expect(gloss(lineOf(row("x", { topic: "alice/else" })), "alice")).toBe("");
});

test("a message of another kind of board is explained by its description", () => {
  const meanings = { "fan/7/rpm": "sample: How fast it turns.", "fan/7/speed": "command: <b>Its</b> speed." };
  const line = (topic: string) => lineOf(row("{}", { topic }));
  expect(gloss(line("fan/7/rpm"), "7", meanings)).toBe("sample");
  expect(sentences(line("fan/7/speed"), "7", meanings)[0]).toBe("<b>Its</b> speed.");
  expect(gloss(line("7/status"), "7", meanings)).toBe("");
});

test("the filter's example and its readings are those of the board that is there", () => {
  expect(examples(undefined)).toBe("cmd, ack");
  expect(examples({ "fan/7/rpm": "", "fan/7/speed": "", "fan/7/more": "" })).toBe("rpm, speed");
  expect(examples({ "sdl-demo/picow/7/as7341/": "" })).toBe("as7341");
  expect(examples({})).toBe("part of a topic");
  const lines = [
    lineOf(row("1", { topic: "fan/7/rpm" })),
    lineOf(row("2", { topic: "fan/7/speed", direction: "out" })),
    lineOf(row("", { topic: "fan/7/rpm", direction: "subscribe" })),
    lineOf(row("3", { topic: "alice/telemetry" })),
  ];
  const passing = (measured?: string[]) =>
    sift(lines, { ...ALL, topics: [NO_READINGS] }, measured).map(({ payload }) => payload);
  expect(passing(["fan/7/rpm"])).toEqual(["2", "", "3"]);
  expect(passing()).toEqual(["1", "2", ""]);
});
