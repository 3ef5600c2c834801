"""Warnings that tell where the user's line is and never show it: it may hold a URL with a password."""

from __future__ import annotations

import sys
import warnings


def warn(text: str) -> None:
    """Warn of something in the user's own code, the first line outside of this package."""
    package = __name__.partition(".")[0]
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        frame = frame.f_back
    place = f"{frame.f_code.co_filename}:{frame.f_lineno}"
    warnings.warn_explicit(text, UserWarning, place, 0)  # no file has a line 0, so that none is printed
