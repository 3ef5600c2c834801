"""100 000 random and mutated payloads on every topic of a board, into device, store and page."""

import json
import random
import tracemalloc

import pytest

from picopanel._device.device import Device
from picopanel._page.conversation import Conversation
from picopanel._page.news import panel_state
from picopanel._runtime import loop

from ..unit.hand import CONTRACT, Hand, HandLink
from .counts import times

KIB = 1024
EXAMPLES = [
    payload
    for case in CONTRACT["wire"].values()
    for payload in [*case["accepted"], *case["refused"], *CONTRACT["commands"].values()]
]
TEXTS = [
    "",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:x'>u</a>",
    "\u202egnp.exe",
    "\u2066\u2069\u200f",
    "\x00\x1b[31m\x85",
    "\ud800",
    "%{x}<br>",
    "é" * 200,
    "__proto__",
    "constructor",
]
NAMES = ["boot", "seq", "up", "ts", "dt", "led", "values", "channels", "controls", "experiment_id", "ok"]
NAMES += ["board", "unit", "type", "min", "max", "step", "error"]
NUMBERS = [0, -1, 1e308, 5e-324, 2**31, 2**53, 2**53 + 1, 2**64, -(2**63), 1.5, True, None]


class Mutations:
    """Payloads from a seed: bytes at random, and protocol messages with something wrong in them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def payload(self) -> bytes:
        kind = self._random.random()
        if kind < 0.2:
            return self._random.randbytes(self._random.randrange(64))
        example = self._random.choice(EXAMPLES)
        if kind < 0.5 or not example.startswith("{"):
            return self._scratched(example.encode())
        message = json.loads(example) if "NaN" not in example and "1e999" not in example else {}
        for _ in range(self._random.randrange(1, 4)):
            self._twist(message)
        return json.dumps(message).encode()

    def topic(self, topics: list[str]) -> str:
        return self._random.choice(topics)

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def _scratched(self, payload: bytes) -> bytes:
        scratched = bytearray(payload)
        for _ in range(self._random.randrange(4)):
            if scratched:
                scratched[self._random.randrange(len(scratched))] = self._random.randrange(256)
        return bytes(scratched)

    def _twist(self, message: dict[str, object]) -> None:
        name = self._random.choice([*message, *NAMES])
        message[name] = self._value(3)

    def _value(self, depth: int) -> object:
        kind = self._random.randrange(5 if depth else 3)
        if kind == 0:
            return self._random.choice(TEXTS) + self._letter()
        if kind == 1:
            return self._random.choice(NUMBERS)
        if kind == 2:
            return self._random.randrange(10**6)
        if kind == 3:
            return [self._value(depth - 1) for _ in range(self._random.randrange(4))]
        names = (self._random.choice([*NAMES, self._letter()]) for _ in range(self._random.randrange(4)))
        return {name: self._value(depth - 1) for name in names}

    def _letter(self) -> str:
        return chr(self._random.randrange(0x20, 0x3000))


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", [1, 2])
def test_random_and_mutated_payloads(seed):
    """Nothing raises, nothing grows, refusals are counted and shown, and the board still works."""
    hand, link = Hand(), HandLink()
    device = Device("ada", link, capacity=2000, clock=hand.clock)
    news: list[str] = []
    feed = Conversation(device, lambda message, _: news.append(strict(message))).feed
    link.connect()
    link.deliver("ada/info", EXAMPLES_OF["info"], retained=True)
    link.deliver("ada/status", "online", retained=True)
    mutations, topics, sizes = Mutations(seed), sorted(link.topics), []
    tracemalloc.start()
    for n in range(times(50_000)):
        link.deliver(mutations.topic(topics), mutations.payload(), mutations.chance(0.1))
        hand.seconds += 0.01
        if n % 100 == 0:
            news.clear()
            feed.push()
            assert all(len(each) < 512 * KIB for each in news), "what the page is sent stays small"
            assert not [notice for notice in device.known.notices if "bug" in notice], device.known.notices
        if n in (times(50_000) // 2, times(50_000) - 1):
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert device.known.refused_payloads > times(50_000) // 10
    assert any("messages made no sense" in notice for notice in panel_state(device)["notices"])
    assert sizes[1] - sizes[0] < 1024 * KIB, f"memory does not grow with rubbish: {sizes}"
    link.deliver("ada/info", EXAMPLES_OF["info"])
    link.deliver("ada/status", "online")
    hand.seconds += 1
    link.deliver("ada/telemetry", EXAMPLES_OF["telemetry"].replace("ab12cd34", "newboot1"))
    assert device.known.last["temperature"][1] == 23.4, "a good message is taken as ever"
    device.close()


def test_names_without_end_do_not_pile_up():
    """A liar who gives every reading a new name, boot and interval fills no memory and breaks no row."""
    hand, link = Hand(), HandLink()
    device = Device("ada", link, capacity=1000, clock=hand.clock)
    link.connect()
    for n in range(times(100_000)):
        message = {"boot": f"b{n}", "seq": 0, "up": n, "dt": n, "values": {chr(0x4E00 + n % 20_000): [n]}}
        link.deliver("ada/telemetry", message)
        hand.seconds += 0.01
    state = panel_state(device)
    assert len(json.dumps(state)) < 16 * KIB
    rows = loop.ask(device.store.since, 0)
    assert len(rows.times) == len(rows.origins) == len(rows.values)
    assert "more than 64 channels" in " ".join(state["notices"])
    device.close()


@pytest.mark.parametrize("size", [64 * KIB, 64 * KIB + 1, 10 * KIB * KIB])
def test_huge_payloads(broker, spy, size):
    """64 KiB of telemetry are read, one byte more is refused and counted; the panel goes on.

    10 MB do not come: a broker that speaks MQTT 5 is asked for a megabyte at the most.
    """
    from picopanel import Pico
    from picopanel._link.client import LARGEST

    from ..support.waiting import eventually

    with Pico("ada", broker=broker.url()) as pico:
        board = pico._device.known
        eventually(lambda: board.presence.mode, "the panel listens")
        batch = {"boot": "ab12cd34", "seq": 0, "up": 1, "dt": 1, "values": {"t": [1.5] * 10_000}}
        payload = json.dumps(batch).ljust(size).encode()
        spy.publish("ada/telemetry", payload)
        for name in ("ack", "info", "status", "onboard_led/state", "onboard_temp", "onboard_led", "cmd"):
            spy.publish(f"ada/{name}", b"9" * size)
        spy.publish("ada/onboard_temp", "23.4")
        eventually(lambda: pico.temperature == 23.4, "the panel goes on", within=20)
        rows = device_rows(pico)
        assert rows == (10_001 if size <= 64 * KIB else 1)
        if size < LARGEST:
            assert board.refused_payloads >= 5, "refusals are counted"
        else:
            assert board.refused_payloads == 0, "the broker keeps them back"


def device_rows(pico) -> int:
    return len(pico.to_dataframe())


def strict(message: object) -> str:
    """Return it as JSON that every page reads: no NaN, no lone surrogate."""
    text = json.dumps(message, allow_nan=False, ensure_ascii=False)
    text.encode("utf-8")
    return text


EXAMPLES_OF = {name: next(iter(case["accepted"])) for name, case in CONTRACT["wire"].items()}
