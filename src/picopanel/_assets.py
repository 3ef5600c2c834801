"""The front end's files, and the one shared model that brings the large one to the page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Lock

import anywidget
import traitlets

STATIC = Path(__file__).parent / "static"


@cache
def loader() -> str:
    """Return the small module that every panel carries."""
    return _read("loader.js").decode()


def _read(name: str) -> bytes:
    path = STATIC / name
    if not path.exists():
        raise FileNotFoundError(
            f"The front end's {name} is missing, so this is a checkout that has not been built. "
            "Run `make build` (it needs Node 18 or newer), or install PicoPanel with pip."
        )
    return path.read_bytes()


class Assets(anywidget.AnyWidget):
    """Holds the panel's program and Plotly, gzipped; every panel of a notebook refers to it."""

    _esm = "export default { render() {} }"
    bundle = traitlets.Bytes(help="A gzipped ES module.").tag(sync=True)


_shared: Assets | None = None
_lock = Lock()


def shared_assets() -> Assets:
    """Return this kernel's one model, made anew if somebody has closed all widgets."""
    global _shared
    with _lock:
        if _shared is None or _shared.comm is None:
            _shared = Assets(bundle=_read("panel.js.gz"))
        return _shared
