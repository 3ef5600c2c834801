"""From a board on USB to its first blink."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from .._broker import Broker
from .._device.device import Device
from .._doctor import examine
from .._errors import NoAnswer, NotConnected
from .._link import Link
from .._link.mqtt import shared_link
from .._runtime import loop
from . import on_board
from .certificates import OWN_FILES, own_files
from .files import SECRETS, Values, board_values, collect, secrets_text
from .usb import Mpremote, find

ONLINE_WITHIN = 90.0
_HIDDEN = "<writes my_secrets.py>"

Say = Callable[[str], object]


def set_up(
    mpremote: Mpremote,
    device_id: str,
    broker: Broker,
    wifi: Values,
    *,
    mqtt_as: Path | None = None,
    say: Say = print,
) -> None:
    """Do it all; each step can be done again, so an interrupted set-up is resumed by a new one.

    Nothing on the board is touched before the broker and every file have been found good.
    """
    secrets = secrets_text({**board_values(device_id, broker), **wifi})
    files = _files(broker, mqtt_as, dry=mpremote.dry)
    if mpremote.dry:
        _install(mpremote, files, secrets, say)
        _start(mpremote)
        return
    link = loop.ask(shared_link, broker)
    _check_broker(device_id, link)
    say(f"Broker: {broker.url} lets this user in, to listen and to command.")
    say(f"Board:  {find(mpremote)[0]}.")
    _install(mpremote, files, secrets, say)
    device = loop.ask(Device, device_id, link)
    try:
        _until(lambda: device.mode is not None, 5)
        info = loop.ask(lambda: device.known.presence.info)
        _start(mpremote)
        say(f"Copied: {len(files)} files and {SECRETS}. Clock set, board restarted.")
        _wait_for_a_boot_after(device, info.boot if info else "")
        blink = loop.ask(device.start_blink, 0.2, 0.2, 5)
        loop.wait(blink.over, 20)
        if blink.first.error is not None:
            raise blink.first.error
    finally:
        loop.ask(device.close)
    say("It is online, and has just blinked five times. All done.")


def _files(broker: Broker, mqtt_as: Path | None, *, dry: bool) -> dict[str, bytes]:
    # Of a dry run only the names are shown.
    files, absent = collect(lambda url: b"", mqtt_as) if dry else collect(mqtt_as=mqtt_as)
    for name, url in absent.items():
        raise NotConnected(
            f"{name} could not be fetched from {url}. Is this computer on the internet? If its network "
            "forbids it, download mqtt_as elsewhere and add --mqtt-as FOLDER."
        )
    return files | own_files(broker)


def _check_broker(device_id: str, link: Link) -> None:
    for finding in examine(device_id, link):
        if finding.result == "failed":
            raise NotConnected(f"Nothing on the board was changed. {finding.text} {finding.next}")
        if finding.step == "publish":
            return


def _install(mpremote: Mpremote, files: dict[str, bytes], secrets: str, say: Say) -> None:
    gone = [name for name in OWN_FILES if name not in files]  # of another broker
    saved = mpremote.answer(on_board.save([*files, SECRETS], gone))
    if saved:
        say(f"Saved:  {', '.join(saved)} ({on_board.BEFORE}/ on the board; `board restore`).")
    mpremote.do(["exec", on_board.write(SECRETS, secrets)], secret=_HIDDEN)
    last = sorted(files, key=lambda name: name == "main.py")  # a board without it stays quiet
    with tempfile.TemporaryDirectory() as folder:  # a key among them is this user's to read alone
        for name, data in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        mpremote.do(*(["fs", "cp", str(Path(folder, name)), f":{name}"] for name in last))


def _start(mpremote: Mpremote) -> None:
    mpremote.do(["exec", on_board.set_clock(datetime.now(timezone.utc))])
    mpremote.do(["exec", "--no-follow", on_board.RESET])


def _wait_for_a_boot_after(device: Device, former: str) -> None:
    def is_online() -> bool:
        info = device.known.presence.info
        return device.status == "online" and info is not None and info.boot != former

    if not _until(is_online, ONLINE_WITHIN):
        raise NoAnswer(
            "board setup",
            ONLINE_WITHIN,
            "The files are on the board, which does not come online. Its LED flashes once for the Wi-Fi, "
            "twice for the time, three times for the broker; `picopanel board logs` tells more.",
        )


def _until(look: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not loop.ask(look) and time.monotonic() < end:
        time.sleep(0.05)
    return loop.ask(look)
