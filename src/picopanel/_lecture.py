"""The lecture view: another face of a panel, on the same data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import anywidget
import ipywidgets
import traitlets

from ._assets import loader
from ._one_only import OneOnly


class Lecture(OneOnly, anywidget.AnyWidget):
    """Shows a panel so that it is readable from a hall's last row; it has no data of its own.

    Args:
        panel: The panel.
        key: What the page knows the panel by.
        prepare: Makes the panel ready to be displayed, and returns what stands for it as text.
    """

    _esm: ClassVar[Any] = ""
    _ipython_display_: ClassVar[Any] = None  # as in `PicoPanel`
    _panel = traitlets.Instance(ipywidgets.Widget).tag(sync=True, **ipywidgets.widget_serialization)
    _key = traitlets.Unicode().tag(sync=True)

    def __init__(self, panel: ipywidgets.Widget, key: str, prepare: Callable[[], str]) -> None:
        super().__init__(_esm=loader(), _panel=panel, _key=key)
        self._prepare = prepare

    def __repr__(self) -> str:
        return f"<lecture view of {self._panel!r}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        text = self._prepare()
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle[0]["text/plain"] = text
        return bundle
