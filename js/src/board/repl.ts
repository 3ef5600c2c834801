/**
 * MicroPython's raw REPL at a serial port: it runs programs on a board, and knows nothing of what they do.
 * https://docs.micropython.org/en/latest/reference/repl.html, "Raw mode and raw-paste mode".
 */

export const BAUD = { baudRate: 115_200, bufferSize: 8_192 };
const CTRL_A = "\x01";
const CTRL_C = "\x03";
const CTRL_D = "\x04";
const RAW_PASTE = "\x05A\x01";
const BANNER = "raw REPL; CTRL-B to exit";
/** A loop that catches even interrupts is left only when one comes between two of its catches. */
const INTERRUPTS = 50;
const BETWEEN_INTERRUPTS = 4;
const INTERRUPTS_WITHIN = 2_000; // in a page out of sight each pause takes a second
const TRIES = 3;
const BANNER_WITHIN = 3_000;
const ANSWERS_WITHIN = 60_000;

/** Why a board does not do as told: its port is not to be opened, it does not let go, it is full, or has gone. */
export type Kind = "busy" | "deaf" | "full" | "lost" | "else";

export class BoardError extends Error {
  constructor(
    readonly kind: Kind,
    said: unknown = "",
  ) {
    super(String(said));
  }
}

export class Repl {
  private heard = ""; // a character a byte
  private gone: BoardError | null = null;
  private wake = () => {};
  private readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  private readonly listening: Promise<void>;
  private closing: Promise<void> | undefined;
  private reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  private constructor(private readonly port: SerialPort) {
    this.writer = port.writable!.getWriter();
    this.listening = this.listen();
  }

  /** Opens a port, and has the board leave its program; `signal` ends it all. */
  static async open(port: SerialPort, signal?: AbortSignal): Promise<Repl> {
    await port.open(BAUD).catch((cause) => {
      throw new BoardError("busy", cause.message);
    });
    const repl = new Repl(port);
    signal?.addEventListener("abort", () => void repl.close());
    try {
      await repl.enter();
    } catch (error) {
      await repl.close();
      throw error;
    }
    return repl;
  }

  /** Runs a program to its end, and gives back what it prints. */
  async run(program: string): Promise<string> {
    await this.send(program);
    const printed = await this.until(CTRL_D);
    const trouble = await this.until(CTRL_D);
    await this.until(">");
    if (!trouble) return decoded(printed);
    const said = decoded(trouble).trim().split("\n").at(-1)!;
    throw new BoardError(/^OSError: (28|.*ENOSPC)\b/.test(said) ? "full" : "else", said);
  }

  /** Starts a program, and does not wait for its end. */
  async send(program: string): Promise<void> {
    await this.write(RAW_PASTE);
    if ((await this.take(2)) !== "R\x01") throw new BoardError("else", "its raw REPL knows no raw paste");
    const size = await this.take(2);
    const step = size.charCodeAt(0) + 256 * size.charCodeAt(1);
    const bytes = new TextEncoder().encode(program);
    let room = step;
    for (let at = 0; at < bytes.length; ) {
      while (!room || this.heard) {
        if ((await this.take(1)) === CTRL_D) return this.write(CTRL_D); // it takes no more of it, and will say why
        room += step;
      }
      await this.writer.write(bytes.subarray(at, at + room)).catch(lost);
      at += room;
      room = 0;
    }
    await this.write(CTRL_D);
    await this.until(CTRL_D);
  }

  /** Gives the port back; who waits for an answer gets none. */
  close(): Promise<void> {
    this.closing ??= this.giveBack();
    return this.closing;
  }

  private async giveBack(): Promise<void> {
    this.gone ??= new BoardError("lost");
    await this.reader?.cancel().catch(() => {});
    await this.listening;
    this.writer.releaseLock();
    await this.port.close().catch(() => {}); // one that has gone is closed
  }

  /** Has the board leave its program, and begins anew without it; `main.py` does not run then. */
  private async enter(): Promise<void> {
    await this.interrupt();
    await this.write(CTRL_D);
    if (await this.hears(BANNER, BANNER_WITHIN)) await this.until(">");
    else await this.interrupt(); // `boot.py` runs, and would each time
  }

  private async interrupt(): Promise<void> {
    for (let tried = 0; tried < TRIES; tried++) {
      const last = performance.now() + INTERRUPTS_WITHIN;
      for (let sent = 0; sent < INTERRUPTS && performance.now() < last; sent++) {
        await this.write(CTRL_C);
        await pause(BETWEEN_INTERRUPTS);
      }
      await this.write(`\r${CTRL_A}`);
      if (!(await this.hears(BANNER, BANNER_WITHIN))) continue;
      await this.write(`print('in', 'hand')${CTRL_D}`); // one banner may be followed by more
      await this.until("in hand");
      return void (await this.until(">"));
    }
    throw new BoardError("deaf");
  }

  private async hears(words: string, within: number): Promise<boolean> {
    try {
      await this.until(words, within);
      return true;
    } catch (error) {
      if (this.gone) throw error;
      this.heard = "";
      return false;
    }
  }

  private write(text: string): Promise<void> {
    return this.writer.write(new TextEncoder().encode(text)).catch(lost);
  }

  private take(count: number): Promise<string> {
    return this.find((heard) => (heard.length < count ? -1 : count), ANSWERS_WITHIN);
  }

  /** Takes what is heard up to these words, and gives back what came before them. */
  private async until(words: string, within = ANSWERS_WITHIN): Promise<string> {
    const end = (heard: string) => {
      const at = heard.indexOf(words);
      return at < 0 ? -1 : at + words.length;
    };
    return (await this.find(end, within)).slice(0, -words.length);
  }

  private async find(end: (heard: string) => number, within: number): Promise<string> {
    const last = performance.now() + within;
    for (;;) {
      const at = end(this.heard);
      if (at >= 0) {
        const found = this.heard.slice(0, at);
        this.heard = this.heard.slice(at);
        return found;
      }
      if (this.gone) throw this.gone;
      const left = last - performance.now();
      if (left <= 0) throw new BoardError("deaf");
      await this.news(left);
    }
  }

  private news(within: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, within);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async listen(): Promise<void> {
    while (this.port.readable) {
      this.reader = this.port.readable.getReader();
      try {
        for (;;) {
          const { value, done } = await this.reader.read();
          if (done) return;
          this.hear(value);
        }
      } catch (error) {
        // A byte that was garbled leaves another stream behind, a board that has gone leaves none.
        if (!this.port.readable) this.gone = new BoardError("lost", (error as Error).message);
      } finally {
        this.reader.releaseLock();
        this.wake();
      }
    }
  }

  private hear(bytes: Uint8Array): void {
    for (const byte of bytes) this.heard += String.fromCharCode(byte);
    this.wake();
  }
}

function lost(cause: Error): never {
  throw new BoardError("lost", cause.message);
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function decoded(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
