"""Every file for a board in one zip: for a notebook without USB, such as Colab's."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

from .._broker import Broker, as_broker
from .._errors import arguments
from .._errors.warn import warn
from .certificates import own_ca, own_identity
from .files import SECRETS, Fetch, Values, board_values, collect, download, secrets_text

_HOW_TO = """PicoPanel's files for a Raspberry Pi Pico W or Pico 2 W
=======================================================

1. Unpack this zip on the computer that the board is plugged into.
2. Open my_secrets.py, and fill in what is still empty: your Wi-Fi and your broker.
3. Open Thonny. At the bottom right choose "MicroPython (Raspberry Pi Pico)".
4. View > Files. In the upper half go to the unpacked folder, select everything in it,
   right-click > "Upload to /".
5. Press Ctrl-D in the Shell. It should print:

       PicoPanel starts in two seconds; Ctrl-C stops it.
       Wi-Fi: connected, ...
       Time: set.
       Broker: connected.

What else it may print, and what to do then, is in docs/troubleshooting.md of PicoPanel.
The files of the same names that were on the board are replaced: save them first.
"""

_MISSING = """
MISSING: {name} could not be fetched, this computer was offline.
Get it from {url}
and put it beside the other files as {name} before you upload them.
"""


def board_bundle(
    device_id: str,
    to: str | os.PathLike[str] | None = None,
    *,
    broker: Broker | str | None = None,
    secrets: Values | None = None,
    mqtt_as: str | os.PathLike[str] | None = None,
    fetch: Fetch = download,
) -> Path:
    """Pack every file for a board into one zip.

    Args:
        device_id: The course ID that the board is to answer under.
        to: The zip file; `picopanel-<ID>.zip` here if not given.
        broker: The board's broker. Its password goes into the zip's `my_secrets.py`.
        secrets: More values for `my_secrets.py`, e.g. `{"SSID": "...", "PASSWORD": "..."}`.
            What is not given is left empty, to be filled in on the computer with the board.
        mqtt_as: A folder that holds it, instead of fetching it.
        fetch: Gets the bytes of a URL, or raises OSError.

    Returns:
        The zip's path. It holds `READ ME FIRST.txt` with the steps in Thonny.

    Example:
        >>> picopanel.board_bundle("alice-07")                  # doctest: +SKIP
        PosixPath('picopanel-alice-07.zip')
    """
    found = None if broker is None else as_broker(broker)
    text = secrets_text({**board_values(device_id, found), **(secrets or {})})
    certificates = own_ca(found) | own_identity(found)
    files, absent = collect(fetch, None if mqtt_as is None else arguments.file_path("mqtt_as", mqtt_as))
    missing = "".join(_MISSING.format(name=name, url=url) for name, url in absent.items())
    path = arguments.file_path("to", to or f"picopanel-{re.sub(r'[^A-Za-z0-9_-]', '_', device_id)}.zip")
    with arguments.written(path), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("READ ME FIRST.txt", _HOW_TO + missing)
        bundle.writestr(SECRETS, text)
        for name, data in {**files, **certificates}.items():
            bundle.writestr(name, data)
    for name in absent:
        warn(f"{name} could not be fetched; READ ME FIRST.txt tells where it is.")
    return path
