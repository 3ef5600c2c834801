"""What is on a board: is it ours, is it whole, will it last?"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from functools import partial
from hashlib import sha256

from .._doctor.findings import Failed, Finding, Skipped, look_at
from . import on_board
from .by_kernel import find
from .certificates import COURSE_CA, FORMER_CA, OWN_CA, SHIPPED_CA, is_pem, read
from .files import SECRETS, firmware
from .usb import Mpremote

_SET_UP = "Run `picopanel board setup`, unless you changed it yourself."
_CERT = "Run `picopanel cert HOST`, and put the file on the board."
_OURS = "wiring.py"  # a board that has it, of whatever version of ours, never opens the course's certificate
_OPENED = (OWN_CA, SHIPPED_CA, FORMER_CA)  # the first of them that is there is the one it opens
_READS_PEM = (1, 29)
_NEEDED = ("SSID", "COURSE_ID", "HIVEMQ_HOST")


def check(mpremote: Mpremote) -> Iterator[Finding]:
    found = find(mpremote)
    yield Finding("board", "passed", found["says"])
    shipped, fetched = firmware()
    seen = mpremote.answer(on_board.check([*shipped, *fetched], [*_OPENED, COURSE_CA]))
    yield look_at("firmware", partial(_firmware, seen["sums"], shipped))
    yield look_at("secrets", partial(_secrets, seen["filled"]))
    opened = [name for name in _OPENED if name in seen["certificates"]][:1]
    if seen["sums"][_OURS] is None and COURSE_CA in seen["certificates"]:
        opened.append(COURSE_CA)
    for name in opened:
        data = b64decode(seen["certificates"][name])
        yield look_at("certificate", partial(_certificate, name, data, found["version"]))
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
