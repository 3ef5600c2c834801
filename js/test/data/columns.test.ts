/** The kernel's buffers as columns of numbers. */
import { expect, test } from "vitest";
import { columnsOf } from "../../src/data/rows";

test("buffers are read wherever they begin in a larger message", () => {
  const message = new Uint8Array(40);
  new DataView(message.buffer).setFloat64(3, 23.4, true);
  const times = new DataView(message.buffer, 3, 8);
  const { times: read } = columnsOf([times, new Uint8Array(8), new Uint8Array(2)]);
  expect([...read]).toEqual([23.4]);
});
