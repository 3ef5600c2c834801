"""The verbs of a script, with a virtual Pico."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from traitlets import TraitError

from picopanel import NoAnswer, PanelClosed, Pico

from ..support.interrupts import interrupt
from ..support.waiting import eventually


@pytest.fixture
def pico() -> Iterator[Pico]:
    with Pico.demo("verbs") as pico:
        yield pico


def test_the_first_verb_waits_for_the_first_connection(pico: Pico) -> None:
    reply = pico.on()
    assert reply is not None
    assert reply.led is True
    assert pico.led is True
    assert pico.temperature == reply.temperature
    assert pico.status == "online"


def test_send_and_receive_works_as_in_the_course(pico: Pico) -> None:
    assert pico.send_and_receive("off", timeout=5).led is False
    assert pico.send_and_receive("toggle").led is True


def test_without_waiting_a_verb_returns_at_once_and_is_carried_out(pico: Pico) -> None:
    pico.off()
    assert pico.on(wait=False) is None
    eventually(lambda: pico.led is True, "the LED turns on")


def test_no_answer_says_what_to_check(pico: Pico) -> None:
    list(pico.readings(n=3))  # what was measured before has been asked for, and has come
    pico.faults.lose_replies(1)
    with pytest.raises(NoAnswer, match="powered"):
        pico.on(timeout=0.3)


def test_readings_stop_after_n_and_after_seconds(pico: Pico) -> None:
    readings = list(pico.readings(n=3))
    assert [reading.unit for reading in readings] == ["°C"] * 3
    assert all(reading.virtual for reading in readings)
    start = time.monotonic()
    some = list(pico.readings(seconds=0.01))
    assert len(some) <= 2 + (time.monotonic() - start) / 0.25, "a crowded machine may be late to look"


def test_blink_waits_when_asked(pico: Pico) -> None:
    start = time.monotonic()
    pico.blink(0.2, 0.2, n=2, wait=True)
    assert time.monotonic() - start > 0.7, "it came back before the blinking was over"
    eventually(lambda: pico.led is False, "the LED is off after blinking")
    assert pico.blink().command == "blink", "for ever: it is over when it has begun"
    with pytest.raises(ValueError, match="0"):
        pico.blink(0)


def interrupt_in(seconds: float) -> None:
    threading.Timer(seconds, interrupt).start()


def test_the_stop_button_ends_a_blinking_that_is_waited_for(pico: Pico) -> None:
    pico.on()
    interrupt_in(0.5)
    with pytest.raises(KeyboardInterrupt):
        pico.blink(0.1, n=1000)
    eventually(lambda: pico.led is False, "the LED is off")
    pico.read()
    assert {reading.led for reading in pico.readings(n=4)} == {False}, "and stays off"


def test_a_blinking_that_nobody_waits_for_goes_on_when_something_else_is_interrupted(pico: Pico) -> None:
    pico.blink(0.1, n=1000, wait=False)
    interrupt_in(0.5)
    with pytest.raises(KeyboardInterrupt):
        pico.sleep(60)
    eventually(lambda: pico.led is True, "it blinks")
    eventually(lambda: pico.led is False, "it blinks")
    eventually(lambda: pico.led is True, "it blinks")


def test_a_blink_that_fails_while_it_is_waited_for_says_so(pico: Pico) -> None:
    pico.on()
    pico.faults.lose_replies(1)
    threading.Timer(0.2, pico.close).start()
    with pytest.raises(PanelClosed):
        pico.blink(0.1, n=50, wait=True)  # however late the other thread is, it is not over yet


def test_a_blink_whose_panel_is_closed_midway_has_not_come_to_its_end(pico: Pico) -> None:
    pico.on()
    threading.Timer(0.5, pico.close).start()
    with pytest.raises(PanelClosed):
        pico.blink(0.1, n=1000)


def test_an_observer_hears_the_end(pico: Pico) -> None:
    seen: list[str] = []
    pico.on()  # the connection has come up, which would be told, too
    pico.observe(lambda change: seen.append(change.new), "status")
    pico.close()
    eventually(lambda: seen == ["closed"], "the end is told", seen=lambda: seen)


def test_what_can_do_nothing_any_more_after_the_end_says_so_with_the_next_step() -> None:
    pico = Pico.demo("over")
    pico.read()
    faults = pico.faults
    pico.close()
    for call in (
        pico.on,
        pico.doctor,
        lambda: pico.mark("x"),
        lambda: pico.limit(high=30),
        lambda: pico.trigger(above=30),
        lambda: faults.wifi_drop(1),
        faults.reboot,
    ):
        with pytest.raises(PanelClosed, match="closed: run its cell again, or make a new one"):
            call()
    pico.trigger(above=-300, past=True)  # what has been measured is still there
    assert pico.pieces().empty


def test_a_limit_keeps_nothing_alive_after_the_end() -> None:
    pico = Pico.demo("ended")
    pico.limit(high=30, call=print)
    pico.close()
    device = weakref.ref(pico._device)
    del pico

    def is_gone() -> bool:
        gc.collect()
        return device() is None

    eventually(is_gone, "nobody holds it any more", seen=lambda: gc.get_referrers(device()))


def test_observers_see_changes_in_one_thread_and_may_call_verbs(pico: Pico) -> None:
    pico.off()
    seen: list[tuple[str, object, str]] = []

    def look(change: object) -> None:
        seen.append((change.name, change.new, threading.current_thread().name))  # type: ignore[attr-defined]
        if change.new is True:  # type: ignore[attr-defined]
            pico.off()

    pico.observe(look, "led")
    pico.on()
    expected = [("led", True, "picopanel-observers"), ("led", False, "picopanel-observers")]
    eventually(lambda: seen[-2:] == expected, "both changes are seen", seen=lambda: seen)


def test_an_observers_exception_is_shown_and_ends_nothing(pico: Pico) -> None:
    def fail(change: object) -> None:
        raise RuntimeError("my mistake")

    pico.off()
    pico.observe(fail, "led")
    pico.on()
    eventually(
        lambda: any("my mistake" in notice for notice in pico._device.known.notices),
        "the exception becomes a notice",
        seen=lambda: pico._device.known.notices,
    )
    assert pico.off() is not None


@pytest.mark.parametrize("what", ["observer", "limit", "derived"])
def test_a_functions_exit_is_shown_and_ends_nothing(pico: Pico, what: str) -> None:
    def end(*_: object) -> float:
        sys.exit("too hot")

    if what == "observer":
        pico.observe(end, "temperature")
    elif what == "limit":
        pico.limit(high=0, call=end)
    else:
        pico.derive("ends", end, "temperature")
    eventually(
        lambda: any("SystemExit: too hot" in notice for notice in pico._device.known.notices),
        "the exit becomes a notice",
        seen=lambda: pico._device.known.notices,
    )
    assert pico.derive("double", lambda celsius: 2 * celsius, "temperature").value is not None


def test_led_and_temperature_cannot_be_assigned(pico: Pico) -> None:
    with pytest.raises(TraitError, match=r"led is read-only: .* on\(\), off\(\) and toggle\(\) switch"):
        pico.led = True
    with pytest.raises(TraitError, match="read-only"):
        pico.temperature = 20.0


def test_after_close_a_verb_says_so_and_the_readings_stay(pico: Pico) -> None:
    list(pico.readings(n=1))
    pico.close()
    pico.close()
    with pytest.raises(PanelClosed):
        pico.on()
    assert len(pico.to_dataframe()) > 0
    assert pico.status == "closed"


def test_a_second_one_of_the_same_id_closes_the_first_and_needs_no_thread() -> None:
    others = set(threading.enumerate())
    picos = [Pico.demo("again") for _ in range(50)]
    new = {thread.name for thread in set(threading.enumerate()) - others}
    assert new <= {"picopanel-loop"}
    assert [bool(pico._device.closed) for pico in picos] == [True] * 49 + [False]
    picos[-1].close()
