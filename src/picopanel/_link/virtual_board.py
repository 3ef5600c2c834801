"""A virtual board: the firmware's own logic with a pretended chip under it."""

from __future__ import annotations

import math
import platform
import random
import secrets
from collections.abc import Callable

from .._firmware.pico.device import PicoDevice
from .._runtime.clock import Clock

Message = tuple[str, str, int, bool]  # topic, payload, QoS, retained
Setup = Callable[[PicoDevice], object]

ROOM = 23.0
LED_WARMS = 0.9
FINGER_WARMS = 6.0
TIME_LASTS = 60 * 60_000  # milliseconds after which the clock is set again, as on a board


class Chip:
    """A chip's temperature in degrees Celsius: drift, noise, and what warms it."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)
        self._warmth = 0.0
        self._seconds = 0.0
        self.finger_until = 0.0

    def temperature(self, seconds: float, led: bool) -> float:
        passed = min(max(seconds - self._seconds, 0.0), 60.0)
        self._seconds = seconds
        goal = LED_WARMS * led + FINGER_WARMS * (seconds < self.finger_until)
        self._warmth += (goal - self._warmth) * (1 - math.exp(-passed / 8.0))
        drift = 0.4 * math.sin(seconds / 97.0) + 0.25 * math.sin(seconds / 23.0)
        return round(ROOM + drift + self._warmth + self._random.gauss(0.0, 0.035), 2)


class VirtualBoard:
    """A board in the time of a clock.

    Args:
        course: Whether it speaks the course layer only, like the course's own board.
        sensor: What to read instead of the pretended chip, in degrees Celsius.
        interval: Milliseconds between samples.
        setup: Adds channels and controls to the board at each start, as `main.py` does.
        seed: Makes the pretended chip's noise repeatable.
        announce: True tells Home Assistant what the board has, False takes that back.
    """

    def __init__(
        self,
        device_id: str,
        *,
        clock: Clock | None = None,
        course: bool = False,
        sensor: Callable[[], float] | None = None,
        interval: int = 250,
        setup: Setup | None = None,
        seed: int | None = None,
        announce: bool | None = None,
    ) -> None:
        self._announce = announce
        self.clock, self.setup = clock or Clock(), setup
        self._device_id, self._course, self._interval = device_id, course, interval
        self._sensor = sensor or self._read_chip
        self._chip = Chip(seed)
        self.start("power")

    def start(self, reset: str) -> None:
        """Start as after a reset: everything forgotten, a new boot."""
        self._started = self.clock.monotonic()
        self._time_at = 0
        self._chip.finger_until = 0.0  # it was told in this boot's time
        self.device = PicoDevice(
            self._device_id,
            boot="p" + secrets.token_hex(4),
            reset=reset,
            board="virtual Pico",
            micropython=platform.python_version(),
            virtual=True,
            interval=self._interval,
            announce=self._announce,
        )
        self.device.channel("temperature", self._sensor, unit="Cel")
        if self.setup is not None:
            self.setup(self.device)

    kind = "virtual"
    answers = ("/ack", "/onboard_temp")  # how the topics of its answers end

    @property
    def will(self) -> Message | None:
        """What the broker publishes when the board is gone; the course's board has none."""
        return None if self._course else self.device.will

    @property
    def topics(self) -> list[tuple[str, int]]:
        return self.device.topics[:1] if self._course else self.device.topics  # type: ignore[no-any-return]

    @property
    def due(self) -> float:
        """The monotonic time at which `tick` has something to say."""
        due: float = self._started + self.device.next_tick / 1000
        return max(due, self.clock.monotonic() + 0.001)

    def connected(self) -> list[Message]:
        self._set_time()
        return self._allowed(self.device.connected(self._up))

    def receive(self, topic: str, payload: bytes, retained: bool) -> list[Message]:
        return self._allowed(self.device.receive(topic, payload, retained, self._up))

    def tick(self) -> list[Message]:
        if self._up - self._time_at >= TIME_LASTS:
            self._set_time()
        return self._allowed(self.device.tick(self._up))

    def stopping(self) -> list[Message]:
        return self._allowed(self.device.stopping())

    def touch(self, seconds: float) -> None:
        """Put a finger on the chip for a while."""
        self._chip.finger_until = self._up / 1000 + seconds

    @property
    def _up(self) -> int:
        """Milliseconds since its start."""
        return round((self.clock.monotonic() - self._started) * 1000)

    def _set_time(self) -> None:
        self._time_at = self._up
        self.device.set_time(round(self.clock.unix()), self._time_at)

    def _read_chip(self) -> float:
        return self._chip.temperature(self._up / 1000, self.device.led)

    def _allowed(self, messages: list[Message]) -> list[Message]:
        if not self._course:
            return messages
        return [message for message in messages if message[0].endswith("/onboard_temp")]
