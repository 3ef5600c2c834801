"""The places where people keep their settings: the environment, Colab's secrets, `my_secrets.py`."""

from __future__ import annotations

import importlib
import os
import re
import runpy
import sys
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from importlib.machinery import PathFinder
from traceback import walk_tb

from .._errors import FAILS, InvalidBroker, NoBroker, warn
from .address import parse
from .broker import Broker, as_broker

_AROUND = re.compile(r"^[\s\0\u200b\u2060\ufeff]+|[\s\0\u200b\u2060\ufeff]+$")
_QUOTES = ('""', "''", "“”", "‘’", "„“", "``")

_HOW_TO = """No broker was given, and none was found. Give it once, in one of these ways, and try again:
  1. In Colab: under "Secrets", the key icon on the left, add HIVEMQ_HOST, HIVEMQ_USERNAME, HIVEMQ_PASSWORD
     and COURSE_ID, each with "Notebook access" switched on.
  2. Elsewhere: beside this notebook, a file my_secrets.py (File > New > Python File) with these lines:
       HIVEMQ_HOST = "abc123.s1.eu.hivemq.cloud"
       HIVEMQ_USERNAME = "alice"
       HIVEMQ_PASSWORD = "her password at the broker"
       COURSE_ID = "alice-07"
  3. The same four as environment variables, or PICOPANEL_BROKER="mqtts://user:password@host:8883".
No board and no broker at hand? PicoPanel.demo() needs neither."""


def find(device_id: str | None, broker: Broker | str | None) -> tuple[str | None, Broker]:
    """Return the device ID and broker to use; what is not given is looked up.

    Looked up in this order: `PICOPANEL_BROKER`, the course's names in the environment,
    Colab's secrets, `my_secrets.py` on the path.
    """
    secrets = cache(_read_my_secrets)  # when it is needed, and once
    sources: tuple[Callable[[str], str | None], ...] = (
        environment,
        _ColabSecrets(),
        lambda name: _clean(name, secrets().get(name), "my_secrets.py"),
    )
    given = environment("PICOPANEL_BROKER") if broker is None else broker
    found = next(filter(None, map(_course_broker, sources)), None) if given is None else as_broker(given)
    if found is None:
        raise NoBroker(_HOW_TO)
    if device_id is None:
        device_id = next(filter(None, (source("COURSE_ID") for source in sources)), None)
    return device_id, found


def environment(name: str) -> str | None:
    """Return a setting from the environment, or None."""
    return _clean(name, os.environ.get(name), "the environment")


def _clean(name: str, value: object, place: str) -> str | None:
    """Return a setting without what a copy or an `.env` file puts around it; whoever set it is told."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidBroker(f"{name} in {place} must be a text: put it in quotation marks.")
    bare = _AROUND.sub("", value)
    if bare[:1] + bare[1:][-1:] in _QUOTES:
        bare = _AROUND.sub("", bare[1:-1])
    if bare != value:
        said = f"{name} in {place} has white space or quotation marks around it. They were left out."
        if name == "HIVEMQ_PASSWORD":
            said += " A password that really has them is given as Broker(..., password=...)."
        warn(said)
    return bare or None


def _course_broker(source: Callable[[str], str | None]) -> Broker | None:
    host = source("HIVEMQ_HOST")
    if not host:
        return None
    username, password = source("HIVEMQ_USERNAME"), source("HIVEMQ_PASSWORD")
    if password and not username and parse(host).username is None:
        warn("There is a HIVEMQ_PASSWORD, but no HIVEMQ_USERNAME: it is tried without both.")
        password = None
    return Broker(host, username=username, password=password)


class _ColabSecrets:
    """Colab's secrets; its page is asked for each, and for no more of them once it leaves one unanswered."""

    def __init__(self) -> None:
        self._there = "google.colab" in sys.modules

    def __call__(self, name: str) -> str | None:
        if not self._there:
            return None
        userdata = importlib.import_module("google.colab.userdata")
        try:
            return _clean(name, userdata.get(name), "Colab's secrets")
        except userdata.SecretNotFoundError:
            return None
        except userdata.NotebookAccessError:
            raise InvalidBroker(
                f"Colab keeps the secret {name} from this notebook. Open Secrets, the key icon on the left, "
                'and switch "Notebook access" on for it.'
            ) from None
        except userdata.TimeoutException:
            self._there = False
            warn(
                f"Colab's page did not answer when its secret {name} was asked for, so its secrets are left "
                "out. Is this notebook open in a browser? Reload it, and run the cell again."
            )
            return None


def _read_my_secrets() -> Mapping[str, object]:
    importlib.invalidate_caches()
    spec = PathFinder.find_spec("my_secrets")
    if spec is None or spec.origin is None:
        return {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one of a backslash shows the line, which may hold the password
            return runpy.run_path(spec.origin)  # no import: a file that was mended is read anew
    except FAILS as error:  # its text may hold the password, too
        raise InvalidBroker(
            f"my_secrets.py cannot be read: {type(error).__name__} in line {_line(error, spec.origin)}. "
            'Each line is NAME = "value", with the quotation marks.'
        ) from None


def _line(error: BaseException, file: str) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == file]
    return (lines or [1])[-1]
