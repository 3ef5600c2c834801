"""Makes the recording that comes with the package: ten minutes of a lesson with a virtual Pico.

`python tools/bundled_recording.py`. Its time is simulated, so it takes some seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from picopanel._device.device import Device
from picopanel._link.virtual import VirtualLink
from picopanel._link.virtual_board import VirtualBoard
from picopanel._runtime import loop
from picopanel._runtime.clock import Clock
from picopanel._store.recording import BUNDLED

START = datetime(2026, 11, 20, 9, 15, tzinfo=timezone.utc).timestamp()
STEP = 0.01
MINUTES = 10


class Lesson:
    """A board, a panel and a teacher, on a clock of their own."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._steps = loop.Stepped(lambda: self.seconds)
        clock = Clock(lambda: self.seconds, self._unix, self._steps.later)
        self._link = VirtualLink(VirtualBoard("lesson", clock=clock, interval=1000, seed=1))
        self._device = Device("lesson", self._link, clock=clock)
        self._due: list[tuple[float, Callable[[], object]]] = []

    def at(self, minutes: int, seconds: int, mark: str = "", **does: object) -> None:
        """Plan a mark, a command or one of the board's faults."""
        when = minutes * 60 + seconds
        if mark:
            self._due.append((when, lambda: self._device.known.note("mark", text=mark)))
        for what, value in does.items():
            self._due.append((when, lambda what=what, value=value: self._do(what, value)))  # type: ignore[misc]

    def hold(self) -> None:
        """Let it take place, and record it."""
        BUNDLED.unlink(missing_ok=True)
        self._device.record(BUNDLED)
        self._write()
        due = sorted(self._due, key=lambda it: it[0])
        while self.seconds < MINUTES * 60:
            self.seconds += STEP
            self._steps.pass_by()
            self._write()
            while due and due[0][0] <= self.seconds:
                due.pop(0)[1]()
        self._device.recorder.stop()
        self._write()

    def _write(self) -> None:
        """Wait until it is written: nothing else touches the device meanwhile."""
        loop.wait(self._device.recorder.settled, None)

    def _do(self, what: str, value: object) -> None:
        if what == "say":
            self._device.start(str(value))
        elif what == "blink":
            self._device.start("blink", action={"blink": {"n": value, "on": 500, "off": 500}})
        else:
            getattr(self._link.faults, what)(value)

    def _unix(self) -> float:
        return (START + self.seconds) * 1000


def main() -> None:
    """Make it."""
    lesson = Lesson()
    lesson.at(0, 25, say="on")
    lesson.at(1, 25, say="off")
    lesson.at(2, 15, mark="a finger on the chip", finger=25)
    lesson.at(3, 40, blink=5)
    lesson.at(4, 20, say="toggle")
    lesson.at(5, 20, say="toggle")
    lesson.at(5, 50, mark="the Wi-Fi goes", wifi_drop=22)
    lesson.at(7, 0, mark="no answer this time", lose_replies=1)
    lesson.at(7, 1, say="on")
    lesson.at(7, 20, say="on")
    lesson.at(8, 0, mark="lamp and finger", finger=40)
    lesson.at(9, 10, say="off")
    lesson.hold()
    print(f"{BUNDLED.name}: {BUNDLED.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
