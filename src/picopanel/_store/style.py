"""How a chart looks, wherever Python draws one: as the panel does on a light page.

`tests/unit/test_style.py` holds it to the panel's own style sheet and traces.
"""

from __future__ import annotations

LINES = ("#c51a4a", "#1565c0", "#00796b", "#8e4ec6", "#a85800", "#546e7a", "#2e7d32", "#ad1457")
DASHES = ("solid", "dash", "dot", "dashdot")
GOOD, BAD = "#1a7f37", "#c4202b"  # commands that were answered, and what was not
INK, SOFT, GRID, GROUND = "#1b1f24", "#57606c", "#dde1e6", "#ffffff"
FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif'
FONT_SIZE = 12
SYMBOLS = {  # what stands below the readings: commands and what was done without one, by their event's kind
    "sent": "triangle-up-open",
    "answered": "triangle-up",
    "unanswered": "x-thin-open",
    "refused": "x-thin-open",
    "done": "diamond-open",
}
LEVELS = {  # what stands across the chart: limits and the trigger's levels, each with its colour and dash
    "low": (BAD, "dash"),
    "high": (BAD, "dash"),
    "trigger": (SOFT, "longdash"),
}
HEIGHT = 260  # pixels of a chart with one unit, without its words
FURTHER = 0.4  # of that, for each further unit


def line(nth: int) -> tuple[str, str]:
    """Return the colour and dash of a channel's line; no two of the first 32 look the same."""
    dash = (nth // 2 + nth // len(LINES)) % len(DASHES)
    return LINES[nth % len(LINES)], DASHES[dash]
