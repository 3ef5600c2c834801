"""What goes on a board: the firmware's files, `mqtt_as`, and the secrets."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .._broker import Broker
from .._certificates import OWN_CA, OWN_CERT, OWN_KEY, read_all
from .._errors import InvalidBroker, InvalidCommand
from .._firmware import FOLDER
from .._protocol import check_device_id

SECRETS = "my_secrets.py"
TIMEOUT = 15.0
CERTIFICATES = (OWN_CA, OWN_CERT, OWN_KEY)
"""What a board has for some brokers only, all in DER."""

MOST_ROOTS = 4
"""A board keeps each in its memory, 2 kB or more."""

Fetch = Callable[[str], bytes]
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BoardFiles:
    """Files by their name on the board; `missing` could not be fetched, with where they are."""

    found: dict[str, bytes]
    missing: dict[str, str]


def download(url: str) -> bytes:
    """Return what a URL holds; raises OSError where it cannot be had."""
    from urllib.request import urlopen

    with urlopen(url, timeout=TIMEOUT) as answer:
        data: bytes = answer.read()
        return data


def collect(fetch: Fetch = download, mqtt_as: Path | None = None) -> BoardFiles:
    """Return every file but the secrets, as the firmware's `package.json` lists them.

    Args:
        fetch: Gets what is not shipped here (`mqtt_as`, from its author, by a pinned commit).
        mqtt_as: A folder or file that holds it already, to be taken instead.
    """
    found, missing = {}, {}
    for name, source in json.loads((FOLDER / "package.json").read_text())["urls"]:
        if "://" not in source:
            found[name] = (FOLDER / source).read_bytes()
        elif mqtt_as is None:
            try:
                found[name] = fetch(source)
            except OSError:
                missing[name] = source
    return BoardFiles(found | _local(mqtt_as), missing)


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


def own_ca(broker: Broker | None) -> dict[str, bytes]:
    """Return the file for a broker with an authority of its own: its roots in DER, one after the other.

    Raises:
        InvalidBroker: It is not an authority's certificate, or it is everybody's.
    """
    if broker is None or broker.authority is None:
        return {}
    try:
        found = read_all(broker.authority.encode())
    except ValueError as error:
        raise InvalidBroker(f"{broker.ca}: {error}") from None
    roots = [each for each in found if each.is_root] or found
    if len(roots) > MOST_ROOTS:
        raise InvalidBroker(
            f"{broker.ca} holds {len(roots)} authorities, and a board has memory for {MOST_ROOTS}. Give the "
            f"broker's own: `picopanel cert {broker.host} --ca {broker.ca}` writes it as ca.pem."
        )
    return {OWN_CA: b"".join(root.der for root in roots)}


def own_identity(broker: Broker | None) -> dict[str, bytes]:
    """Return the files for a broker that wants a client certificate."""
    if broker is None or broker.cert is None or broker.key is None:
        return {}
    return {
        OWN_CERT: _der(Path(broker.cert).read_text(), "CERTIFICATE"),
        OWN_KEY: _der(Path(broker.key).read_text(), "PRIVATE KEY"),
    }


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


def _der(pem: str, what: str) -> bytes:
    """Return the first of its kind; the kind of a key may have a word in front."""
    found = re.search(rf"-----BEGIN [A-Z ]*{what}-----(.*?)-----END", pem, re.DOTALL)
    if found is None:
        raise InvalidBroker(f"A board needs the {what.lower()} as PEM; this file has none.")
    return b64decode(found[1])


def _local(mqtt_as: Path | None) -> dict[str, bytes]:
    if mqtt_as is None:
        return {}
    files = [mqtt_as] if mqtt_as.is_file() else sorted(mqtt_as.glob("*.py"))
    folder = "mqtt_as/" if mqtt_as.is_dir() and (mqtt_as / "__init__.py").exists() else ""
    return {folder + file.name: file.read_bytes() for file in files}
