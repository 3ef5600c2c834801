"""What a user gets back: replies and readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """A board's answer to one command.

    Attributes:
        command: What was sent.
        temperature: In degrees Celsius, or None if the board measures none.
        led: Whether the LED is on; None if it cannot be known.
        latency: Seconds from sending to the answer.
        certain: Whether the answer surely belongs to this command. False only on the course
            layer, whose answers carry no identity, when others command the board as well or an
            answer is overdue.
        values: Every channel's value at that moment, by name.
    """

    command: str
    temperature: float | None
    led: bool | None
    latency: float
    certain: bool = True
    values: Mapping[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        led = {None: "LED unknown", True: "LED on", False: "LED off"}[self.led]
        temperature = "" if self.temperature is None else f", {self.temperature:g} °C"
        doubt = "" if self.certain else ", not certain"
        return f"<{self.command}: {led}{temperature}, after {self.latency * 1000:.0f} ms{doubt}>"


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one channel.

    Attributes:
        time: When it was measured, in UTC.
        channel: The channel's name, e.g. `temperature`.
        value: In `unit`.
        unit: As people write it, e.g. `°C`; empty if the board names none.
        led: Whether the LED was on; None if unknown.
        virtual: Whether a virtual board made it.
    """

    time: datetime
    channel: str
    value: float
    unit: str
    led: bool | None
    virtual: bool
