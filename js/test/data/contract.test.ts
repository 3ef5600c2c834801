/** The page takes in the very message that the Python tests hold the kernel to. */
import { expect, test } from "vitest";
import contract from "../../../tests/contract.json";
import type { Origin, PanelEvent, Rows } from "../../src/contract";
import { History } from "../../src/data/history";
import { columnsOf } from "../../src/data/rows";

type Stored = Partial<Origin> & { time: number; value?: number; event?: PanelEvent };
interface NewsExample {
  store: Stored[];
  rows: Rows;
  buffers_base64: string[];
}

const { store, rows, buffers_base64 } = contract.news as unknown as NewsExample;

test("the contract's message brings exactly the contract's store", () => {
  const page = new History();
  const buffers = buffers_base64.map((text) => Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0)));
  page.hear(rows, columnsOf(buffers));
  const { table } = page;
  expect(table.have).toBe(store.length);
  for (const [row, { time, value, event, channel, boot, interval, led, virtual }] of store.entries()) {
    expect(table.time(row)).toBe(time);
    if (event) {
      expect(rows.events).toContainEqual([row, event]);
    } else {
      expect(table.value(row)).toBe(value);
      const origin = Object.values(rows.origins ?? {}).find((each) => each.channel === channel);
      expect(origin).toEqual({ channel, boot, interval, led, virtual, replay: false, derived: false });
      expect(page.series.get(channel ?? "")?.size).toBe(1);
    }
  }
});
