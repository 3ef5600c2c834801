"""What is on a board: is it ours, is it whole, and will its certificate last."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256

from .._doctor.findings import Finding
from . import on_board
from .certificates import COURSE_CA, FORMER_CA, OWN_CA, SHIPPED_CA, is_pem, read
from .files import SECRETS, collect
from .usb import Mpremote, find

_SET_UP = "Run `picopanel board setup`, unless you changed it yourself."
_CERT = "Run `picopanel cert HOST`, and put the file on the board."
_OURS = "wiring.py"  # a board that has it, of whatever version of ours, never opens the course's certificate
_OPENED = (OWN_CA, SHIPPED_CA, FORMER_CA)  # the first of them that is there is the one it opens
_READS_PEM = (1, 29)
_NEEDED = ("SSID", "COURSE_ID", "HIVEMQ_HOST")


def check(mpremote: Mpremote) -> Iterator[Finding]:
    found, version = find(mpremote)
    yield Finding("board", "passed", f"{found}.")
    shipped, fetched = collect(_nothing)
    seen = mpremote.answer(on_board.check([*shipped, *fetched], (*_OPENED, COURSE_CA)))
    yield _firmware(seen["sums"], shipped)
    yield _secrets(set(seen["filled"]))
    opened = [name for name in _OPENED if name in seen["certificates"]][:1]
    if seen["sums"][_OURS] is None and COURSE_CA in seen["certificates"]:
        opened.append(COURSE_CA)
    for name in opened:
        yield _certificate(name, b64decode(seen["certificates"][name]), version)
    yield _clock(seen["year"])


def _nothing(url: str) -> bytes:
    raise OSError("only what is shipped here is compared")


def _firmware(sums: dict[str, str | None], shipped: dict[str, bytes]) -> Finding:
    absent = sorted(name for name, sum_ in sums.items() if sum_ is None)
    other = [name for name, data in shipped.items() if sums[name] not in (None, sha256(data).hexdigest())]
    if absent:
        return Finding("firmware", "failed", f"Not there: {', '.join(absent)}.", _SET_UP)
    if other:
        text = f"Not as shipped with this version: {', '.join(other)}."
        return Finding("firmware", "failed", text, _SET_UP)
    return Finding("firmware", "passed", "Whole, and as shipped with this version.")


def _secrets(filled: set[str]) -> Finding:
    empty = [name for name in _NEEDED if name not in filled]
    if empty:
        text = f"{SECRETS} does not say {', '.join(empty)}."
        return Finding("secrets", "failed", text, f"Fill it in, in {SECRETS} on the board.")
    return Finding("secrets", "passed", f"{SECRETS} is filled in.")


def _certificate(name: str, data: bytes, version: str) -> Finding:
    try:
        certificates = read(data)
    except ValueError as error:
        return Finding("certificate", "failed", f"{name}: {error}", _CERT)
    if is_pem(data) and tuple(map(int, version.split(".")[:2])) < _READS_PEM:
        text = (
            f"{name} is text (PEM), and MicroPython {version} reads DER only: over TLS it connects to nobody."
        )
        return Finding("certificate", "failed", text, _SET_UP if name == FORMER_CA else _CERT)
    warnings = [sentence for certificate in certificates for sentence in certificate.warnings()]
    if warnings:
        return Finding("certificate", "failed", f"{name}: {' '.join(warnings)}", _CERT)
    names = "; ".join(f"{each.subject}, until {each.expires:%Y-%m-%d}" for each in certificates)
    return Finding("certificate", "passed", f"{name}: {names}.")


def _clock(year: int) -> Finding:
    if year < 2026:
        return Finding("clock", "skipped", "Not set; the board sets it once it is on the Wi-Fi.")
    return Finding("clock", "passed", f"Set; it is {year} there.")
