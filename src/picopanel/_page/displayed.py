"""What displaying does, whatever a widget stands in: alone, in a box, in a tab, in another's view.

A container is displayed without a word to what it holds. So each display of the notebook is looked
through for widgets of ours, and a container that takes one in has to ask it for its name.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any, ClassVar
from weakref import WeakSet

import anywidget
import ipywidgets
import traitlets

from .kernel import cells

_HOLDS_WIDGETS = ipywidgets.widget_serialization["to_json"]


class Displayed(anywidget.AnyWidget):
    """A widget that gets ready whenever it is displayed, and begins to push once anything refers to it."""

    _ipython_display_: ClassVar[Any] = None  # that of ipywidgets 7 (Colab) passes `_repr_mimebundle_` by

    _key = traitlets.Unicode().tag(sync=True)
    """What pages know it and its still picture by; a lecture view has its panel's."""

    _was_displayed = False
    _is_referred_to = False

    def __init__(self, **traits: Any) -> None:
        super().__init__(**{"_key": secrets.token_hex(8), **traits})
        _all.add(self)
        cells.at_each_display(_look)

    @property
    def model_id(self) -> Any:
        """The name by which the page knows it; who asks for it is about to show it."""
        if not self._is_referred_to and self in _all:
            self._is_referred_to = True
            self._push()
        return super().model_id

    def _push(self) -> None: ...

    def _get_ready(self) -> None: ...

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        _get_ready(self)
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            # No reading and no state: it is written once, beside a picture that is kept up to date.
            bundle[0]["text/plain"] = type(self).__name__
        return bundle


def _look(model_id: str | None) -> None:
    """Get ready what a widget holds; of None, what has been put into others since they were displayed."""
    if model_id is not None:
        root = ipywidgets.widget_serialization["from_json"](f"IPY_MODEL_{model_id}", None)
        if isinstance(root, ipywidgets.Widget) and not isinstance(root, Displayed):
            _others.add(root)
            _get_ready(root)
    elif not all(each._was_displayed for each in _all if each._is_referred_to):
        for root in _others:
            _get_ready(root, again=False)


def _get_ready(root: ipywidgets.Widget, again: bool = True) -> None:
    for widget in _within(root):
        if isinstance(widget, Displayed) and (again or not widget._was_displayed):
            widget._was_displayed = True
            widget._get_ready()


def _within(root: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    found = {root}
    waiting = [root]
    while waiting:
        widget = waiting.pop()
        yield widget
        for name in widget.keys:
            if widget.trait_metadata(name, "to_json") is _HOLDS_WIDGETS:
                new = set(_widgets(getattr(widget, name))) - found
                found |= new
                waiting += new


def _widgets(value: object) -> Iterator[ipywidgets.Widget]:
    if isinstance(value, ipywidgets.Widget):
        yield value
    elif isinstance(value, (tuple, list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _widgets(each)


_all: WeakSet[Displayed] = WeakSet()
_others: WeakSet[ipywidgets.Widget] = WeakSet()
"""Containers that cells have displayed."""
