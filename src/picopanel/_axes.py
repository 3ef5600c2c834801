"""A value axis for each unit in a plotly figure, one above the other, on one time axis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_BETWEEN = 0.06
_HEIGHT = 180
"""Pixels that each axis adds to a figure's height."""


def stack(figure: Any, titles: Iterable[str]) -> list[str]:
    """Give a figure as many axes as there are titles, and return their names; the first is on top."""
    titles = list(titles) or [""]
    height = (1 - _BETWEEN * (len(titles) - 1)) / len(titles)
    names = ["y" if nth == 0 else f"y{nth + 1}" for nth in range(len(titles))]
    for nth, title in enumerate(titles):
        top = 1 - nth * (height + _BETWEEN)
        domain = [max(0.0, top - height), top]
        figure.layout[f"yaxis{names[nth][1:]}"] = {"title": {"text": title}, "domain": domain}
    figure.update_layout(xaxis_anchor=names[-1])
    if len(titles) > 1:
        figure.update_layout(height=270 + _HEIGHT * len(titles))
    return names
