"""Device IDs and the topics made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from unicodedata import normalize

from .._errors import InvalidDeviceID

_FORBIDDEN = re.compile(r"[+#\x00-\x1f\x7f-\x9f]")
_PLACEHOLDER = re.compile(r"<.*>")


def check_device_id(device_id: object) -> str:
    """Return the ID if it can be part of a topic.

    Raises:
        InvalidDeviceID: With the reason and the mend.
    """
    if not isinstance(device_id, str) or not device_id:
        raise InvalidDeviceID("The device ID must be a text such as 'alice-07'.")
    if "://" in device_id:  # and is not shown: a URL may hold a password
        raise InvalidDeviceID(
            "This is a URL and not a device ID. Write PicoPanel('my-course-id', broker=URL)."
        )
    shown = ascii(device_id) if len(device_id) < 80 else ascii(device_id[:60]) + "..."
    try:
        size = len(device_id.encode())
    except UnicodeEncodeError:
        raise InvalidDeviceID(f"{shown} is not valid Unicode text. Use letters and digits.") from None
    if _PLACEHOLDER.search(device_id):
        raise InvalidDeviceID(
            f"{shown} is the placeholder, not an ID. Everybody who leaves it unedited shares one "
            "board: put your own course ID there, without the brackets."
        )
    if size > 60:
        raise InvalidDeviceID(f"The device ID {shown} is {size} bytes long; 60 is the most.")
    if _FORBIDDEN.search(device_id):
        raise InvalidDeviceID(
            f"The device ID {shown} holds '+', '#' or a control character. "
            "MQTT reads '+' and '#' as wildcards, and you would hear everybody's board."
        )
    if device_id[0] in "$/" or device_id[-1] == "/":
        raise InvalidDeviceID(f"The device ID {shown} must not start with '$' or '/', nor end with '/'.")
    return device_id


def spelling_trap(device_id: str) -> str:
    """Return a sentence on letters that Unicode spells in two ways, if the ID has any, else nothing.

    Example:
        >>> spelling_trap("Zoe")
        ''
    """
    letters = [each for each in normalize("NFC", device_id) if normalize("NFD", each) != each]
    if not letters:
        return ""
    form = "one character" if device_id == normalize("NFC", device_id) else "a letter and its accent"
    return (
        f" The {letters[0]!r} in it can be spelt in two ways that look the same; here it is {form}: "
        "copy the ID from one place to the other, or use plain letters."
    )


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one board."""

    device_id: str
    onboard_led: str = field(init=False)
    onboard_temp: str = field(init=False)
    status: str = field(init=False)
    info: str = field(init=False)
    led_state: str = field(init=False)
    telemetry: str = field(init=False)
    cmd: str = field(init=False)
    ack: str = field(init=False)

    def __post_init__(self) -> None:
        for name, last in _LAST_LEVELS.items():
            object.__setattr__(self, name, f"{self.device_id}/{last}")


_LAST_LEVELS = {
    "onboard_led": "onboard_led",
    "onboard_temp": "onboard_temp",
    "status": "status",
    "info": "info",
    "led_state": "onboard_led/state",
    "telemetry": "telemetry",
    "cmd": "cmd",
    "ack": "ack",
}
