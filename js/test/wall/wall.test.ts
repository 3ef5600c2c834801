/** The wall's tiles: news in any order, trouble first, everybody named. */
import { describe, expect, test } from "vitest";
import type {
  CommandName,
  RecordedWall,
  TileFacts,
  WallHead,
  WallNews,
  WallToKernel,
} from "../../src/contract";
import { fitted } from "../../src/wall/fit";
import { found, ordered, orderOf } from "../../src/wall/order";
import { dotAt, nearest, stripView } from "../../src/wall/strip";
import { HEIGHT, LocalWall, roundWords, sparkPath, WIDTH, wallView } from "../../src/wall/view";
import { LiveWall } from "../../src/wall/wall";

function tile(id: string, given: Partial<TileFacts> = {}): TileFacts {
  const facts = {
    led: true,
    at: 0,
    value: 23.4,
    unit: "°C",
    stale: 10_000,
    virtual: false,
    level: "ok" as const,
  };
  return { id, ...facts, word: "online", trouble: null, next: null, spark: [1, 2], ...given };
}

function news(from: number, version: number, tiles: TileFacts[], head?: Partial<WallHead>): WallNews {
  const whole = {
    searching: null,
    round: null,
    trouble: null,
    next: null,
    notices: [],
    closed: null,
    channels: [],
    commands: ["on", "read"] as CommandName[],
    look: { order: "trouble", channel: null, more: false },
    ...head,
  };
  return { type: "wall", now: 0, from, version, tiles, ...(head ? { head: whole } : {}) };
}

function wall(sent: WallToKernel[] = []): LiveWall {
  return new LiveWall((message) => sent.push(message), 0);
}

function local(given: Partial<LocalWall> = {}): LocalWall {
  return Object.assign(new LocalWall(), given);
}

const view = (it: LiveWall, at: number, own = local()) => wallView(it, own, at);

describe("the wall's news", () => {
  test("repeated and overlapping, end in the same tiles; an unchanged line stays", () => {
    const it = wall();
    const second = news(1, 2, [{ ...tile("b", { value: 25 }), spark: undefined as never }]);
    for (const each of [news(0, 1, [tile("a"), tile("b")]), second, second]) it.hear(each, 100);
    expect([...it.tiles.keys()]).toEqual(["a", "b"]);
    expect(it.tiles.get("b")).toMatchObject({ value: 25, spark: [1, 2] });
  });

  test("with a hole are asked for from before the hole, until they come", () => {
    const sent: WallToKernel[] = [];
    const it = wall(sent);
    it.hear({ ...news(0, 3, [tile("a")]), answer: true }, 100);
    it.hear(news(5, 6, [tile("b")]), 200);
    expect(sent).toEqual([{ type: "ask", since: 3 }]);
    it.hear({ ...news(3, 7, [tile("c")]), answer: true }, 300);
    it.hear(news(7, 8, []), 400);
    expect(sent.length).toBe(1);
    expect(it.tiles.size).toBe(3);
  });

  test("are asked for where pushes do not arrive", () => {
    const sent: WallToKernel[] = [];
    const it = wall(sent);
    it.hear({ ...news(0, 1, [tile("a")]), answer: true }, 100);
    for (let at = 200; at <= 2_000; at += 100) it.tick(at);
    expect(sent).toContainEqual({ type: "ask", since: 1 });
  });

  test("of anything else are left alone", () => {
    const it = wall();
    for (const other of [null, 5, "x", {}, { type: "news" }]) it.hear(other, 0);
    expect(it.tiles.size).toBe(0);
  });

  test("are waited for; then the recording is called one, and nothing can be commanded", () => {
    const it = wall();
    it.adopt({ at: 1000, tiles: [tile("a")] } as RecordedWall);
    expect(view(it, 1_000).says).toBeNull();
    const dead = view(it, 5_000);
    expect(dead.says).toMatch(/^Recorded at .*; the kernel is gone\.$/);
    expect([dead.blocked === null, dead.tiles[0].stale, dead.tiles[0].led]).toEqual([false, true, "unknown"]);
    expect(dead.tiles[0]).toMatchObject({ level: "ok", word: "online" });
    it.hear(news(0, 1, [tile("a")], {}), 6_000);
    expect(view(it, 6_000).blocked).toBeNull();
  });
});

