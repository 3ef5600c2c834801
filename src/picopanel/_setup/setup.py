"""From a board on USB to its first blink."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from .._broker import Broker
from .._device.device import Device
from .._doctor import examine
from .._doctor.steps import until
from .._errors import NoAnswer, NotConnected
from .._link import Link
from .._link.mqtt import shared_link
from .._runtime import loop
from . import on_board
from .certificates import OWN_FILES
from .files import SECRETS, Values, contents, download
from .usb import Mpremote, find

ONLINE_WITHIN = 90.0


def set_up(
    mpremote: Mpremote, device_id: str, broker: Broker, wifi: Values, mqtt_as: Path | None = None
) -> Iterator[str]:
    """Do it all, and tell what is done; each step can be done again, so a new one resumes a set-up.

    Nothing on the board is touched before the broker and every file have been found good.
    """
    fetch = (lambda url: b"") if mpremote.dry else download  # of a dry run only the names are shown
    files, absent = contents(device_id, broker, wifi, mqtt_as, fetch)
    for name, url in absent.items():
        raise NotConnected(
            f"{name} could not be fetched from {url}. Is this computer on the internet? If its network "
            "forbids it, download mqtt_as elsewhere and add --mqtt-as FOLDER."
        )
    if mpremote.dry:
        yield from _install(mpremote, files)
        _start(mpremote)
        return
    link = loop.ask(shared_link, broker)
    _check_broker(device_id, link)
    yield f"Broker: {broker.url} lets this user in, to listen and to command."
    yield f"Board:  {find(mpremote)[0]}."
    yield from _install(mpremote, files)
    device = loop.ask(Device, device_id, link)
    try:
        until(lambda: device.mode is not None, 5)
        info = loop.ask(lambda: device.known.presence.info)
        _start(mpremote)
        yield f"Copied: {len(files) - 1} files and {SECRETS}. Clock set, board restarted."
        _wait_for_a_boot_after(device, info.boot if info else "")
        blink = loop.ask(device.start_blink, 0.2, 0.2, 5)
        loop.wait(blink.over, 20)
        if blink.first.error is not None:
            raise blink.first.error
    finally:
        loop.ask(device.close)
    yield "It is online, and has just blinked five times. All done."


def _check_broker(device_id: str, link: Link) -> None:
    for finding in examine(device_id, link):
        if finding.result == "failed":
            raise NotConnected(f"Nothing on the board was changed. {finding.text} {finding.next}")
        if finding.step == "publish":
            return


def _install(mpremote: Mpremote, files: dict[str, bytes]) -> Iterator[str]:
    gone = [name for name in OWN_FILES if name not in files]  # of another broker
    saved = mpremote.answer(on_board.save(sorted(files), gone))
    if saved:
        yield f"Saved:  {', '.join(saved)} ({on_board.BEFORE}/ on the board; `board restore`)."
    mpremote.write(files, secret=SECRETS)


def _start(mpremote: Mpremote) -> None:
    mpremote.do(["exec", on_board.set_clock(datetime.now(timezone.utc))])
    mpremote.do(["exec", "--no-follow", on_board.RESET])


def _wait_for_a_boot_after(device: Device, former: str) -> None:
    def is_online() -> bool:
        info = device.known.presence.info
        return device.status == "online" and info is not None and info.boot != former

    if not until(is_online, ONLINE_WITHIN):
        raise NoAnswer(
            "board setup",
            ONLINE_WITHIN,
            "The files are on the board, which does not come online. Its LED flashes once for the Wi-Fi, "
            "twice for the time, three times for the broker; `picopanel board logs` tells more.",
        )
