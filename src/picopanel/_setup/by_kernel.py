"""A plan carried out by the kernel, to whose computer the board is plugged in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from .._errors import NotConnected
from .files import SECRETS, download
from .micropython import BY_HAND, NeedsMicroPython, image_for, in_bootsel, put
from .on_board import given, look
from .plan import Done, Plan
from .usb import Mpremote

_RESTARTS_WITHIN = 30.0  # seconds
_NONE = (
    "No board is plugged in. Use a USB cable that carries data, not one for charging only. A new "
    "board has no MicroPython yet: hold its BOOTSEL button while plugging it in, then try it again."
)
_OTHER = " Something else is at {port}: if that is your board, name its port, --port or BoardSetup(port=...)."
_Result = TypeVar("_Result")
_BOOTSEL = "import time, machine; time.sleep_ms(100); machine.bootloader()"
_RASPBERRY_PI = "2e8a:"


class ByKernel:
    """Carries a plan out through mpremote; `pause` waits so many seconds."""

    def __init__(self, mpremote: Mpremote, pause: Callable[[float], object] = time.sleep) -> None:
        self._mpremote = mpremote
        self._pause = pause

    def carry_out(self, plan: Plan, is_back: Callable[[], bool]) -> Iterator[Done]:
        """Do what it says, and tell each step; a board without MicroPython gets that first."""
        mpremote = self._mpremote
        try:
            found = find(mpremote)["says"]
        except NeedsMicroPython as needs:
            found = f"It got a new MicroPython: {self._put_micropython(needs)['says']}"
        yield Done("board", found)
        yield Done("save", _good(mpremote.answer(plan.save))["says"])
        mpremote.write(plan.files, secret=SECRETS)
        sums = {name: sha256(data).hexdigest() for name, data in plan.files.items()}
        yield Done("write", _good(mpremote.answer(given(plan.verify, SUMS=sums)))["says"])
        now = datetime.now(timezone.utc)
        moment = (now.year, now.month, now.day, now.weekday(), now.hour, now.minute, now.second, 0)
        started = _good(mpremote.answer(given(plan.start, NOW=moment)))
        mpremote.do(["exec", "--no-follow", plan.reset])
        yield Done("start", started["says"])

    def _put_micropython(self, needs: NeedsMicroPython) -> dict[str, Any]:
        image = image_for(needs.model, download)
        wrong = put(image, needs.drive or self._ask_into_bootsel(needs))
        self._mpremote.forget_port()
        try:
            return self._retry(lambda: find(self._mpremote))
        except NotConnected as error:
            raise NotConnected(f"{error} (Copying MicroPython: {wrong})") if wrong else error from None

    def _ask_into_bootsel(self, needs: NeedsMicroPython) -> Path:
        if other := in_bootsel():
            raise NotConnected(f"Another board is in BOOTSEL mode (drive {other[0]}). Unplug it.")
        self._mpremote.do(["exec", "--no-follow", _BOOTSEL])
        try:
            return self._retry(lambda: _drive_of(needs))
        except NeedsMicroPython:
            raise NotConnected(
                f"{needs} (It was asked into BOOTSEL mode, and no drive has come up here: if your file "
                "manager shows one, RPI-RP2 or RP2350, open it there, and try it again.)"
            ) from None

    def _retry(self, attempt: Callable[[], _Result]) -> _Result:
        """Attempt it until it works, while the board restarts."""
        end = time.monotonic() + _RESTARTS_WITHIN
        while True:
            try:
                return attempt()
            except NotConnected:
                if time.monotonic() > end:
                    raise
            self._pause(0.5)


def _drive_of(needs: NeedsMicroPython) -> Path:
    new = in_bootsel()
    if new is None:
        raise needs
    return new[0]


def find(mpremote: Mpremote, drives: Iterable[Path] | None = None) -> dict[str, Any]:
    """Find the one board on USB, keep its port, and return what it is: `says`, `version` and more.

    Raises:
        NeedsMicroPython: It has none, or an old one.
        NotConnected: With what is wrong with the board, and the step that mends it.
    """
    if mpremote.port is None and not mpremote.dry:
        mpremote.port = only_port(mpremote.ports(), drives)
    found = mpremote.answer(look())
    if found.get("renew"):
        raise NeedsMicroPython(found["wrong"], found["model"])
    return _good(found)


def only_port(plugged_in: dict[str, str], drives: Iterable[Path] | None = None) -> str:
    """Return the port of the one board among what is plugged in, by the IDs on USB."""
    ports = [port for port, usb_id in plugged_in.items() if usb_id.startswith(_RASPBERRY_PI)]
    if len(ports) == 1:
        return ports[0]
    if ports:
        raise NotConnected(
            f"{len(ports)} boards are plugged in ({', '.join(ports)}). Unplug all but one, or name its port: "
            f"--port {ports[0]}, or BoardSetup(port={ports[0]!r})."
        )
    if new := in_bootsel(drives):
        drive, model = new
        raise NeedsMicroPython(
            f"The board is in BOOTSEL mode (drive {drive}) and has no MicroPython running. "
            f"{BY_HAND.format(model=model)}",
            model,
            drive,
        )
    raise NotConnected(_NONE + "".join(_OTHER.format(port=port) for port in [*plugged_in][:1]))


def _good(told: dict[str, Any]) -> dict[str, Any]:
    if "wrong" in told:
        raise NotConnected(told["wrong"])
    return told
