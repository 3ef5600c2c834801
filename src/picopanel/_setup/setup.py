"""From a board on USB to its first blink; and what is on a board: is it ours, is it whole, will it last."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from .._broker import Broker
from .._device.device import Device
from .._doctor import examine
from .._doctor.findings import Failed, Finding, Skipped, look_at
from .._doctor.steps import until
from .._errors import NoAnswer, NotConnected
from .._link import Link
from .._link.mqtt import shared_link
from .._runtime import loop
from . import on_board
from .certificates import COURSE_CA, FORMER_CA, OWN_CA, OWN_FILES, SHIPPED_CA, is_pem, read
from .files import SECRETS, Values, contents, download, firmware
from .usb import Mpremote, find

ONLINE_WITHIN = 90.0
_SET_UP = "Run `picopanel board setup`, unless you changed it yourself."
_CERT = "Run `picopanel cert HOST`, and put the file on the board."
_OURS = "wiring.py"  # a board that has it, of whatever version of ours, never opens the course's certificate
_OPENED = (OWN_CA, SHIPPED_CA, FORMER_CA)  # the first of them that is there is the one it opens
_READS_PEM = (1, 29)
_NEEDED = ("SSID", "COURSE_ID", "HIVEMQ_HOST")


STEPS = {
    "broker": "Check the broker from here",
    "board": "Find the board",
    "save": "Keep what is on it",
    "write": "Write PicoPanel's files",
    "start": "Start it",
    "online": "Wait until it is online",
    "blink": "Blink",
}
"""Of a set-up, in their order, with what is done in each."""


class Done(NamedTuple):
    """A step of a set-up that has been done, and what there is to say of it."""

    step: str
    says: str


def set_up(
    mpremote: Mpremote,
    device_id: str,
    broker: Broker,
    wifi: Values,
    mqtt_as: Path | None = None,
    pause: Callable[[float], object] = time.sleep,
) -> Iterator[Done]:
    """Do it all, and tell each step of `STEPS` as it is done; a new set-up resumes one that was ended.

    Nothing on the board is touched before the broker and every file have been found good. What `pause`
    raises, while a board that has been started is waited for, ends it.
    """
    fetch = (lambda url: b"") if mpremote.dry else download  # of a dry run only the names are shown
    files, absent = contents(device_id, broker, wifi, mqtt_as, fetch)
    for name, url in absent.items():
        raise NotConnected(
            f"{name} could not be fetched from {url}. Is this computer on the internet? If its network "
            "forbids it, download mqtt_as elsewhere and name its folder: --mqtt-as, or mqtt_as= in a cell."
        )
    if mpremote.dry:
        _save(mpremote, files)
        mpremote.write(files, secret=SECRETS)
        _start(mpremote)
        return
    link = loop.ask(shared_link, broker)
    _check_broker(device_id, link)
    yield Done("broker", f"{broker.url} lets this user in, to listen and to command.")
    yield Done("board", f"{find(mpremote)[0]}.")
    saved = ", ".join(_save(mpremote, files))
    kept = f"{saved} ({on_board.BEFORE}/ on the board; `board restore`)."
    yield Done("save", kept if saved else "It had nothing of its own.")
    mpremote.write(files, secret=SECRETS)
    yield Done("write", f"{len(files) - 1} files and {SECRETS}.")
    device = loop.ask(Device, device_id, link)
    try:
        until(lambda: device.mode is not None, 5)
        info = loop.ask(lambda: device.known.presence.info)
        _start(mpremote)
        yield Done("start", "Clock set, board restarted.")
        _wait_for_a_boot_after(device, info.boot if info else "", pause)
        yield Done("online", "It is online.")
        blink = loop.ask(device.start_blink, 0.2, 0.2, 5)
        loop.wait(blink.over, 20)
        if blink.first.error is not None:
            raise blink.first.error
    finally:
        loop.ask(device.close)
    yield Done("blink", "It has just blinked five times.")


def _check_broker(device_id: str, link: Link) -> None:
    for finding in examine(device_id, link):
        if finding.result == "failed":
            raise NotConnected(f"Nothing on the board was changed. {finding.text} {finding.next}")
        if finding.step == "publish":
            return


def _save(mpremote: Mpremote, files: dict[str, bytes]) -> list[str]:
    gone = [name for name in OWN_FILES if name not in files]  # of another broker
    return mpremote.answer(on_board.save(sorted(files), gone)) or []


def _start(mpremote: Mpremote) -> None:
    mpremote.do(["exec", on_board.set_clock(datetime.now(timezone.utc))])
    mpremote.do(["exec", "--no-follow", on_board.RESET])


def _wait_for_a_boot_after(device: Device, former: str, pause: Callable[[float], object]) -> None:
    def is_online() -> bool:
        info = device.known.presence.info
        return device.status == "online" and info is not None and info.boot != former

    if not until(is_online, ONLINE_WITHIN, pause):
        raise NoAnswer(
            "board setup",
            ONLINE_WITHIN,
            "The files are on the board, which does not come online. Its LED flashes once for the Wi-Fi, "
            "twice for the time, three times for the broker. `picopanel board logs` shows what it prints.",
        )


def check(mpremote: Mpremote) -> Iterator[Finding]:
    found, version = find(mpremote)
    yield Finding("board", "passed", f"{found}.")
    shipped, fetched = firmware()
    seen = mpremote.answer(on_board.check([*shipped, *fetched], [*_OPENED, COURSE_CA]))
    yield look_at("firmware", partial(_firmware, seen["sums"], shipped))
    yield look_at("secrets", partial(_secrets, seen["filled"]))
    opened = [name for name in _OPENED if name in seen["certificates"]][:1]
    if seen["sums"][_OURS] is None and COURSE_CA in seen["certificates"]:
        opened.append(COURSE_CA)
    for name in opened:
        data = b64decode(seen["certificates"][name])
        yield look_at("certificate", partial(_certificate, name, data, version))
    yield look_at("clock", partial(_clock, seen["year"]))


def _firmware(sums: dict[str, str | None], shipped: dict[str, bytes]) -> str:
    if absent := sorted(name for name, sum_ in sums.items() if sum_ is None):
        raise Failed(f"Not there: {', '.join(absent)}.", _SET_UP)
    if other := [name for name, data in shipped.items() if sums[name] != sha256(data).hexdigest()]:
        raise Failed(f"Not as shipped with this version: {', '.join(other)}.", _SET_UP)
    return "Whole, and as shipped with this version."


def _secrets(filled: list[str]) -> str:
    if empty := [name for name in _NEEDED if name not in filled]:
        raise Failed(f"{SECRETS} does not say {', '.join(empty)}.", f"Fill it in, in {SECRETS} on the board.")
    return f"{SECRETS} is filled in."


def _certificate(name: str, data: bytes, version: str) -> str:
    try:
        certificates = read(data)
    except ValueError as error:
        raise Failed(f"{name}: {error}", _CERT) from None
    if is_pem(data) and tuple(map(int, version.split(".")[:2])) < _READS_PEM:
        is_text = f"{name} is text (PEM), and MicroPython {version} reads DER only"
        raise Failed(f"{is_text}: over TLS it connects to nobody.", _SET_UP if name == FORMER_CA else _CERT)
    if warnings := [sentence for certificate in certificates for sentence in certificate.warnings()]:
        raise Failed(f"{name}: {' '.join(warnings)}", _CERT)
    names = "; ".join(f"{each.subject}, until {each.expires:%Y-%m-%d}" for each in certificates)
    return f"{name}: {names}."


def _clock(year: int) -> str:
    if year < 2026:
        raise Skipped("Not set; the board sets it once it is on the Wi-Fi.")
    return f"Set; it is {year} there."
