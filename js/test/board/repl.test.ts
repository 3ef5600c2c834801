import { expect, test, vi } from "vitest";
import { BoardError, Repl } from "../../src/board/repl";
import { Board } from "./board";

const opened = (board: Board) => Repl.open(board as unknown as SerialPort);
const failure = (doing: Promise<unknown>) =>
  doing.then(
    () => null,
    (error) => error as BoardError,
  );

test("a program arrives whole, and never faster than the board takes it", async () => {
  const board = new Board((program) => ({ prints: `${program.length} °C\r\n` }));
  const repl = await opened(board);
  const program = "x = 'a longer program than any window'";
  expect(await repl.run(program)).toBe(`${program.length} °C\r\n`);
  expect(await repl.run("again")).toBe("5 °C\r\n");
  expect(board.programs).toEqual([program, "again"]);
  expect(board.tooMany).toBe(0);
});

test.each([
  ['Traceback (most recent call last):\r\n  File "<stdin>"\r\nOSError: 28\r\n', "full", "OSError: 28"],
  [
    "Traceback (most recent call last):\r\nOSError: [Errno 28] ENOSPC\r\n",
    "full",
    "OSError: [Errno 28] ENOSPC",
  ],
  ["Traceback (most recent call last):\r\nOSError: 2\r\n", "else", "OSError: 2"],
])("what a program raises is told by its last line", async (raises, kind, said) => {
  const repl = await opened(new Board(() => ({ raises })));
  const error = await failure(repl.run("w(b'')"));
  expect([error!.kind, error!.message]).toEqual([kind, said]);
  expect(await failure(repl.run("the next"))).toBeInstanceOf(BoardError);
});

test("a board that is unplugged is lost, for who waits and for who comes later", async () => {
  const board = new Board(() => ({}));
  const repl = await opened(board);
  const waiting = failure(repl.run("x"));
  board.unplug();
  expect((await waiting)!.kind).toBe("lost");
  expect((await failure(repl.run("y")))!.kind).toBe("lost");
});

test("a port that does not open is busy", async () => {
  const board = new Board(() => ({}));
  board.open = () => Promise.reject(new DOMException("Failed to open serial port.", "NetworkError"));
  const error = await failure(opened(board));
  expect([error!.kind, error!.message]).toEqual(["busy", "Failed to open serial port."]);
});

test("a program that does not let go is tried three times, and its port is given back", async () => {
  vi.useFakeTimers();
  const board = new Board(() => ({}), 4, false);
  const error = failure(opened(board));
  await vi.advanceTimersByTimeAsync(30_000);
  vi.useRealTimers();
  expect((await error)!.kind).toBe("deaf");
  expect(board.readable).toBeNull();
});

test("a boot.py without end is interrupted, and no restart begins it anew", async () => {
  vi.useFakeTimers();
  const board = new Board(() => ({ prints: "here" }));
  board.endless = true;
  const opening = opened(board);
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
  expect(await (await opening).run("x")).toBe("here");
  expect(board.programs).toEqual(["x"]);
});
