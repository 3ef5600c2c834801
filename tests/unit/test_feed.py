"""Delivery: however it is cut, repeated and interrupted, the page ends with exactly the store's rows."""

from __future__ import annotations

import base64
from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picopanel._device.device import Device
from picopanel._page.feed import GAP, HEARTBEAT, RESTING_HEARTBEAT, Delivery, Feed, Send
from picopanel._page.news import MANY_ROWS, MOST_ROWS, PanelNews, panel_state
from picopanel._store import Origin

from .hand import CONTRACT, Hand, HandLink

TEMPERATURE = Origin("temperature", "ab12cd34", 200)


class Page:
    """The receiver's side of the contract, in its shortest form."""

    def __init__(self) -> None:
        self.values: dict[int, float] = {}
        self.have = 0
        self.gaps = 0

    def take(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        rows = message["rows"]
        if "ahead" in rows:  # they come again, in order
            return
        self.have = max(self.have, rows["floor"])
        if rows["first"] > self.have:
            self.gaps += 1
            return
        values = array("d", buffers[1]) if buffers else array("d")
        self.values |= {rows["first"] + at: value for at, value in enumerate(values)}
        self.values = {row: value for row, value in self.values.items() if row >= rows["floor"]}
        self.have = max(self.have, rows["end"])


def ask(since: int = 0, **more: object) -> dict[str, object]:
    return {"type": "ask", "since": since, **more}


def pass_on(delivery: Delivery, send: Send) -> None:
    """Send as a cell's thread does."""
    for message in delivery.messages:
        send(*message)
    delivery.sent()


class Shown:
    """A board that says nothing by itself, its feed, and what that has sent."""

    def __init__(self, hand: Hand, capacity: int = 1_000_000) -> None:
        self.hand = hand
        self.device = Device("alice", HandLink(), capacity=capacity, clock=hand.clock)
        self.store = self.device.store
        self.sent: list[dict[str, Any]] = []
        self.sizes: list[int] = []
        self.feed = Feed(PanelNews(self.device), self.send, hand.clock)

    def send(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.sent.append(message)
        self.sizes.append(sum(map(len, buffers)))

    def add(self, *values: float) -> None:
        """Some readings come."""
        self.store.append(TEMPERATURE, list(values), list(values))
        self.feed.changed()

    def wait(self, seconds: float = GAP) -> None:
        self.hand.advance(seconds)

    @property
    def rows(self) -> list[int]:
        """The numbers of the rows that messages brought."""
        rows = (message["rows"] for message in self.sent)
        return [number for each in rows for number in range(each["first"], each["end"])]


@pytest.fixture
def shown(hand: Hand) -> Shown:
    """One whose feed is open, and has told of what there was."""
    it = Shown(hand)
    it.feed.open()
    it.wait()
    pass_on(it.feed.answer(ask()), lambda *_: None)
    del it.sent[:]
    return it


Steps = st.lists(
    st.sampled_from(
        [
            *("append", "event", "push", "answer", "ask all", "lose", "repeat", "clear"),
            *("take", "send late", "be interrupted"),
        ]
    ),
    max_size=60,
)


@given(steps=Steps, capacity=st.sampled_from([5, 1000]))
def test_any_mix_of_push_answer_loss_and_repetition_ends_with_the_stores_rows(
    steps: list[str], capacity: int
) -> None:
    it, page = Shown(Hand(), capacity), Page()
    store, feed = it.store, it.feed
    arriving: list[tuple[dict[str, Any], list[bytes]]] = []
    taken: list[Delivery] = []
    feed._send = lambda *message: arriving.append(message)
    for step in steps:
        if step == "append":
            store.append(TEMPERATURE, [1.0, 2.0], [float(store.end), float(store.end + 1)])
        elif step == "event":
            it.device.known.notice(str(store.end))
        elif step == "clear":
            store.clear()
        elif step == "push":
            feed.push()
        elif step == "answer":
            pass_on(feed.answer(ask(page.have)), feed._send)
        elif step == "ask all":
            pass_on(feed.answer(ask()), feed._send)
        elif step == "take":
            taken.append(feed.pending())
        elif step == "send late" and taken:
            pass_on(taken.pop(0), feed._send)
        elif step == "be interrupted" and taken:
            taken.pop(0)
        elif step == "lose" and arriving:
            arriving.pop()
        elif step == "repeat" and arriving:
            page.take(*arriving[0])
        if step in ("push", "answer", "send late"):
            for message in arriving:
                page.take(*message)
            arriving.clear()
    pass_on(feed.answer(ask(page.have)), page.take)
    rows = store.since(0)
    assert list(page.values) == sorted(page.values), "in order"
    assert page.values == {rows.first + at: value for at, value in enumerate(rows.values)}


def test_a_message_is_what_the_contract_says(hand: Hand) -> None:
    contract, it = CONTRACT["news"], Shown(hand)
    for row in contract["store"]:
        if "event" in row:
            it.store.append_event(row["time"], row["event"])
        else:
            origin = Origin(row["channel"], row["boot"], row["interval"], row["led"], row["virtual"])
            it.store.append(origin, [row["time"]], [row["value"]])
    ((message, buffers),) = it.feed.pending().messages
    assert message["type"] == "news"
    assert message["state"] == {"version": 1, **panel_state(it.device)}
    rows = message["rows"] | {"events": [list(event) for event in message["rows"]["events"]]}
    assert rows == contract["rows"]
    assert [base64.b64encode(buffer).decode() for buffer in buffers] == contract["buffers_base64"]


def test_a_state_is_sent_when_it_changes_and_to_whoever_asks(hand: Hand) -> None:
    it = Shown(hand)
    it.feed.push()
    it.feed.push()
    it.device.known.units["light"] = "lx"
    it.device.known.changed()
    it.feed.push()
    it.device.known.changed()
    it.feed.push()
    pass_on(it.feed.answer(ask()), it.send)
    told = [(message["state"]["version"], len(message["state"]["channels"])) for message in it.sent]
    assert told == [(1, 0), (2, 1), (2, 1)]


def test_a_long_history_is_cut_into_messages(hand: Hand) -> None:
    it = Shown(hand)
    it.add(*[0.0] * 50_000)
    it.feed.push()
    assert len(it.sizes) == 4, "the newest, then all"
    assert max(it.sizes) <= 400_000


def test_what_comes_is_pushed_while_somebody_looks(shown: Shown) -> None:
    shown.add(1.0)
    assert shown.rows == []
    shown.wait()
    assert shown.rows == [0]


def test_a_look_that_finds_nothing_new_holds_nothing_up(shown: Shown) -> None:
    """A board's own clock has the feed look four times a second: a tenth of all readings came 25 ms later."""
    shown.wait(2 * GAP)
    shown.feed.changed()
    shown.wait(0)
    shown.add(1.0)
    shown.wait(0)
    assert shown.rows == [0]


def test_what_comes_fast_is_pushed_together(shown: Shown) -> None:
    for value in range(100):
        shown.add(float(value))
        shown.wait(GAP / 10)
    shown.wait()
    assert shown.rows == list(range(100))
    assert len(shown.sent) <= 12


def test_while_nothing_is_new_it_tells_twice_a_second_that_the_kernel_lives(shown: Shown) -> None:
    shown.wait(10 * HEARTBEAT)
    assert len(shown.sent) == 10
    assert all(message["rows"]["first"] == message["rows"]["end"] for message in shown.sent)


def test_out_of_sight_nothing_is_pushed_but_rare_heartbeats(shown: Shown) -> None:
    pass_on(shown.feed.rest(), shown.send)
    (last,) = shown.sent
    assert last["resting"], "a second page in sight learns that rows are held back"
    shown.add(1.0)
    shown.wait(RESTING_HEARTBEAT - GAP)
    assert shown.sent == [last]
    shown.wait(2 * RESTING_HEARTBEAT)
    assert len(shown.sent) == 3, "it tells now and then that the kernel lives"
    assert shown.rows == [] and all(message["resting"] for message in shown.sent)


def test_shown_once_more_it_pushes_whatever_was_out_of_sight(shown: Shown) -> None:
    pass_on(shown.feed.rest(), shown.send)
    shown.add(1.0)
    shown.feed.open()
    shown.wait(HEARTBEAT)
    assert 0 in shown.rows


def test_out_of_sight_a_waiting_cell_pushes_nothing_either(shown: Shown) -> None:
    pass_on(shown.feed.rest(), shown.send)
    shown.add(1.0)
    assert shown.feed.pending().messages == []


def test_a_page_that_asks_after_the_end_is_answered_and_nothing_is_pushed(shown: Shown) -> None:
    shown.feed.close()
    shown.add(1.0)
    shown.feed.open()
    pass_on(shown.feed.answer(ask()), shown.send)
    assert shown.rows == [0]
    shown.add(2.0)
    shown.wait(60)
    assert shown.rows == [0] and len(shown.sent) == 1


def test_whoever_looks_again_gets_what_was_held_back_and_what_comes(shown: Shown) -> None:
    pass_on(shown.feed.rest(), shown.send)
    shown.add(2.0, 3.0)
    pass_on(shown.feed.answer(ask()), shown.send)
    assert shown.rows == [0, 1]
    assert "resting" not in shown.sent[-1]
    shown.add(4.0)
    shown.wait()
    assert shown.rows == [0, 1, 2], "what comes is pushed again"
    pushed = len(shown.sent)
    shown.wait(HEARTBEAT)
    assert len(shown.sent) == pushed + 1, "its heart beats again"


def test_after_the_end_nothing_is_pushed(shown: Shown) -> None:
    shown.feed.close()
    shown.add(1.0)
    shown.wait(60)
    assert shown.sent == []


def test_no_push_overtakes_what_a_thread_is_about_to_send(shown: Shown) -> None:
    """A page that has asked for much would miss what is before the push, and ask for all once more."""
    shown.add(*[0.0] * (MOST_ROWS + 5))
    answer = shown.feed.answer(ask())
    shown.add(1.0)
    shown.wait(3 * GAP)
    assert shown.sent == []
    pass_on(answer, shown.send)
    shown.wait()
    assert shown.rows == list(range(MOST_ROWS + 6)), "each row is sent once, in order"


def test_of_many_rows_the_newest_are_told_first_and_again_in_order(shown: Shown) -> None:
    shown.add(*map(float, range(MANY_ROWS + 1)))
    (first, buffers), *others = shown.feed.answer(ask()).messages
    assert (first["rows"]["ahead"], first["rows"]["end"]) == (True, MANY_ROWS + 1)
    assert first["rows"]["first"] == first["rows"]["floor"] == MANY_ROWS + 1 - MOST_ROWS
    assert array("d", buffers[1])[-1] == MANY_ROWS
    assert "state" in first, "units and channels are shown with them"
    assert [message["rows"]["first"] for message, _ in others] == [0, MOST_ROWS, 2 * MOST_ROWS]
    assert not [message for message, _ in others if "ahead" in message["rows"]]
    few = shown.feed.answer(ask(MANY_ROWS - 10)).messages
    assert not [message for message, _ in few if "ahead" in message["rows"]]


def test_what_an_interrupt_kept_from_being_sent_is_pushed(shown: Shown) -> None:
    shown.add(1.0)
    assert shown.feed.pending().messages, "a waiting cell takes it, and is interrupted"
    shown.wait(2 * HEARTBEAT)
    assert shown.rows == [0]


def sent_again(shown: Shown, seconds: float) -> list[float]:
    """Return after how many seconds all was sent once more: with the first heartbeat after it was due."""
    begin, again = shown.hand.seconds, []
    for _ in range(int(seconds / GAP)):
        del shown.sent[:]
        shown.wait()
        again += [shown.hand.seconds - begin] if 0 in shown.rows else []
    return again


def test_all_is_sent_again_ever_more_rarely_and_not_for_ever(shown: Shown) -> None:
    """In Colab an output comes to life after its display, and asks in vain while a cell runs."""
    shown.add(1.0)
    shown.wait()
    assert sent_again(shown, 10) == [], "a page has asked"
    shown.feed.open()
    due = [0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5]
    late = [at - then for at, then in zip(sent_again(shown, 600), due, strict=True)]
    assert min(late) > -1e-6 and max(late) < HEARTBEAT + GAP


def test_a_page_that_asks_ends_it_and_the_next_display_begins_it_anew(shown: Shown) -> None:
    shown.add(1.0)
    shown.wait()
    shown.feed.open()
    pass_on(shown.feed.answer(ask(1)), shown.send)
    assert sent_again(shown, 10) == []
    shown.feed.open()
    assert len(sent_again(shown, 3)) == 2
