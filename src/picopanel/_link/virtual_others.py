"""Virtual boards that speak as others do: what `demo(board=...)` shows. They know nothing of descriptions.

Each says and takes what its original's program does; where that is stands in its description's file.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from typing import Any

from .._errors import InvalidArgument
from .._errors.arguments import nearest
from .._runtime.clock import Clock
from .virtual_board import Message

_WAVES = (410, 440, 470, 510, 550, 583, 620, 670)  # nm, of the AS7341's channels
# In nm: where a NeoPixel shines, how widely.
_COLOURS = {"R": (625.0, 22.0), "G": (525.0, 35.0), "B": (468.0, 28.0)}
_RESTS = 60.0  # seconds until the next look at a board that says nothing by itself


class Other:
    """A board in the time of a clock; it says what is due, and answers."""

    kind = "virtual"
    will: Message | None = None
    answers: tuple[str, ...] = ()  # how the topics of its answers end
    every = _RESTS  # seconds between what it says by itself

    def __init__(self, device_id: str, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self._id = device_id
        self._random = random.Random(device_id)
        self._later: list[tuple[float, Message]] = []
        self._finger_until = 0.0
        self.start("power")

    def start(self, reset: str) -> None:
        self._next = self._now + self.every
        self._later.clear()

    @property
    def _now(self) -> float:
        return self.clock.monotonic()

    @property
    def _unix(self) -> int:
        """The whole seconds that these boards tell."""
        return round(self.clock.unix() / 1000)

    @property
    def due(self) -> float:
        return max(min([self._next, *(at for at, _ in self._later)]), self._now + 0.001)

    def connected(self) -> list[Message]:
        return []

    def tick(self) -> list[Message]:
        now = self._now
        messages = [message for at, message in self._later if at <= now]
        self._later = [each for each in self._later if each[0] > now]
        if now >= self._next:
            self._next = max(self._next + self.every, now)
            messages += self.says()
        return messages

    def touch(self, seconds: float) -> None:
        self._finger_until = self._now + seconds

    @property
    def touched(self) -> bool:
        return self._now < self._finger_until

    def says(self) -> list[Message]:
        """Return what it says by itself."""
        return []

    def receive(self, topic: str, payload: bytes, retained: bool) -> list[Message]:
        try:
            told = json.loads(payload)
        except ValueError:
            told = None
        return self.told(topic, told, payload)

    def told(self, topic: str, told: Any, payload: bytes) -> list[Message]:
        """Do what it is told, and return what it answers at once."""
        return []


class LightMixing(Other):
    """Modules 1.1 and 1.6: each command is an experiment, of which the spectrum is the answer."""

    answers = ("as7341/",)
    _TAKES = 0.6  # seconds, of two measurements with atime 100 and astep 999

    def told(self, topic: str, told: Any, payload: bytes) -> list[Message]:
        if topic != f"sdl-demo/picow/{self._id}/GPIO/28":
            return []
        answer: dict[str, Any] = {
            "_input_message": payload.decode(errors="replace") if told is None else told
        }
        try:
            colours = {name: told[name] for name in _COLOURS}
            for name, value in colours.items():
                if not 0 <= value <= 255:
                    raise AssertionError(f"Invalid {name}: {value} (must be between 0 and 255)")
            if not all(isinstance(value, int) for value in colours.values()):
                raise TypeError("can't convert float to int")  # MicroPython's, of what the NeoPixel is given
            answer |= self._spectrum(colours)
            answer["background"] = self._spectrum(dict.fromkeys(_COLOURS, 0))
        except Exception as error:  # as on the board, which reports whatever goes wrong
            answer["error"] = f"Traceback (most recent call last):\n{type(error).__name__}: {error}\n"
        answer |= {
            "onboard_temperature_K": round(297.4 + self._random.gauss(0, 0.2), 4),
            "sd_card_ready": False,
        }
        answer |= {"utc_timestamp": self._unix, "device_nickname": "demo", "logged_to_mongodb": False}
        message = (f"sdl-demo/picow/{self._id}/as7341/", json.dumps(answer), 0, False)
        self._later.append((max([self._now, *(at for at, _ in self._later)]) + self._TAKES, message))
        return []

    def _spectrum(self, colours: dict[str, float]) -> dict[str, int]:
        shade = 0.15 if self.touched else 1.0
        found = {}
        for wave in _WAVES:
            light = sum(
                colours[name] * math.exp(-(((wave - peak) / wide) ** 2) / 2)
                for name, (peak, wide) in _COLOURS.items()
            )
            count = shade * (60 + 180 * light) * (1 + self._random.gauss(0, 0.01))
            found[f"ch{wave}"] = max(0, min(65535, round(count)))
        return found


class Fan(Other):
    """Its turns ten times a second; a command is done without a word, but for turns once more."""

    every = 0.1

    def start(self, reset: str) -> None:
        super().start(reset)
        self._duty, self._turns = 40.0, 0.0

    def says(self) -> list[Message]:
        self._turns += (self._duty * 60 * (0.4 if self.touched else 1.0) - self._turns) * 0.06
        turns = round(self._turns + self._random.gauss(0, 4))
        payload = json.dumps({"rpm": max(0, turns), "utc_timestamp": self._unix})
        return [(f"fan-control/picow/{self._id}/rpm", payload, 1, False)]

    def told(self, topic: str, told: Any, payload: bytes) -> list[Message]:
        if topic != f"fan-control/picow/{self._id}/speed":
            return []
        speed = told.get("speed") if isinstance(told, dict) else None
        if isinstance(speed, int) and 0 <= speed <= 100:
            self._duty = speed
        return self.says()


class Magnetometer(Other):
    """A list with a sample a second."""

    every = 1.0

    def says(self) -> list[Message]:
        near, turn = 8.0 if self.touched else 1.0, self._now / 9
        field = {"X": 22 * math.cos(turn), "Y": 22 * math.sin(turn), "Z": -38.0}
        sample = {name: round(near * value + self._random.gauss(0, 0.3), 2) for name, value in field.items()}
        return [(f"magnetometer/picow/{self._id}/sensor_data", json.dumps([sample]), 1, False)]


class DigitalPipette(Other):
    """It moves, and says nothing."""


class Ot2(Other):
    """It mixes, and tells when it has; what it does not understand it passes over."""

    answers = ("/complete",)
    _TAKES = 3.0  # seconds, in which the original needs minutes

    def told(self, topic: str, told: Any, payload: bytes) -> list[Message]:
        if topic != f"command/ot2/{self._id}/pipette" or not isinstance(told, dict):
            return []
        command = told.get("command")
        if "experiment_id" not in told or not isinstance(command, dict):
            return []
        try:
            if command["R"] + command["Y"] + command["B"] > 300:
                return []
            names = {name: told[name] for name in ("experiment_id", "session_id")}
        except (KeyError, TypeError):
            return []
        payload_ = json.dumps({"status": {"sensor_status": "in_place"}, **names})
        self._later.append((self._now + self._TAKES, (f"status/ot2/{self._id}/complete", payload_, 2, False)))
        return []


OTHERS: dict[str, Callable[[str], Other]] = {
    "digital-pipette": DigitalPipette,
    "fan": Fan,
    "magnetometer": Magnetometer,
    "ot2": Ot2,
    "sdl-demo": LightMixing,
}


def virtual_other(board: object, device_id: str) -> Other:
    """Return a virtual board that speaks as the description of this name says."""
    if not isinstance(board, str) or board not in OTHERS:
        said = f"There is no virtual board for {str(board)[:64]!a}. {nearest(board, OTHERS)}"
        raise InvalidArgument(f"{said} A description of your own needs its board.")
    return OTHERS[board](device_id)
