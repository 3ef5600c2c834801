/** Reads a message's buffers. */
import type { Columns } from "./rows";

/** The three columns of a batch, where `origin` may stand for the third; hosts give buffers as DataView, typed array or ArrayBuffer. */
export function columnsOf(buffers: readonly (ArrayBuffer | ArrayBufferView)[], origin?: number): Columns {
  const [times, values, origins] = buffers.map(copied);
  const columns = { times: new Float64Array(times), values: new Float64Array(values) };
  if (origin === undefined) return { ...columns, origins: new Uint16Array(origins) };
  return { ...columns, origins: new Uint16Array(columns.times.length).fill(origin) };
}

/** A copy, because a part of a larger message need not start at a multiple of 8. */
function copied(buffer: ArrayBuffer | ArrayBufferView): ArrayBuffer {
  if (!ArrayBuffer.isView(buffer)) return buffer;
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  return bytes.slice().buffer;
}
