/**
 * As much as is used here of what Chromium has and no library of TypeScript's: the Web Serial API,
 * https://wicg.github.io/serial, and the pickers of https://wicg.github.io/file-system-access.
 */
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

interface Window {
  showDirectoryPicker(options: { id: string; mode: "readwrite" }): Promise<FileSystemDirectoryHandle>;
}
