"""What ROS 2 calls what a board has, and the messages that carry it. Pure.

A reading goes into the message that ROS has for its unit, in that message's own unit. ROS 1 writes the same
types without `/msg`, and stamps as `secs` and `nsecs`: a rosbridge of ROS 1 refuses these.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from .._device.following import Reading

BOOL, STRING, FLOAT = "std_msgs/msg/Bool", "std_msgs/msg/String", "std_msgs/msg/Float64"
SET_BOOL, TRIGGER = "std_srvs/srv/SetBool", "std_srvs/srv/Trigger"

# The unit: the type of message, its field, and by what a value is multiplied to be in the field's unit.
_BY_UNIT = {
    "°C": ("Temperature", "temperature", 1.0),
    "lx": ("Illuminance", "illuminance", 1.0),
    "Pa": ("FluidPressure", "fluid_pressure", 1.0),
    "hPa": ("FluidPressure", "fluid_pressure", 100.0),
    "mbar": ("FluidPressure", "fluid_pressure", 100.0),
    "kPa": ("FluidPressure", "fluid_pressure", 1000.0),
}
_HUMIDITY = ("RelativeHumidity", "relative_humidity", 0.01)


def ros_name(text: str, taken: Collection[str] = ()) -> str:
    """Return a text as ROS may call something: `bench-1` is `bench_1`.

    Args:
        text: Letters, digits and single underscores stay; it gets a letter to begin with.
        taken: What the name must not be; it gets a number, then.
    """
    name = re.sub(r"[\W_]+", "_", text, flags=re.ASCII).strip("_")
    name = name if name[:1].isalpha() else f"pico_{name}".rstrip("_")
    numbered = (f"{name}_{number}" for number in range(2, len(taken) + 2))
    return next((each for each in (name, *numbered) if each not in taken), name)


def message_of(reading: Reading, frame_id: str) -> tuple[str, dict[str, Any]]:
    """Return the type of message for a reading, and the message."""
    of_unit = _BY_UNIT.get(reading.unit)
    if reading.unit == "%" and "humid" in reading.channel.lower():  # else it may be a share of anything
        of_unit = _HUMIDITY
    if of_unit is None:
        return FLOAT, {"data": reading.value}
    kind, field, factor = of_unit
    microseconds = round(reading.time.timestamp() * 1e6)
    stamp = {"sec": microseconds // 1_000_000, "nanosec": microseconds % 1_000_000 * 1000}
    header = {"stamp": stamp, "frame_id": frame_id}
    return f"sensor_msgs/msg/{kind}", {"header": header, field: reading.value * factor, "variance": 0.0}
