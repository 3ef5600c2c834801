"""Delivery: however it is cut and repeated, the page ends with exactly the store's rows."""

from __future__ import annotations

import base64
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picopanel._page.feed import Feed, Send
from picopanel._page.news import News
from picopanel._store import Origin, Store

from ..support.waiting import eventually
from .hand import CONTRACT

TEMPERATURE = Origin("temperature", "ab12cd34", 200)


class Page:
    """The receiver's side of the contract, in its shortest form."""

    def __init__(self) -> None:
        self.values: dict[int, float] = {}
        self.have = 0
        self.gaps = 0

    def take(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        rows = message["rows"]
        self.have = max(self.have, rows["floor"])
        if rows["first"] > self.have:
            self.gaps += 1
            return
        values = array("d", buffers[1]) if buffers else array("d")
        self.values |= {rows["first"] + at: value for at, value in enumerate(values)}
        self.values = {row: value for row, value in self.values.items() if row >= rows["floor"]}
        self.have = max(self.have, rows["end"])


def feed_of(store: Store, send: Send, state: Callable[[], dict[str, Any]] = dict) -> Feed:
    return Feed(store, News(state, lambda answer: {}, lambda: 0.0), send, lambda: None)


Steps = st.lists(
    st.sampled_from(["append", "event", "flush", "answer", "ask all", "lose", "repeat", "clear"]),
    max_size=60,
)


@given(steps=Steps, capacity=st.sampled_from([5, 1000]))
def test_any_mix_of_push_answer_loss_and_repetition_ends_with_the_stores_rows(
    steps: list[str], capacity: int
) -> None:
    store, page = Store(capacity), Page()
    sent: list[tuple[dict[str, Any], list[bytes]]] = []
    feed = feed_of(store, lambda *message: sent.append(message), lambda: {"led": store.end % 2 == 0})
    for step in steps:
        if step == "append":
            store.append(TEMPERATURE, [1.0, 2.0], [float(store.end), float(store.end + 1)])
        elif step == "event":
            store.append_event(1.0, {"kind": "notice", "text": ""})
        elif step == "clear":
            store.clear()
        elif step == "flush":
            feed.flush()
        elif step == "answer":
            feed.answer(page.have)
        elif step == "ask all":
            feed.answer(0)
        elif step == "lose" and sent:
            sent.pop()
        elif step == "repeat" and sent:
            page.take(*sent[0])
        if step in ("flush", "answer"):
            for message in sent:
                page.take(*message)
            sent.clear()
    feed.answer(page.have)
    for message in sent:
        page.take(*message)
    rows = store.since(0)
    assert list(page.values) == sorted(page.values), "in order"
    assert page.values == {rows.first + at: value for at, value in enumerate(rows.values)}


def test_a_message_is_what_the_contract_says() -> None:
    contract, store = CONTRACT["news"], Store()
    for row in contract["store"]:
        if "event" in row:
            store.append_event(row["time"], row["event"])
        else:
            origin = Origin(row["channel"], row["boot"], row["interval"], None, row["virtual"])
            store.append(origin, [row["time"]], [row["value"]])
    sent: list[tuple[dict[str, Any], list[bytes]]] = []
    feed_of(store, lambda *message: sent.append(message), lambda: {"led": True}).flush()
    ((message, buffers),) = sent
    assert message["type"] == "news"
    assert message["state"] == {"version": 1, "led": True}
    rows = message["rows"] | {"events": [list(event) for event in message["rows"]["events"]]}
    assert rows == contract["rows"]
    assert [base64.b64encode(buffer).decode() for buffer in buffers] == contract["buffers_base64"]


def test_a_state_is_sent_when_it_changes_and_to_whoever_asks() -> None:
    led, sent = [True], []
    feed = feed_of(Store(), lambda message, _: sent.append(message.get("state")), lambda: {"led": led[0]})
    feed.flush()
    feed.flush()
    led[0] = False
    feed.flush()
    feed.answer(0)
    assert sent == [
        {"version": 1, "led": True},
        {"version": 2, "led": False},
        {"version": 3, "led": False},
    ]


def test_a_long_history_is_cut_into_messages() -> None:
    store, sizes = Store(), []
    values = [0.0] * 50_000
    store.append(TEMPERATURE, values, values)
    feed = feed_of(store, lambda message, buffers: sizes.append(sum(map(len, buffers))))
    feed.flush()
    assert len(sizes) == 3
    assert max(sizes) <= 400_000


@pytest.fixture
def shown() -> Iterator[tuple[Store, Feed, list[dict[str, Any]]]]:
    """A store, its open feed, and what that has sent."""
    store, sent = Store(), list[dict[str, Any]]()
    feed = feed_of(store, lambda message, _: sent.append(message))
    feed.open()
    yield store, feed, sent
    feed.close()


def test_what_comes_is_pushed_while_somebody_looks(shown) -> None:
    store, feed, sent = shown
    store.append(TEMPERATURE, [1.0], [2.0])
    feed.changed()
    eventually(lambda: rows_of(sent) == [0], "the reading is pushed", seen=lambda: sent)


def test_out_of_sight_nothing_is_pushed_but_rare_heartbeats(shown, monkeypatch) -> None:
    store, feed, sent = shown
    eventually(lambda: sent, "a heartbeat has come")
    del sent[:]
    feed.rest()
    (last,) = sent
    assert last["resting"], "a second page in sight learns that rows are held back"
    store.append(TEMPERATURE, [1.0], [2.0])
    feed.changed()
    heartbeats = list[dict[str, Any]]()
    other = feed_of(Store(), lambda message, _: heartbeats.append(message))
    other.open()
    eventually(lambda: len(heartbeats) >= 3, "another feed's heart beats on", seen=lambda: heartbeats)
    assert sent == [last]
    monkeypatch.setattr("picopanel._page.feed.RESTING_HEARTBEAT", 0.5)
    feed.rest()
    eventually(lambda: len(sent) >= 4, "it tells now and then that the kernel lives", seen=lambda: sent)
    other.close()
    assert rows_of(sent) == [] and all(message["resting"] for message in sent)


def test_shown_once_more_it_pushes_whatever_was_out_of_sight(shown) -> None:
    store, feed, sent = shown
    feed.rest()
    feed.open()
    store.append(TEMPERATURE, [1.0], [2.0])
    feed.changed()
    eventually(lambda: 0 in rows_of(sent), "the reading is pushed", seen=lambda: sent)


def test_out_of_sight_a_waiting_cell_pushes_nothing_either(shown) -> None:
    store, feed, sent = shown
    feed.rest()
    store.append(TEMPERATURE, [1.0], [2.0])
    feed.flush()
    assert rows_of(sent) == []


def test_a_page_that_asks_after_the_end_is_answered_and_no_thread_wakes(shown) -> None:
    store, feed, sent = shown
    feed.close()
    store.append(TEMPERATURE, [1.0], [2.0])
    feed.open()
    feed.answer(0)
    assert rows_of(sent) == [0]
    store.append(TEMPERATURE, [2.0], [3.0])
    feed.changed()
    assert not feed._open


def test_whoever_looks_again_gets_what_was_held_back_and_what_comes(shown) -> None:
    store, feed, sent = shown
    feed.rest()
    store.append(TEMPERATURE, [1.0, 2.0], [2.0, 3.0])
    feed.answer(0)
    assert rows_of(sent) == [0, 1]
    assert "resting" not in sent[-1]
    store.append(TEMPERATURE, [3.0], [4.0])
    feed.changed()
    eventually(lambda: rows_of(sent) == [0, 1, 2], "what comes is pushed again", seen=lambda: sent)
    pushed = len(sent)
    eventually(lambda: len(sent) > pushed, "its heart beats again", seen=lambda: sent)


def test_after_the_end_nothing_is_pushed(shown) -> None:
    store, feed, sent = shown
    feed.close()
    del sent[:]
    store.append(TEMPERATURE, [1.0], [2.0])
    feed.changed()
    others = list[dict[str, Any]]()
    other = feed_of(store, lambda message, _: others.append(message))
    other.open()  # pushed by the same thread, later
    eventually(lambda: rows_of(others) == [0], "another feed's turn has come", seen=lambda: others)
    other.close()
    assert sent == []


def rows_of(sent: list[dict[str, Any]]) -> list[int]:
    """Return the numbers of the rows that messages brought."""
    rows = (message["rows"] for message in list(sent))
    return [number for each in rows for number in range(each["first"], each["end"])]
