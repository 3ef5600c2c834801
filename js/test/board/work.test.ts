import { expect, test } from "vitest";
import { Repl } from "../../src/board/repl";
import { carryOut, literal, moment, type Step, Wrong } from "../../src/board/work";
import type { Plan } from "../../src/contract";
import { Board } from "./board";

const bytes = (text: string) => new TextEncoder().encode(text);
const PLAN: Plan = {
  look: "look",
  save: "save",
  files: [
    ["my_secrets.py", bytes("SSID = ''\nPASSWORD = ''\nCOURSE_ID = 'SSID = '\n")],
    ["pico/roots.der", Uint8Array.of(0, 0x22, 0x41, 0x5c, 0xff)],
    ["main.py", bytes("print('é')")],
  ],
  verify: "verify",
  start: "start",
  reset: "reset",
  trouble: {},
  steps: [],
  micropython: { address: "", models: {} },
};
const WIFI = { SSID: "$& lab", PASSWORD: 'a "b" \\ \n é' };

async function work(answers: Record<string, object>) {
  const board = new Board((program) => {
    const name = Object.keys(answers).find((it) => program.endsWith(it));
    return name ? { prints: `its own words\r\n${JSON.stringify(answers[name]) ?? ""}\r\n` } : {};
  }, 64);
  const repl = await Repl.open(board as unknown as SerialPort);
  const told: [Step, boolean, string][] = [];
  const done = carryOut(PLAN, WIFI, repl, (...it) => void told.push(it));
  return { board, done, told };
}

const GOOD = {
  look: { says: "a Pico W" },
  save: { says: "kept" },
  verify: { says: "3 files" },
  start: { says: "started" },
};

test("the steps are done in their order, and the board is restarted at the end", async () => {
  const { board, done, told } = await work(GOOD);
  await done;
  expect(told.filter(([, done]) => done)).toEqual([
    ["board", true, "a Pico W"],
    ["save", true, "kept"],
    ["write", true, "3 files"],
    ["start", true, "started"],
  ]);
  expect(board.programs.at(-1)).toBe("reset");
  const opened = board.programs.filter((it) => it.startsWith("f = open("));
  expect(opened.map((it) => it.split('"')[1])).toEqual(["my_secrets.py", "pico/roots.der", "main.py"]);
});

test("the Wi-Fi is filled in as Python's literals, and each file's checksum is that of what was sent", async () => {
  const { board, done } = await work(GOOD);
  await done;
  const secrets = board.programs[board.programs.findIndex((it) => it.includes("my_secrets")) + 1];
  const sent = [
    'SSID = "$& lab"',
    String.raw`PASSWORD = "a \"b\" \\ \n é"`,
    "COURSE_ID = 'SSID = '",
    "",
  ].join("\n");
  expect(secrets).toBe(`w(${literal(bytes(sent))})`);
  const sum = await crypto.subtle.digest("SHA-256", bytes(sent));
  const hex = Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
  expect(board.programs.find((it) => it.endsWith("verify"))).toContain(`"my_secrets.py":"${hex}"`);
});

test("what a program finds wrong ends it, before anything more is done", async () => {
  const { board, done } = await work({ ...GOOD, look: { wrong: "too old", renew: true } });
  const error = await done.catch((it) => it);
  expect(error).toBeInstanceOf(Wrong);
  expect([error.message, error.renew]).toEqual(["too old", true]);
  expect(board.programs).toEqual(["look"]);
});

test("an answer that is none is quoted", async () => {
  const { done } = await work({ ...GOOD, save: undefined! });
  const error = await done.catch((it) => it);
  expect([error.kind, error.message]).toEqual(["else", "its own words"]);
});

test("bytes and times are written as Python has them", () => {
  expect(literal(Uint8Array.of(0, 10, 0x22, 0x27, 0x41, 0x5c, 0x7f, 0xff))).toBe(
    String.raw`b"\x00\x0a\x22'A\x5c\x7f\xff"`,
  );
  expect(moment(new Date("2026-11-29T23:59:08Z"))).toBe("(2026, 11, 29, 6, 23, 59, 8, 0)");
});
