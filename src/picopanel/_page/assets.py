"""The front end's files, and the shared models that bring the large ones to the page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import anywidget
import traitlets

STATIC = Path(__file__).parents[1] / "static"

Program = Literal["panel", "wall"]


class Assets(anywidget.AnyWidget):
    """Holds a program, gzipped; every panel of a notebook refers to the same one, every wall to another."""

    _esm = "export default { render() {} }"
    bundle = traitlets.Bytes(help="A gzipped ES module.").tag(sync=True)


_shared: dict[Program, Assets] = {}


@cache
def loader(program: Program) -> str:
    """Return the small module that every panel or wall carries."""
    return _read("loader.js" if program == "panel" else "wall-loader.js").decode()


def shared_assets(program: Program) -> Assets:
    """Return this kernel's one model of a program, made anew if somebody has closed all widgets.

    Plotly is in the panel's, and not in the wall's.
    """
    shared = _shared.get(program)
    if shared is None or shared.comm is None:
        shared = _shared[program] = Assets(bundle=_read(f"{program}.js.gz"))
    return shared


def _read(name: str) -> bytes:
    path = STATIC / name
    if not path.exists():
        raise FileNotFoundError(
            f"The front end's {name} is missing, so this is a checkout that has not been built. "
            "Run `make build` (it needs Node 18 or newer), or install PicoPanel with pip."
        )
    return path.read_bytes()
