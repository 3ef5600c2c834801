"""What goes on a board: the firmware's files, `mqtt_as`, certificates and secrets; and all in one zip."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from .._broker import Broker, as_broker
from .._errors import InvalidBroker, InvalidCommand, arguments, warn
from .._firmware import FOLDER
from .._protocol.ids import check_device_id
from .certificates import own_files

SECRETS = "my_secrets.py"
TIMEOUT = 15.0

Fetch = Callable[[str], bytes]
Values = Mapping[str, object]

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


def download(url: str) -> bytes:
    """Raises OSError, also for an answer that is cut off."""
    from http.client import HTTPException
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=TIMEOUT) as answer:
            return answer.read()  # type: ignore[no-any-return]
    except HTTPException as error:
        raise OSError(f"{type(error).__name__}: {error}") from None


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
        secrets: More values for `my_secrets.py`, e.g. `{"SSID": "..."}`; the rest is left empty.
        mqtt_as: A folder that holds it, instead of fetching it.
        fetch: Gets the bytes of a URL, or raises OSError.

    Returns:
        The zip's path. It holds `READ ME FIRST.txt` with the steps in Thonny.

    Example:
        >>> picopanel.board_bundle("alice-07")                  # doctest: +SKIP
        PosixPath('picopanel-alice-07.zip')
    """
    found = None if broker is None else as_broker(broker)
    folder = None if mqtt_as is None else arguments.file_path("mqtt_as", mqtt_as)
    files, absent = contents(device_id, found, secrets or {}, folder, fetch)
    missing = "".join(_MISSING.format(name=name, url=url) for name, url in absent.items())
    path = arguments.file_path("to", to or f"picopanel-{re.sub(r'[^A-Za-z0-9_-]', '_', device_id)}.zip")
    with arguments.written(path), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in {"READ ME FIRST.txt": (_HOW_TO + missing).encode(), **files}.items():
            bundle.writestr(name, data)
    for name in absent:
        warn(f"{name} could not be fetched; READ ME FIRST.txt tells where it is.")
    return path


def contents(
    device_id: str, broker: Broker | None, more: Values, mqtt_as: Path | None, fetch: Fetch
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return a board's files in the order in which they are written, and where those are that are missing.

    The secrets come first, `main.py` last: a board without it stays quiet. `mqtt_as` is fetched from its
    author, or taken from a folder or file that holds it already.
    """
    secrets = _secrets({**_values(device_id, broker), **more})
    certificates = {} if broker is None else own_files(broker)
    files, missing = firmware()
    if mqtt_as is not None:
        own = [mqtt_as] if mqtt_as.is_file() else sorted(mqtt_as.glob("*.py"))
        folder = "mqtt_as/" if (mqtt_as / "__init__.py").exists() else ""
        files, missing = files | {folder + file.name: file.read_bytes() for file in own}, {}
    for name in tuple(missing):
        with suppress(OSError):
            files[name] = fetch(missing[name])
            del missing[name]
    main = files.pop("main.py")
    return {SECRETS: secrets.encode(), **files, **certificates, "main.py": main}, missing


def firmware() -> tuple[dict[str, bytes], dict[str, str]]:
    """Return our own files, named as on the board, and where those of others are, by a pinned commit."""
    own, others = {}, {}
    for name, source in json.loads((FOLDER / "package.json").read_text())["urls"]:
        if "://" in source:
            others[name] = source
        else:
            own[name] = (FOLDER / source).read_bytes()
    return own, others


def _values(device_id: str, broker: Broker | None) -> dict[str, object]:
    values: dict[str, object] = {"COURSE_ID": check_device_id(device_id)}
    if broker is None:
        return values
    if broker.transport == "websockets":
        raise InvalidBroker("A board speaks MQTT without WebSocket: give its broker as mqtts://host:8883.")
    values["HIVEMQ_HOST"] = broker.host
    if broker.port != 8883 or not broker.tls:
        values |= {"HIVEMQ_PORT": broker.port, "HIVEMQ_TLS": broker.tls}
    # The one way to the password; it goes to the board and nowhere else.
    broker.sign_in(lambda user, password: values.update(HIVEMQ_USERNAME=user, HIVEMQ_PASSWORD=password or ""))
    return values


def _secrets(values: Values) -> str:
    text = (FOLDER / "my_secrets.example.py").read_text().partition("\n")[2]
    left = dict(values)

    def filled(line: re.Match[str]) -> str:
        return f"{line[1]} = {left.pop(line[1])!r}" if line[1] in left else line[0]

    text = re.sub(r"^(?:# )?([A-Z_]+) = .*", filled, text, flags=re.MULTILINE)
    if left:
        raise InvalidCommand(f"{SECRETS} has no {', '.join(sorted(left))}.")
    return f"# Keep this file to yourself.\n{text}"
