/** A board at a serial port, as far as the raw REPL goes: its rules are those of MicroPython's `pyexec.c`. */

const BANNER = "raw REPL; CTRL-B to exit\r\n";

export class Board extends EventTarget {
  readonly programs: string[] = [];
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;
  /** The most bytes that have come without being asked for: more than none is lost on a board. */
  tooMany = 0;
  /** Whether its `boot.py` has no end, but that of Ctrl-C. */
  endless = false;
  private booting = false;
  private out!: ReadableStreamDefaultController<Uint8Array>;
  private line = "";
  private paste: string | null = null;
  private room = 0;

  constructor(
    private readonly answer: (program: string) => { prints?: string; raises?: string },
    private readonly window = 4,
    private readonly heeds = true,
  ) {
    super();
  }

  async open(): Promise<void> {
    const start = (out: ReadableStreamDefaultController<Uint8Array>) => {
      this.out = out;
    };
    this.readable = new ReadableStream({ start });
    this.writable = new WritableStream({ write: (bytes) => this.hear(bytes) });
  }

  async close(): Promise<void> {
    this.readable = this.writable = null;
  }

  unplug(): void {
    this.readable = null;
    this.out.error(new DOMException("The device has been lost.", "NetworkError"));
  }

  private say(text: string): void {
    this.out.enqueue(new TextEncoder().encode(text));
  }

  private hear(bytes: Uint8Array): void {
    if (!this.heeds) return;
    for (const byte of new TextDecoder().decode(bytes)) {
      if (this.paste !== null) this.pasted(byte);
      else if (byte === "\x03") this.interrupted();
      else if (this.booting) continue;
      else if (byte === "\x01" && this.line === "\x05A") this.begin();
      else if (byte === "\x01") this.say(`${BANNER}>`);
      else if (byte === "\x04") this.entered();
      else this.line += byte === "\r" ? "" : byte;
    }
  }

  /** What was typed is run, or the board restarted. */
  private entered(): void {
    this.booting = this.endless && !this.line;
    const restarted = `OK\r\nMPY: soft reboot\r\n${this.booting ? "" : `${BANNER}>`}`;
    this.say(this.line ? "OKin hand\r\n\x04\x04>" : restarted);
    this.line = "";
  }

  private interrupted(): void {
    this.line = "";
    if (this.booting) this.say(`${BANNER}>`);
    this.booting = false;
  }

  private begin(): void {
    this.line = "";
    this.paste = "";
    this.room = 2 * this.window; // the third byte of its answer is a window more
    this.out.enqueue(Uint8Array.of(0x52, 1, this.window, 0, 1));
  }

  private pasted(byte: string): void {
    if (byte !== "\x04") {
      this.paste += byte;
      this.room--;
      this.tooMany = Math.max(this.tooMany, -this.room);
      if (this.paste!.length % this.window === 0) {
        this.room += this.window;
        this.say("\x01");
      }
      return;
    }
    const program = this.paste!;
    this.paste = null;
    this.programs.push(program);
    const { prints = "", raises = "" } = this.answer(program);
    this.say(`\x04${prints}\x04${raises}\x04>`);
  }
}
