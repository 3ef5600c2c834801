/** Of many rows the newest come first, and are shown until all are there. */
import { expect, test } from "vitest";
import type { ToKernel } from "../../src/contract";
import { LivePanel } from "../../src/data/panel";
import { type Item, news, state } from "../helpers";

const OLD: Item[] = [[0, 1], [1000, 2], [2000, { kind: "mark", mark: "m", text: "lamp" }]]; // biome-ignore format: a table
const NEWEST: Item[] = [[3000, 3], [4000, 4]]; // biome-ignore format: a table

function opened(): {
  it: LivePanel;
  sent: ToKernel[];
  hear: (items: Item[], first: number, ahead?: true) => void;
} {
  const sent: ToKernel[] = [];
  const it = new LivePanel((message) => sent.push(message), 0);
  const hear = (items: Item[], first: number, ahead?: true) => {
    const [message, buffers] = news(items, first, {}, 5000);
    if (ahead) Object.assign(message.rows!, { ahead, floor: first });
    it.hear({ ...message, answer: true, state: state() }, buffers, 5000);
  };
  return { it, sent, hear };
}

const values = ({ history }: LivePanel) => {
  const series = history.series.get("temperature");
  return Array.from({ length: series?.size ?? 0 }, (_, at) => series!.value(series!.start + at));
};

test("they are shown at once, and nothing is asked for", () => {
  const { it, sent, hear } = opened();
  hear(NEWEST, 3, true);
  expect(values(it)).toEqual([3, 4]);
  it.tick(5001);
  expect(sent).toEqual([]);
  hear(OLD, 0);
  expect(values(it), "until all are there").toEqual([3, 4]);
  hear(NEWEST, 3);
  expect(values(it)).toEqual([1, 2, 3, 4]);
  expect(it.history.marks.map(({ text }) => text)).toEqual(["lamp"]);
});

test("a page that is asked to go on asks for the old ones, too", () => {
  const { it, sent, hear } = opened();
  hear(NEWEST, 3, true);
  hear([[5000, 5]], 5); // what came before it is on its way no longer
  it.tick(9000);
  expect(sent).toContainEqual(expect.objectContaining({ type: "ask", since: 0 }));
});

test("a click that is made meanwhile is shown then, and afterwards", () => {
  const { it, hear } = opened();
  hear(NEWEST, 3, true);
  it.click("on", 5000);
  expect(it.history.commands.click?.name).toBe("on");
  hear(OLD, 0);
  hear(NEWEST, 3);
  expect(it.history.commands.click?.name).toBe("on");
});
