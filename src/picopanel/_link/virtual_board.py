"""A virtual board: the firmware's own logic with a pretended chip under it."""

from __future__ import annotations

import math
import platform
import random
import secrets
from collections.abc import Callable

from .._firmware.pico.device import PicoDevice

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
    def __init__(
        self,
        device_id: str,
        *,
        course: bool = False,
        sensor: Callable[[], float] | None = None,
        interval: int = 250,
        setup: Setup | None = None,
        seed: int | None = None,
    ) -> None:
        self.setup = setup
        self._device_id = device_id
        self._course = course
        self._interval = interval
        self._sensor = sensor or self._read_chip
        self._since_boot = self._time_at = 0
        self.chip = Chip(seed)
        self.start("power")

    def start(self, reset: str) -> None:
        self._since_boot = self._time_at = 0
        self.chip.finger_until = 0.0  # it was told in this boot's time
        self.device = PicoDevice(
            self._device_id,
            boot="p" + secrets.token_hex(4),
            reset=reset,
            board="virtual Pico",
            micropython=platform.python_version(),
            virtual=True,
            interval=self._interval,
        )
        self.device.channel("temperature", self._sensor, unit="Cel")
        if self.setup is not None:
            self.setup(self.device)

    @property
    def will(self) -> Message | None:
        """What the broker publishes when the board is gone; the course's board has none."""
        return None if self._course else self.device.will

    @property
    def topics(self) -> list[tuple[str, int]]:
        return self.device.topics[:1] if self._course else self.device.topics  # type: ignore[no-any-return]

    def connected(self, now: int, unix_ms: int) -> list[Message]:
        """Return what the board publishes once connected; `now` in ms since its start."""
        self._set_time(now, unix_ms)
        return self._allowed(self.device.connected(now))

    def receive(self, topic: str, payload: bytes, retained: bool, now: int) -> list[Message]:
        self._since_boot = now
        return self._allowed(self.device.receive(topic, payload, retained, now))

    def tick(self, now: int, unix_ms: int) -> list[Message]:
        self._since_boot = now
        if now - self._time_at >= TIME_LASTS:
            self._set_time(now, unix_ms)
        return self._allowed(self.device.tick(now))

    def stopping(self) -> list[Message]:
        return self._allowed(self.device.stopping())

    def _set_time(self, now: int, unix_ms: int) -> None:
        self._since_boot = self._time_at = now
        self.device.set_time(unix_ms, now)

    def _read_chip(self) -> float:
        return self.chip.temperature(self._since_boot / 1000, self.device.led)

    def _allowed(self, messages: list[Message]) -> list[Message]:
        if not self._course:
            return messages
        return [message for message in messages if message[0].endswith("/onboard_temp")]
