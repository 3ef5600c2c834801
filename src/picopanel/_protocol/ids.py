"""Device IDs and the topics made of them."""

from __future__ import annotations

import re
from unicodedata import normalize

from .._errors import InvalidDeviceID
from .._errors.arguments import is_unicode

_FORBIDDEN = re.compile(r"[+#\x00-\x1f\x7f-\x9f]")


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
    if not is_unicode(device_id):
        raise InvalidDeviceID(f"{shown} is not valid Unicode text. Use letters and digits.")
    if re.search("<.*>", device_id):
        raise InvalidDeviceID(
            f"{shown} is the placeholder, not an ID. Everybody who leaves it unedited shares one "
            "board: put your own course ID there, without the brackets."
        )
    size = len(device_id.encode())
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
    composed = normalize("NFC", device_id)
    letters = [each for each in composed if normalize("NFD", each) != each]
    if not letters:
        return ""
    form = "one character" if device_id == composed else "a letter and its accent"
    return (
        f" The {letters[0]!r} in it can be spelt in two ways that look the same; here it is {form}: "
        "copy the ID from one place to the other, or use plain letters."
    )


class Topics:
    def __init__(self, device_id: str) -> None:
        self.onboard_led = f"{device_id}/onboard_led"
        self.led_state = f"{device_id}/onboard_led/state"
        self.onboard_temp = f"{device_id}/onboard_temp"
        self.status = f"{device_id}/status"
        self.info = f"{device_id}/info"
        self.telemetry = f"{device_id}/telemetry"
        self.cmd = f"{device_id}/cmd"
        self.ack = f"{device_id}/ack"
