"""What goes on a board: the firmware's files, `mqtt_as`, and the secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from .._broker import Broker
from .._errors import InvalidBroker, InvalidCommand
from .._firmware import FOLDER
from .._protocol.ids import check_device_id

SECRETS = "my_secrets.py"
TIMEOUT = 15.0

Fetch = Callable[[str], bytes]
Values = Mapping[str, object]


def download(url: str) -> bytes:
    """Return what a URL holds; raises OSError where it cannot be had."""
    from urllib.request import urlopen

    with urlopen(url, timeout=TIMEOUT) as answer:
        data: bytes = answer.read()
        return data


def collect(fetch: Fetch = download, mqtt_as: Path | None = None) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return every file but the secrets, and the places of those that could not be fetched.

    They are named as on the board, and listed in the firmware's `package.json`: `mqtt_as` is fetched from
    its author, by a pinned commit, or taken from a folder or file that holds it already.
    """
    found, missing = _local(mqtt_as), {}
    for name, source in json.loads((FOLDER / "package.json").read_text())["urls"]:
        if "://" not in source:
            found[name] = (FOLDER / source).read_bytes()
        elif mqtt_as is None:
            try:
                found[name] = fetch(source)
            except OSError:
                missing[name] = source
    return found, missing


def board_values(device_id: str, broker: Broker | None) -> dict[str, object]:
    """Return the secrets file's values for a board's ID and its broker."""
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


def secrets_text(values: Values) -> str:
    """Return a secrets file: the example with these values filled in.

    Raises:
        InvalidCommand: If a name is not one that the file knows.
    """
    lines = (FOLDER / "my_secrets.example.py").read_text().splitlines()[1:]
    left = dict(values)
    filled = [_filled(line, left) for line in lines]
    if left:
        raise InvalidCommand(f"{SECRETS} has no {', '.join(sorted(left))}.")
    return "\n".join(["# Keep this file to yourself.", *filled, ""])


def _filled(line: str, left: dict[str, object]) -> str:
    name = re.match(r"(?:# )?([A-Z_]+) = ", line)
    if name is None or name[1] not in left:
        return line
    return f"{name[1]} = {left.pop(name[1])!r}"


def _local(mqtt_as: Path | None) -> dict[str, bytes]:
    if mqtt_as is None:
        return {}
    files = [mqtt_as] if mqtt_as.is_file() else sorted(mqtt_as.glob("*.py"))
    folder = "mqtt_as/" if mqtt_as.is_dir() and (mqtt_as / "__init__.py").exists() else ""
    return {folder + file.name: file.read_bytes() for file in files}