describe("the tiles", () => {
  const mixed = [
    tile("b10"),
    tile("b9"),
    tile("z", { level: "bad", word: "offline", trouble: "The Pico went offline.", next: "Plug it in." }),
    tile("y", { level: "unknown", word: "not heard yet" }),
    tile("x", { level: "warn", word: "silent" }),
  ];

  test("in trouble come first, then by name as people count", () => {
    expect(ordered(mixed, "trouble")).toEqual(["z", "x", "y", "b9", "b10"]);
    expect(ordered(mixed, "name")).toEqual(["b9", "b10", "x", "y", "z"]);
  });

  test("stay in their places while somebody uses them", () => {
    const it = local();
    const trouble = orderOf("trouble");
    const tiles = new Map(mixed.map((each) => [each.id, each]));
    it.placed(tiles, trouble, 0);
    it.usedAt = 1_000;
    tiles.set("b10", tile("b10", { level: "bad" }));
    tiles.set("a", tile("a"));
    expect(it.placed(tiles, trouble, 2_000)).toEqual(["z", "x", "y", "b9", "b10", "a"]);
    expect(it.placed(tiles, trouble, 4_001)[0]).toBe("b10");
  });

  test("are ordered by value or by who was away, without a value last", () => {
    const some = [tile("a", { value: 2 }), tile("b", { value: null }), tile("c", { value: 9, away: 2 })];
    expect(ordered(some, "highest")).toEqual(["c", "a", "b"]);
    expect(ordered(some, "lowest")).toEqual(["a", "c", "b"]);
    expect(ordered(some, "away")).toEqual(["c", "a", "b"]);
    expect(ordered(mixed, "a stranger's")).toEqual(ordered(mixed, "trouble"));
  });

  test("ordered by value move every ten seconds, and at once for another order", () => {
    const it = local();
    const tiles = new Map([tile("a", { value: 1 }), tile("b", { value: 2 })].map((each) => [each.id, each]));
    expect(it.placed(tiles, orderOf("highest"), 0)).toEqual(["b", "a"]);
    tiles.set("a", tile("a", { value: 3 }));
    expect(it.placed(tiles, orderOf("highest"), 9_999)).toEqual(["b", "a"]);
    expect(it.placed(tiles, orderOf("highest"), 10_000)).toEqual(["a", "b"]);
    it.usedAt = 10_500;
    expect(it.placed(tiles, orderOf("lowest"), 11_000)).toEqual(["b", "a"]);
  });

  test("are found by any part of their names, in whatever case", () => {
    expect(found(["class/Alice-1", "class/bob", "Alina"], "ali")).toEqual(["class/Alice-1", "Alina"]);
    expect(found(["class/Alice-1", "class/bob", "Alina"], "ali  class")).toEqual(["class/Alice-1"]);
    const it = wall();
    it.hear(news(0, 1, [tile("alice"), tile("bob"), tile("eve")], {}), 0);
    const some = view(it, 0, local({ find: "e" }));
    expect(some.tiles.map(({ id, current }) => [id, current])).toEqual([
      ["alice", true],
      ["eve", false],
    ]);
    expect([some.target, some.chosen, some.foundWords]).toEqual([
      "to the 2 found",
      ["alice", "eve"],
      "2 of 3 boards",
    ]);
    const none = view(it, 0, local({ find: "x\u202e" }));
    expect([none.empty, none.tiles]).toEqual(["No board’s name has “x\ufffd” in it", []]);
    expect(view(it, 0, local({ find: "  " }))).toMatchObject({
      chosen: null,
      empty: null,
      target: "to all 3",
    });
  });

  test("say who is stuck and why, and the heading how many", () => {
    const it = wall();
    it.hear(news(0, 1, mixed, {}), 100);
    const shown = view(it, 100);
    expect(shown.counts).toBe("2 well · 2 in trouble · 1 not heard or unsure");
    expect(shown.tiles[0]).toMatchObject({ why: "The Pico went offline.", word: "offline" });
    expect(shown.tiles[0].title).toBe("z: offline, LED on, 23.4 °C. The Pico went offline. Plug it in.");
    expect(shown.tiles.filter(({ current }) => current).length).toBe(1);
  });

  test("grow old by the kernel's clock", () => {
    const it = wall();
    it.hear(news(0, 1, [tile("a"), tile("course", { stale: null })], {}), 500_000);
    it.hear({ ...news(1, 1, []), now: 41_000 }, 541_000);
    const [a, course] = view(it, 541_000).tiles;
    expect([a.stale, a.why, course.stale]).toEqual([true, "last, 41 s ago", false]);
  });

  test("are in an unknown state, and counted so, once the kernel is silent", () => {
    const it = wall();
    it.hear(news(0, 1, mixed, {}), 0);
    for (let at = 0; at <= 18_000; at += 500) it.tick(at);
    const shown = view(it, 18_000);
    expect([shown.says, shown.counts]).toEqual([
      "The kernel does not answer.",
      "0 well · 5 not heard or unsure",
    ]);
    expect(new Set(shown.tiles.map(({ level, word }) => `${level} ${word}`))).toEqual(
      new Set(["unknown unknown"]),
    );
    expect(shown.tiles[0].title).toBe("z: unknown, LED unknown, 23.4 °C last, 18 s ago");
  });

  test("lose what is not seen of a stranger's words", () => {
    const it = wall();
    it.hear(news(0, 1, [tile("a\u202eb", { unit: "\u0007", word: "\u200e" })], {}), 0);
    expect(view(it, 0).tiles[0]).toMatchObject({ id: "a\u202eb", label: "a\ufffdb", unit: "\ufffd" });
  });
});

