"""The lecture view: another face of a panel, on the same data."""

from __future__ import annotations

from typing import Any, ClassVar

import ipywidgets
import traitlets

from .._errors.uncopied import Uncopied
from .._page.assets import loader
from .._page.displayed import Displayed


class Lecture(Uncopied, Displayed):
    """Shows a panel so that it is readable from a hall's last row; it has no data of its own.

    Args:
        panel: The panel.
        key: What the page knows the panel by.
    """

    _esm: ClassVar[Any] = ""
    _panel = traitlets.Instance(ipywidgets.Widget).tag(sync=True, **ipywidgets.widget_serialization)

    def __init__(self, panel: ipywidgets.Widget, key: str) -> None:
        super().__init__(_esm=loader("panel"), _panel=panel, _key=key)

    def __repr__(self) -> str:
        return f"<lecture view of {self._panel!r}>"
