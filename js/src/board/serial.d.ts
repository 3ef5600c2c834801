/** As much as is used here of the Web Serial API, https://wicg.github.io/serial, which is in no library of TypeScript's. */
interface SerialPort extends EventTarget {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { baudRate: number; bufferSize?: number }): Promise<void>;
  close(): Promise<void>;
}

interface Serial extends EventTarget {
  requestPort(options?: { filters: { usbVendorId: number }[] }): Promise<SerialPort>;
}

interface Navigator {
  readonly serial: Serial;
}
