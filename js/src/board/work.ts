/** Carries a set-up's plan out at a board: what the kernel's mpremote does where the kernel has the port. */
import type { Plan } from "../contract";
import { BoardError, type Repl } from "./repl";

const CHUNK = 1_024; // bytes; MicroPython compiles each program as a whole, in what memory it has
const LONGEST = 80; // characters of an answer that is none
const RENEW = "import time, machine; time.sleep_ms(100); machine.bootloader()";

/** What the plan leaves open in the file with the secrets, by the names there: it comes from the page's user alone. */
export type Wifi = { SSID: string; PASSWORD: string };

export type Step = "board" | "save" | "write" | "start";

/** What a program on the board has found wrong; `renew`: whether another MicroPython mends it. */
export class Wrong extends Error {
  constructor(
    said: string,
    readonly renew: boolean,
  ) {
    super(said);
  }
}

/** Does one step after the other, and tells what it does and then what there is to say of it. */
export async function carryOut(
  plan: Plan,
  wifi: Wifi,
  repl: Repl,
  tell: (step: Step, done: boolean, says: string) => void,
): Promise<void> {
  const step = async (name: Step, program: string, values: Record<string, string> = {}) => {
    tell(name, false, "");
    tell(name, true, await answer(repl, given(program, values)));
  };
  await step("board", plan.look);
  await step("save", plan.save);
  const sums: Record<string, string> = {};
  for (const [name, data] of plan.files) {
    const bytes = filledIn(data, wifi);
    tell("write", false, name);
    await put(repl, name, bytes);
    sums[name] = await sha256(bytes);
  }
  await step("write", plan.verify, { SUMS: JSON.stringify(sums) });
  await step("start", plan.start, { NOW: moment(new Date()) });
  await repl.send(plan.reset);
}

/** Has a board show its drive, on which MicroPython's file is put. */
export function renew(repl: Repl): Promise<void> {
  return repl.send(RENEW);
}

async function answer(repl: Repl, program: string): Promise<string> {
  const { says, wrong, renew } = told((await repl.run(program)).trim().split("\n").at(-1)!);
  if (wrong) throw new Wrong(wrong, renew === true);
  return says;
}

function told(line: string): { says: string; wrong?: string; renew?: boolean } {
  try {
    return JSON.parse(line);
  } catch {
    throw new BoardError("else", line.slice(-LONGEST));
  }
}

function given(program: string, values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${value}\n`)
    .concat(program)
    .join("");
}

/** JSON's text is Python's, too. The lines are those that the kernel has left empty. */
function filledIn(data: Uint8Array, wifi: Wifi): Uint8Array {
  const text = new TextDecoder().decode(data);
  if (!/^SSID = ''$/m.test(text)) return data;
  const filled = Object.entries(wifi).reduce(
    (so_far, [name, value]) =>
      so_far.replace(new RegExp(`^${name} = ''$`, "m"), () => `${name} = ${JSON.stringify(value)}`),
    text,
  );
  return new TextEncoder().encode(filled);
}

async function put(repl: Repl, name: string, bytes: Uint8Array): Promise<void> {
  await repl.run(`f = open(${JSON.stringify(name)}, "wb")\nw = f.write`);
  for (let at = 0; at < bytes.length; at += CHUNK)
    await repl.run(`w(${literal(bytes.subarray(at, at + CHUNK))})`);
  await repl.run("f.close()");
}

/** Python's literal of bytes. */
export function literal(bytes: Uint8Array): string {
  const written = Array.from(bytes, (byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
      ? `\\x${byte.toString(16).padStart(2, "0")}`
      : String.fromCharCode(byte),
  );
  return `b"${written.join("")}"`;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A time in UTC as MicroPython's `RTC.datetime` takes it, whose weeks begin with Monday. */
export function moment(now: Date): string {
  const day = [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate(), (now.getUTCDay() + 6) % 7];
  return `(${[...day, now.getUTCHours(), now.getUTCMinutes(), now.getUTCSeconds(), 0].join(", ")})`;
}
