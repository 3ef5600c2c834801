"""Warnings that point at the user's line and do not print it, for it may hold a password."""

from __future__ import annotations

import sys
import warnings

_OURS = ("picopanel", "contextlib", "traitlets", "ipywidgets", "anywidget")

_told: set[tuple[str, str, int]] = set()
"""What has been said of an old way of writing something, and where: it may stand in a loop."""


def warn(text: str, category: type[Warning] = UserWarning) -> None:
    """Warn the user, naming file and line of their own call.

    Python, and IPython with it, would print that line's text. The filters that the user has set count.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in _OURS:
        frame = frame.f_back
    place = (text, frame.f_code.co_filename, frame.f_lineno)
    with warnings.catch_warnings(record=True) as caught:
        warnings.warn_explicit(text, category, *place[1:], module=frame.f_globals.get("__name__"))
    if caught and (category is UserWarning or place not in _told):
        _told.add(place)
        warnings.showwarning(caught[0].message, category, *place[1:], line="")
