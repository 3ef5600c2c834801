"""Boards that reboot, have a wrong clock, come first or last, or are two; panels that are two."""

import json

import pytest

from picopanel import Pico
from picopanel._runtime import loop

from ..support.spy import Spy
from ..support.waiting import eventually
from .counts import times
from .trial import ID

SECOND_PANEL = """
from picopanel import Pico
from picopanel._runtime import loop
from picopanel._store import EVENT

def numbers():
    rows = loop.ask(pico._device.store.since, 0)
    pairs = zip(rows.values, rows.origins)
    return [round((value - 20) * 1000) for value, origin in pairs if origin != EVENT]

with Pico({id!r}, broker={url!r}) as pico:
    for _ in range({n}):
        print("answered", pico.toggle().certain, flush=True)
    last = max(numbers())
    while set(numbers()) < set(range(last)):
        pico.sleep(0.05)
    print("complete", len(numbers()) == len(set(numbers())), flush=True)
"""


def test_board_rebooted(trial):
    """Pulled plug and new start, while it streams: a new boot, from its first sample on."""
    for _ in range(times(20)):
        trial.recovers()
        trial.every_reading_is_there_once()
        trial.board.kill()
        trial.says("The Pico went offline.")
        trial.plug_in()
        trial.recovers()
    boots = {origin.boot for origin in loop.ask(trial.pico._device.store.since, 0).table.values()}
    assert len(boots) == times(20) + 1, "each start is a boot of its own"
    trial.every_reading_is_there_once()


@pytest.mark.parametrize("first", ["board", "panel"])
def test_either_may_come_first(trial, first):
    """A panel that is opened long after the board has all that it remembers; so has one that waited."""
    trial.every_reading_is_there_once()
    if first == "board":
        trial.reopen()
    else:
        trial.board.kill()
        trial.plug_in()
    trial.recovers()
    trial.every_reading_is_there_once()


def test_clock_wrong_then_set(broker):
    """The board's clock starts in 1970 and is then set: the chart's times do not bend, both are kept."""
    spy = Spy(broker.port)
    info = {"protocol": 1, "boot": "ab12cd34", "interval": 100, "channels": {"temperature": {"unit": "Cel"}}}
    with Pico(ID, broker=broker.url()) as pico:
        eventually(lambda: pico._device.known.presence.mode, "the panel listens")
        spy.publish(f"{ID}/info", json.dumps(info), retain=True)
        spy.publish(f"{ID}/status", "online", retain=True)
        for seq in range(30):
            ts = [None, 5_000 + seq * 100, 1_795_330_000_000 + seq * 100][seq // 10]
            sample = {
                "boot": "ab12cd34",
                "seq": seq,
                "up": seq * 100,
                "ts": ts,
                "values": {"temperature": 20},
            }
            spy.publish(f"{ID}/telemetry", json.dumps(sample))
        eventually(lambda: len(pico.to_dataframe()) == 30, "all samples are there")
        frame = pico.to_dataframe().sort_values("elapsed_s")
        assert frame["elapsed_s"].diff().dropna().between(0, 0.11).all(), "the chart's clock is one clock"
        assert frame["board_time"].isna().sum() == 10, "the board's own clock is kept beside it"
        assert frame["board_time"].dt.year.dropna().unique().tolist() == [1970, 2026]
    spy.close()


def test_two_panels_in_two_kernels(trial, tmp_path, run):
    """Both command one board at once: each has its own answers, and all readings, once."""
    program = tmp_path / "panel.py"
    n = times(100)
    program.write_text(SECOND_PANEL.format(id=ID, url=trial.broker.url(), n=n))
    other = run(program)
    mine = [trial.pico.toggle() for _ in range(n)]
    assert all(reply.certain for reply in mine)
    eventually(
        lambda: other.lines.count("answered True") == n, "the other's commands are answered", within=20
    )
    trial.says(None)
    other.wait_for("complete True")
    eventually(lambda: len(trial.board.heard) == 2 * n, "each command was carried out once")
    trial.every_reading_is_there_once()


def test_two_boards_on_one_id(trial):
    """Said within 5 s of the second one's first word; both boards' readings are kept apart."""
    second = trial.plug_in_another()
    trial.says("Two boards answer under this ID.")
    second.kill()
    boots = {origin.boot for origin in loop.ask(trial.pico._device.store.since, 0).table.values()}
    assert len(boots) == 2, "each board's readings are of its own boot"
