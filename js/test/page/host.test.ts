/** What the page makes of a host. */
import { expect, test, vi } from "vitest";
import { quietly } from "../../src/page/host";

test("P22: a host that throws at a message has cut the line, be it that it says nothing else", () => {
  const cut = vi.fn();
  quietly(() => {}, cut);
  expect(cut).not.toHaveBeenCalled();
  quietly(() => {
    throw new Error("Cannot send");
  }, cut);
  expect(cut).toHaveBeenCalledOnce();
});
