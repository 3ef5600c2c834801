"""A board without a radio, on USB: its messages as lines, which `firmware/pico/usb.py` describes."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from .._protocol.ids import Topics
from .._runtime.clock import Clock
from .virtual_board import Message

LONGEST_LINE = 16_384  # bytes; its longest message has 4 KiB
# In seconds.
LOOK_EVERY = 0.01
TIME_EVERY = 5.0  # after 30 of silence the board takes the computer for gone
OPEN_EVERY = 1.0


class UsbBoard:
    """Stands where a virtual board does, for a board at a serial port.

    Args:
        device_id: The course ID that is on the board.
        open_port: Opens the port, as pyserial does; raises OSError.
        say: Called with each line that is for people.
        clock: The time.
    """

    def __init__(
        self,
        device_id: str,
        open_port: Callable[[], Any],
        say: Callable[[str], object] = print,
        clock: Clock | None = None,
    ) -> None:
        self.device = SimpleNamespace(id=device_id, kept=True, online=False, led=False)
        self._open, self._say, self._clock = open_port, say, clock or Clock()
        self._topics = Topics(device_id)
        self._port: Any = None
        self._line = b""
        self._rests = self._time_at = 0.0  # seconds until it looks again; when it tells the time again
        self._said = ""  # of what need not be said twice

    kind = "USB"

    @property
    def will(self) -> Message:
        return (self._topics.status, "offline", 1, True)

    @property
    def topics(self) -> list[tuple[str, int]]:
        return [(topic, 1) for topic in (self._topics.onboard_led, self._topics.cmd, self._topics.status)]

    @property
    def due(self) -> float:
        return self._clock.monotonic() + self._rests

    def connected(self) -> list[Message]:
        """A broker hears it from now on: it says what it is, as after each start of a board with a radio."""
        self.device.online = True
        self._greet()
        return []

    def receive(self, topic: str, payload: bytes, retained: bool) -> list[Message]:
        self._write([topic, payload.decode(errors="replace"), 1, retained])
        return []

    def tick(self) -> list[Message]:
        """Read what has come; tell the time, or that there is no broker."""
        self._rests = LOOK_EVERY
        if self._port is None and not self._plugged_in():
            return []
        if self._clock.monotonic() >= self._time_at:
            self._tell_time()
        try:
            return self._understood(self._port.read(self._port.in_waiting))
        except OSError as error:
            return self._unplugged(error)

    def stopping(self) -> list[Message]:
        self.device.online = False
        self._tell_time()
        return [self.will]

    def _plugged_in(self) -> bool:
        try:
            self._port = self._open()
        except OSError as error:
            self._rests = OPEN_EVERY
            self._say_once(f"The board's port cannot be opened: {error}")
            return False
        self._greet()
        return True

    def _unplugged(self, error: OSError) -> list[Message]:
        self._port, self._line = None, b""
        self._say(f"The board is gone: {error}")
        return [self.will]

    def _greet(self) -> None:
        """A board that believes it is connected would not say again what it is."""
        self._write([0])
        self._tell_time()

    def _tell_time(self) -> None:
        self._time_at = self._clock.monotonic() + TIME_EVERY
        self._write([round(self._clock.unix()) if self.device.online else 0])

    def _write(self, said: list[object]) -> None:
        if self._port is None:  # as a board without power: it hears nothing
            return
        try:
            self._port.write(json.dumps(said).encode() + b"\n")
        except OSError:  # the next look says why
            self._time_at = 0.0

    def _understood(self, came: bytes) -> list[Message]:
        *lines, self._line = (self._line + came).split(b"\n")
        self._line = self._line[-LONGEST_LINE:]
        return [message for line in lines if (message := self._message(line.strip())) is not None]

    def _message(self, line: bytes) -> Message | None:
        """What a line says under the board's ID, marked as come over USB; other lines are for people."""
        try:
            topic, payload, qos, retain = json.loads(line)
        except (ValueError, TypeError, RecursionError):
            self._say(line.decode(errors="replace"))
            return None
        if (type(topic), type(payload), type(retain)) != (str, str, bool) or qos not in (0, 1):
            return None
        if not topic.startswith(f"{self.device.id}/"):
            self._say_once(f"The board on USB answers under another ID than {self.device.id!r}: {topic!r}")
            return None
        if topic == self._topics.led_state:
            self.device.led = payload == "on"
        return (topic, self._via_usb(payload) if topic == self._topics.info else payload, qos, retain)

    def _via_usb(self, info: str) -> str:
        try:
            return json.dumps({**json.loads(info), "via": "usb"})
        except (ValueError, TypeError, RecursionError):  # whoever hears it says what is wrong with it
            return info

    def _say_once(self, sentence: str) -> None:
        if sentence != self._said:
            self._said = sentence
            self._say(sentence)
