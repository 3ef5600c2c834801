/** What a board prints while nobody has it in hand. One that restarts is away for a moment. */
import { BAUD, pause } from "./repl";

const LOOK_EVERY = 500;

export async function follow(chosen: SerialPort, tell: (text: string) => void, signal: AbortSignal) {
  let port = chosen;
  // Restarted, it is another port to the browser.
  const connected = ({ target }: Event) => (port = target as SerialPort);
  navigator.serial.addEventListener("connect", connected, { signal });
  while (!signal.aborted) {
    try {
      await port.open(BAUD);
      await readAll(port.readable!.getReader(), tell, signal);
    } catch {
      // It is not there yet, or has gone.
    }
    await port.close().catch(() => {});
    await pause(LOOK_EVERY);
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder();
  signal.addEventListener("abort", () => void reader.cancel().catch(() => {}));
  try {
    for (let it = await reader.read(); !it.done; it = await reader.read())
      tell(decoder.decode(it.value, { stream: true }));
  } finally {
    reader.releaseLock();
  }
}