test("P23: a board that comes and goes says so though it is well just now", () => {
  const it = wall();
  it.hear(news(0, 1, [tile("a", { away: 3 }), tile("b", { away: 1 }), tile("c")], {}), 0);
  const { counts, tiles } = view(it, 0);
  expect(counts).toBe("3 well · 2 away now or before");
  expect(tiles.map(({ away }) => away)).toEqual([3, 1, 0]);
  expect(tiles[0].title).toBe("a: online, LED on, 23.4 °C. It was away 3 times");
  expect(tiles[1].title).toContain("It was away once");
});

describe("how a wall is set", () => {
  const look = { order: "name", channel: "light", more: true };

  test("is the kernel's, and this page's own until the kernel knows it", () => {
    const sent: WallToKernel[] = [];
    const it = wall(sent);
    it.hear(news(0, 1, [tile("a")], { look, channels: ["light"] }), 0);
    expect(view(it, 0)).toMatchObject({ look, more: true, channel: "light", channels: ["light"] });
    it.set({ order: "away" }, 10_000);
    expect(sent.at(-1)).toEqual({ type: "look", look: { ...look, order: "away" } });
    it.hear(news(1, 2, [], { look }), 10_100);
    expect(it.shown.order).toBe("away");
    it.hear(news(2, 3, [], { look: { ...look, order: "lowest" } }), 14_000);
    expect(it.shown.order).toBe("lowest");
  });

  test("is kept in a notebook without its kernel", () => {
    const it = wall();
    it.adopt({ at: 0, look, tiles: [tile("a")] });
    expect(it.shown).toEqual(look);
    it.adopt({ at: 0, tiles: [tile("a")] });
    expect(it.shown.order).toBe("trouble");
    it.adopt({ at: 0, look: { order: [], channel: 5, more: "" } as never, tiles: [tile("a")] });
    expect(view(it, 0)).toMatchObject({ order: orderOf("trouble"), channel: "values", more: false });
  });
});

