"""The front end's files, the shared model that brings the large one to the page, and what a widget takes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

STATIC = Path(__file__).parents[1] / "static"


@cache
def loader() -> str:
    """Return the small module that every panel carries."""
    return _read("loader.js").decode()


@cache
def wall_loader() -> str:
    """Return the small module that every wall carries."""
    return _read("wall-loader.js").decode()


def _read(name: str) -> bytes:
    path = STATIC / name
    if not path.exists():
        raise FileNotFoundError(
            f"The front end's {name} is missing, so this is a checkout that has not been built. "
            "Run `make build` (it needs Node 18 or newer), or install PicoPanel with pip."
        )
    return path.read_bytes()


class Assets(anywidget.AnyWidget):
    """Holds a program, gzipped; every panel of a notebook refers to the same one, every wall to another."""

    _esm = "export default { render() {} }"
    bundle = traitlets.Bytes(help="A gzipped ES module.").tag(sync=True)


_shared: dict[str, Assets] = {}


def shared_assets() -> Assets:
    """Return this kernel's one model of the panel's program and Plotly."""
    return _share("panel.js.gz")


def wall_assets() -> Assets:
    """Return this kernel's one model of the wall's program, which has no Plotly in it."""
    return _share("wall.js.gz")


def _share(name: str) -> Assets:
    """Return the model of a file, made anew if somebody has closed all widgets."""
    shared = _shared.get(name)
    if shared is None or shared.comm is None:
        shared = _shared[name] = Assets(bundle=_read(name))
    return shared


def widget_arguments() -> tuple[str, ...]:
    """Return what ipywidgets lets a user give to each widget, such as `layout`."""
    return tuple(
        name for name in ipywidgets.DOMWidget.class_trait_names(sync=True) if not name.startswith("_")
    )
