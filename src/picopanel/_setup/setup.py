"""From a board on USB to its first blink."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from .._broker import Broker
from .._device.device import Device
from .._doctor import examine
from .._errors import NoAnswer, NotConnected
from .._link.mqtt import shared_link
from .._runtime import loop
from . import on_board
from .files import CERTIFICATES, SECRETS, Values, board_values, collect, own_ca, own_identity, secrets_text
from .find import find
from .mpremote import Mpremote

ONLINE_WITHIN = 90.0
_HIDDEN = "<writes my_secrets.py>"


class Setup:
    """One board's set-up. Each step can be run again, so an interrupted one is resumed by a new one.

    Args:
        mpremote: The way to the board.
        device_id: The course ID.
        broker: The board's broker.
        wifi: `SSID`, `PASSWORD` and, if known, `COUNTRY`.
        mqtt_as: A folder that holds it, instead of fetching it.
        say: Where progress goes to.
    """

    def __init__(
        self,
        mpremote: Mpremote,
        device_id: str,
        broker: Broker,
        wifi: Values,
        *,
        mqtt_as: Path | None = None,
        say: Callable[[str], object] = print,
    ) -> None:
        self._mpremote, self._id, self._broker = mpremote, device_id, broker
        self._secrets = secrets_text({**board_values(device_id, broker), **wifi})
        self._mqtt_as = mqtt_as
        self._say = say

    def run(self) -> None:
        """Do it all; a dry run only prints the commands.

        Raises:
            PicoPanelError: At the first thing that is wrong, with the next step. Nothing on the
                board is touched before the broker and every file have been found good.
        """
        files = self._files()
        if self._mpremote.dry:
            self._install(files)
            self._start()
            return
        self._check_broker()
        found = find(self._mpremote)
        self._say(f"Board:  {found.machine}, MicroPython {found.version}, at {found.port}.")
        self._install(files)
        device = loop.ask(lambda: Device(self._id, shared_link(self._broker)))
        try:
            self._until(lambda: device.mode is not None, 5)
            info = loop.ask(lambda: device.known.presence.info)
            self._start()
            self._say(f"Copied: {len(files)} files and {SECRETS}. Clock set, board restarted.")
            self._wait_for_a_boot_after(device, info.boot if info else "")
            blink = loop.ask(device.start_blink, 0.2, 0.2, 5)
            loop.wait(blink.over, 20)
            if blink.first.error is not None:
                raise blink.first.error
        finally:
            loop.ask(device.close)
        self._say("It is online, and has just blinked five times. All done.")

    def _files(self) -> dict[str, bytes]:
        if self._mpremote.dry:
            files = collect(lambda url: b"", self._mqtt_as)  # only the names are shown
        else:
            files = collect(mqtt_as=self._mqtt_as)
        if files.missing:
            name, url = next(iter(files.missing.items()))
            raise NotConnected(
                f"{name} could not be fetched from {url}. Is this computer on the internet? If its network "
                "forbids it, download mqtt_as elsewhere and add --mqtt-as FOLDER."
            )
        return files.found | own_ca(self._broker) | own_identity(self._broker)

    def _check_broker(self) -> None:
        for finding in examine(self._id, loop.ask(shared_link, self._broker)):
            if finding.result == "failed":
                raise NotConnected(f"Nothing on the board was changed. {finding.text} {finding.next}")
            if finding.step == "publish":
                break
        self._say(f"Broker: {self._broker.url} lets this user in, to listen and to command.")

    def _install(self, files: dict[str, bytes]) -> None:
        gone = [name for name in CERTIFICATES if name not in files]  # of another broker
        answer = self._mpremote.do(["exec", on_board.save([*files, SECRETS], gone)]).strip()
        saved = json.loads(answer.splitlines()[-1]) if answer else []
        if saved:
            self._say(f"Saved:  {', '.join(saved)} ({on_board.BEFORE}/ on the board; `board restore`).")
        self._mpremote.do(["exec", on_board.write(SECRETS, self._secrets)], secret=_HIDDEN)
        last = sorted(files, key=lambda name: name == "main.py")  # a board without it stays quiet
        with _unpacked(files) as folder:
            self._mpremote.do(*(["fs", "cp", str(folder / name), f":{name}"] for name in last))

    def _start(self) -> None:
        self._mpremote.do(["exec", on_board.set_clock(datetime.now(timezone.utc))])
        self._mpremote.do(["exec", "--no-follow", on_board.RESET])

    def _wait_for_a_boot_after(self, device: Device, former: str) -> None:
        def is_online() -> bool:
            info = device.known.presence.info
            return device.status == "online" and info is not None and info.boot != former

        if not self._until(is_online, ONLINE_WITHIN):
            raise NoAnswer(
                "board setup",
                ONLINE_WITHIN,
                "The files are on the board, which does not come online. Its LED flashes once for the "
                "Wi-Fi, twice for the time, three times for the broker; `picopanel board logs` tells more.",
            )

    @staticmethod
    def _until(look: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not loop.ask(look) and time.monotonic() < end:
            time.sleep(0.05)
        return loop.ask(look)


@contextmanager
def _unpacked(files: dict[str, bytes]) -> Iterator[Path]:
    """Put files where mpremote can copy them from; a key among them is this user's to read alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, data in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
        yield folder