describe("the strip", () => {
  const boards = ["d", "a", "c", "b"].map((id, nth) => tile(id, { value: [4, 1, 3, 2][nth] }));
  const others = [
    tile("old", { at: -20_000, value: 99 }),
    tile("none", { value: null, at: null }),
    tile("light", { unit: "%", value: 50 }),
  ];
  const of = (pointed: string | null) => stripView([...boards, ...others], 0, pointed, new Set())!;

  test("has the boards with a value of now and the commonest unit, the least first", () => {
    const shown = of("c");
    expect(shown.dots.map(({ id }) => id).join("")).toBe("abcd");
    expect(shown.dots.map(({ x }) => x)).toEqual([0, 1 / 3, 2 / 3, 1]);
    expect([shown.median.value, shown.unit, shown.pointed?.words]).toEqual([2.5, "°C", "c: 3.0 °C, 3 of 4"]);
    expect(stripView([others[1]], 0, null, new Set())).toBeNull();
  });

  test("tells values so exactly that they differ", () => {
    const words = (...values: number[]) => {
      const tiles = values.map((value, nth) => tile(`b${nth}`, { value }));
      return stripView(tiles, 0, "b0", new Set())!.pointed!.words.split(": ")[1].split(" ")[0];
    };
    expect([words(24.148, 24.161, 24.233), words(24.15), words(24.15, 24.15)]).toEqual(["24.148", "24.1", "24.1"]); // biome-ignore format: a table
    expect([words(24.15, 24.31), words(1, 24), words(1012, 1013.5)]).toEqual(["24.15", "1.0", "1012.0"]);
    expect([words(2e7, 2.001e7), words(0, 1e6), words(-1, -0.99)]).toEqual(["2.0000e+7", "0.0", "−1.000"]);
  });

  test("puts what is alike one above the other, in the middle if all is", () => {
    const { dots } = stripView([tile("a"), tile("b"), tile("c", { at: 0 })], 0, null, new Set())!;
    expect(dots.map(({ x, y }) => [x, y])).toEqual([
      [0.5, 0],
      [0.5, 0.25],
      [0.5, 0.5],
    ]);
    const many = Array.from({ length: 7 }, (_, nth) => tile(`${nth}`));
    const heights = stripView(many, 0, null, new Set())!.dots.map(({ y }) => y);
    expect(heights).toEqual([0, 0.25, 0.5, 0.75, 1, 1, 1]); // more are not above the strip
  });

  test("is pointed at by place and by key", () => {
    const box = { width: 300, height: 40 };
    expect(nearest(of(null), { x: 190, y: 10 }, box).id).toBe("c");
    const led = (pointed: string | null, key: string) => dotAt(of(pointed), key)?.id;
    expect([led(null, "ArrowRight"), led("c", "ArrowLeft"), led("d", "ArrowRight")]).toEqual(["a", "b", "d"]);
    expect([led("c", "Home"), led("c", "End"), led("c", "x")]).toEqual(["a", "d", undefined]);
  });
});

test("on the whole screen tiles are as large as lets all be seen, and never too small for a last row", () => {
  const place = { width: 1900, height: 900 };
  const sizes = [6, 24, 36, 300].map((count) => fitted(place, 1080, count));
  expect(sizes.map(({ dense }) => dense)).toEqual([false, false, true, true]);
  expect(sizes[0].size).toBeGreaterThan(sizes[1].size);
  expect(sizes.every(({ size }) => size >= 24 && size <= 54)).toBe(true);
  expect(sizes[3].size).toBe(24);
});

test("of a wall that is closed nobody tells how its boards are", () => {
  const it = wall();
  it.hear(news(0, 1, [tile("a")], { closed: "This wall is closed." }), 0);
  const shown = view(it, 100);
  expect([shown.tiles[0].level, shown.tiles[0].word]).toEqual(["unknown", "unknown"]);
  expect(shown.counts).toBe("0 well · 1 not heard or unsure");
});

