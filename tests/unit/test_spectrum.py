"""A spectrum tells the frequency and the height of what swings, and how its readings were spaced."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy
import pytest

from picopanel import InvalidArgument, NoChannel, Pico
from picopanel._device.device import Device
from picopanel._page.conversation import Conversation
from picopanel._runtime import loop
from picopanel._store import Origin, Store
from picopanel._store.spectrum import WINDOWS, Spectrum, spectrum, thinned

from .hand import Hand, HandLink

START = 1_795_330_000_000.0


def sine(times: numpy.ndarray, hertz: float = 2, height: float = 3) -> numpy.ndarray:
    return 20 + height * numpy.sin(2 * numpy.pi * hertz * times / 1000)


def of(times: Sequence[float], values: Sequence[float], window: str = "hann") -> Spectrum:
    """Return it of readings that came in this order, another channel's and events between them."""
    store = Store()
    for first in range(0, len(times), 100):
        cut = slice(first, first + 100)
        store.append(Origin("other"), [START + 7.0], [1e6])
        store.append_event(START, {"kind": "online"})
        store.append(Origin("swing", "b", 50), [*times[cut]], [*values[cut]])
    return spectrum(store.since(0), "swing", window=window)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_sine_is_told_with_its_frequency_and_its_height(window: str) -> None:
    times = numpy.arange(0, 10_000, 50.0)
    lines = of(START + times, sine(times), window)
    top = lines.amplitudes.argmax()
    assert lines.frequencies[top] == pytest.approx(2, abs=0.01)
    assert lines.amplitudes[top] == pytest.approx(3, rel=0.02)
    assert (lines.n, lines.interval, lines.even) == (200, 0.05, True)
    assert lines.frequencies[-1] == pytest.approx(10), "up to half of the readings' own frequency"


def test_of_uneven_readings_it_is_told_that_they_were_laid_on_a_grid() -> None:
    shaken = numpy.random.default_rng(7).uniform(-15, 15, 400)
    times = numpy.arange(400) * 50.0 + shaken
    lines = of(START + times, sine(times))
    assert not lines.even
    top = lines.amplitudes.argmax()
    assert lines.frequencies[top] == pytest.approx(2, abs=0.06)
    assert lines.amplitudes[top] == pytest.approx(3, rel=0.1)


def test_readings_that_come_ever_more_slowly_are_put_where_they_were() -> None:
    times = numpy.cumsum(numpy.linspace(40.0, 60.0, 400))
    lines = of(START + times, sine(times))
    top = lines.amplitudes.argmax()
    assert not lines.even
    assert lines.frequencies[top] == pytest.approx(2, abs=0.03)
    assert lines.amplitudes[top] == pytest.approx(3, rel=0.1), "else it is smeared over its neighbours"


@pytest.mark.parametrize(("spacings", "n"), [(2, 200), (4, 100)])
def test_one_reading_that_is_missing_is_no_gap_and_three_are(spacings: int, n: int) -> None:
    times = numpy.arange(0, 10_000, 50.0)
    times[100:] += 50.0 * (spacings - 1)
    assert of(START + times, sine(times)).n == n


def test_over_a_gap_nothing_is_made_up() -> None:
    times = numpy.concatenate([numpy.arange(0, 5000, 50.0), numpy.arange(20_000, 22_000, 50.0)])
    lines = of(START + times, sine(times))
    assert (lines.n, lines.interval) == (40, 0.05)
    assert lines.amplitudes.tolist() == of(START + times[100:], sine(times[100:])).amplitudes.tolist()
    with pytest.raises(InvalidArgument, match="there are 31 since its last gap"):
        of(START + times[:-9], sine(times[:-9]))


def test_late_ones_have_their_place_and_of_one_time_the_first_counts() -> None:
    times = numpy.arange(0, 10_000, 50.0)
    late = numpy.concatenate([times[100:], times[:100], times])
    values = numpy.concatenate([sine(times)[100:], sine(times)[:100], sine(times) + 100])
    lines, plain = of(START + late, values), of(START + times, sine(times))
    assert (lines.n, lines.even) == (200, True)
    assert lines.amplitudes.tolist() == plain.amplitudes.tolist()


def test_thinned_it_keeps_each_peak() -> None:
    times = numpy.arange(0, 100_000, 20.0)
    lines = of(START + times, sine(times, 7.5), "none")
    frequencies, amplitudes = thinned(lines, 50)
    assert len(frequencies) <= 50
    assert frequencies[amplitudes.index(max(amplitudes))] == pytest.approx(7.5, abs=0.01)
    assert max(amplitudes) == pytest.approx(3, rel=0.01)


