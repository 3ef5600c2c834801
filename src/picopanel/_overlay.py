"""A user's marks and limits in a plotly figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ._limit import Limit

_COLOUR = "#c4202b"


def draw_mark(figure: Any, at: Any, text: str) -> None:
    """Draw a vertical line with its text beside it; plotly reads markup in the text."""
    line = {"color": "#57606c", "width": 1, "dash": "dot"}
    figure.add_shape(type="line", x0=at, x1=at, y0=0, y1=1, yref="paper", line=line)
    figure.add_annotation(
        x=at, y=1, yref="paper", text=text, showarrow=False, xanchor="left", yanchor="top", align="left"
    )


def draw_limits(
    figure: Any,
    limits: Iterable[Limit],
    units: Mapping[str, str],
    axes: Mapping[str, str],
    escape: Callable[[str], str],
) -> None:
    """Draw a dashed line for each limit, with its words, on the axis of its unit."""
    for limit in limits:
        for word, value in (("low", limit.low), ("high", limit.high)):
            if value is not None:
                text = f"{limit.channel} {word} {value:g} {units.get(limit.channel, '')}".rstrip()
                figure.add_hline(
                    y=value,
                    yref=axes.get(units.get(limit.channel, ""), "y"),
                    line={"color": _COLOUR, "width": 1.5, "dash": "dash"},
                    annotation={"text": escape(text), "font": {"color": _COLOUR}},
                    annotation_position="top left" if word == "high" else "bottom left",
                )