describe("a command to many", () => {
  const round = {
    nth: 1,
    click: null,
    command: "blink",
    asked: 30,
    answered: 27,
    pending: 0,
    missing: ["bob", "eve"],
  };

  test("tells how many have answered, and who has not", () => {
    expect(roundWords(round)).toBe("Blink: 27 of 30 answered; not bob, eve and 1 more");
    expect(roundWords({ ...round, pending: 3, missing: [] })).toBe("Blink: 27 of 30 answered…");
    expect(roundWords({ ...round, answered: 30, missing: [] })).toBe("✓ Blink: 30 of 30 answered");
  });

  test("tells why none has come, where all have the same reason", () => {
    const [missing, why] = [["bob"], "'Fan' has no LED, by its description."];
    expect(roundWords({ ...round, answered: 29, missing, why })).toBe(
      "Blink: 29 of 30 answered; not bob: 'Fan' has no LED, by its description.",
    );
  });

  test("is offered where at least one board takes it, and no LED is told of a board without one", () => {
    const it = wall();
    it.hear(news(0, 1, [tile("a", { led: null, has_led: false }), tile("b", { led: null })], {}), 0);
    const shown = view(it, 100);
    expect(shown.commands).toEqual(["on", "read"]);
    expect(shown.tiles.map(({ led }) => led)).toEqual([null, "unknown"]);
    expect(shown.tiles[0].title).not.toContain("LED");
  });

  test("goes to the selected ones, is said to wait, then followed", () => {
    const sent: WallToKernel[] = [];
    const it = wall(sent);
    it.hear(news(0, 1, [tile("a"), tile("b")], {}), 0);
    expect(view(it, 0, local({ selected: new Set(["b"]) })).target).toBe("to 1 selected");
    it.command("blink", ["b"], 100);
    const { click } = sent[0] as { click: string };
    expect(sent[0]).toEqual({ type: "all", click, command: "blink", ids: ["b"] });
    expect(view(it, 100).echo).toEqual({ phase: "pending", text: "Blink: sending…" });
    expect(view(it, 700).echo?.text).toBe("Blink: waiting for the running cell…");
    it.hear(news(1, 2, [], { round: { ...round, click, asked: 1, answered: 1, missing: [] } }), 800);
    expect(view(it, 800).echo).toEqual({ phase: "good", text: "✓ Blink: 1 of 1 answered" });
  });

  test("P14: waits no longer once a later one of a cell or of another view has been told of", () => {
    const sent: WallToKernel[] = [];
    const it = wall(sent);
    it.hear(news(0, 1, [tile("a")], { round: { ...round, nth: 7 } }), 0);
    it.command("on", null, 100);
    const { click } = sent[0] as { click: string };
    it.hear(news(1, 1, [], { round: { ...round, nth: 7 } }), 150);
    expect(view(it, 150).echo?.text).toBe("On: sending…");
    it.hear(
      news(1, 2, [], { round: { ...round, nth: 8, command: "on", click, answered: 30, missing: [] } }),
      200,
    );
    expect(view(it, 200).echo?.text).toBe("✓ On: 30 of 30 answered");
    it.hear(news(2, 3, [], { round: { ...round, nth: 9, command: "off" } }), 1_000);
    expect(view(it, 1_000).echo?.text).toMatch(/^Off: 27 of 30 answered/);
    it.command("read", null, 1_100);
    it.hear(news(3, 4, [], { round: { ...round, nth: 11, command: "toggle" } }), 1_200); // nth 10 was ours
    expect(view(it, 9_000).echo?.text).toMatch(/^Toggle: 27 of 30 answered/);
  });
});

describe("the line", () => {
  test("stays in its box, and noise is not stretched", () => {
    const numbers = (path: string) => path.match(/[\d.]+,[\d.]+/g)!.map((it) => it.split(",").map(Number));
    const wild = numbers(sparkPath([0, 100, -50]));
    expect(wild.every(([x, y]) => x >= 0 && x <= WIDTH && y >= 0 && y <= HEIGHT)).toBe(true);
    const calm = numbers(sparkPath([23.4, 23.41])).map(([, y]) => y);
    expect(Math.abs(calm[0] - calm[1])).toBeLessThan(1);
    expect([sparkPath([]), sparkPath([5]), sparkPath([0, 0]).includes("NaN")]).toEqual(["", "", false]);
  });
});