@pytest.mark.parametrize("count", [0, 1, 31])
def test_too_few_readings_are_said(count: int) -> None:
    with pytest.raises(InvalidArgument, match=f"needs 32 readings without a gap; there are {count}"):
        of([START + 50 * it for it in range(count)], [1.0] * count)


def test_a_page_is_told_it_or_what_is_wrong(hand: Hand, link: HandLink) -> None:
    device = loop.ask(Device, "ada", link, clock=hand.clock)
    times = numpy.arange(0, 10_000, 50.0)
    loop.ask(device.store.append, Origin("swing", "b", 50), (START + times).tolist(), sine(times).tolist())
    conversation = loop.ask(Conversation, device, lambda *_: None)

    def told(channel: object, end: float) -> dict[str, Any]:
        question = {"type": "spectrum", "channel": channel, "at": [START, START + end]}
        ((message, buffers),) = loop.ask(conversation.handle, question).messages
        assert buffers == []
        return message

    whole = told("swing", 10_000)
    assert (whole["wrong"], whole["n"], whole["interval"], whole["even"]) == (None, 200, 0.05, True)
    assert whole["frequencies"][numpy.argmax(whole["amplitudes"])] == pytest.approx(2)
    assert told("swing", 4000)["n"] == 81
    assert "needs 32 readings" in told("swing", 1000)["wrong"]
    for stranger in ("nobody", None, ["swing"], 7):
        assert "there are 0" in told(stranger, 10_000)["wrong"]
    loop.ask(device.close)


def test_the_loop_does_not_wait_for_it() -> None:
    code = """
import sys
from picopanel._device.device import Device
from picopanel._page.conversation import Conversation
from picopanel._runtime import loop
from picopanel._store import Origin
from tests.unit.hand import HandLink
device = loop.ask(Device, "ada", HandLink())
loop.ask(device.store.append, Origin("swing"), [1000.0 + it for it in range(40)], [1.0] * 40)
conversation = loop.ask(Conversation, device, lambda *_: None)
delivery = loop.ask(conversation.handle, {"type": "spectrum", "channel": "swing", "at": [0, 9000]})
print("numpy" in sys.modules)
delivery.send(lambda message, _: print(message["n"], "numpy" in sys.modules))
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "40", "True"]


def test_in_python(hand: Hand, link: HandLink) -> None:
    device = loop.ask(Device, "ada", link, clock=hand.clock)
    loop.ask(link.connect)
    # Else it is waited for, with each name that there is not.
    loop.ask(link.deliver, "ada/info", {"boot": "b", "interval": 50, "channels": {"swing": {"unit": "g"}}})
    loop.ask(link.deliver, "ada/status", "online", retained=True)
    times = numpy.arange(0, 10_000, 50.0)
    for name, delay in (("swing", 0), ("late", 20)):
        values = sine(times).tolist()
        loop.ask(device.store.append, Origin(name, "b", 50), (START + delay + times).tolist(), values)
        loop.ask(device.known.units.__setitem__, name, "g")
    loop.ask(device.store.append, Origin("other", "b", 50), [START + 60_000], [1.0])
    loop.ask(device.known.units.__setitem__, "other", "")
    with Pico(_device=device) as pico:
        found = pico.spectrum("swing", window="blackman")
        assert repr(found) == (
            "<spectrum of swing: 3 g at 2 Hz; 200 readings, every 0.05 s, window blackman>"
        )
        assert found.frame.nlargest(1, "amplitude").frequency.item() == pytest.approx(2)
        frame = pico.xy("swing", "late")
        assert len(frame) == 200
        assert (frame.swing == frame.late).all()
        assert len(pico.xy("swing", "other")) == 0, "a minute later it is no longer there"
        assert len(pico.spectrum("swing", end="2026-11-22T06:46:45+00:00").frame) < 100
        for call in (lambda: pico.spectrum("none"), lambda: pico.xy("swing", "none")):
            with pytest.raises(NoChannel):
                call()
        with pytest.raises(InvalidArgument, match="Did you mean 'hann'"):
            pico.spectrum("swing", window="han")
        with pytest.raises(InvalidArgument, match="There is no window"):
            pico.spectrum("swing", window=["hann"])  # type: ignore[arg-type]
        with pytest.raises(InvalidArgument, match="over itself"):
            pico.xy("swing", "swing")
        with pytest.raises(InvalidArgument, match="a column 'time' of its own"):
            pico.xy("swing", "time")
        with pytest.raises(InvalidArgument, match="within must be a number from 0 to"):
            pico.xy("swing", "late", within=1e300)
