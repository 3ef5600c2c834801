"""A still picture and a table, for where no widget lives: GitHub, mail, a page without its network."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import cycle, groupby
from typing import Any

from .._store.style import GRID, GROUND, LINES, SOFT
from .._store.zone import clocks, day

_WIDTH, _HEIGHT = 720, 240
_RIGHT, _TOP, _BOTTOM = 12, 12, 24
_CHARACTER = 8
"""Pixels of the widest digit that a reader's font may have."""

MOST_POINTS = 2000

Series = dict[str, tuple[list[float], list[float | None]]]
"""By channel: times in ms of Unix time, and values; None is a silence."""

Units = Mapping[str, str]

Rows = Iterable[Sequence[str]]


def picture(series: Series, units: Units) -> str:
    points = [
        (t, v)
        for times, values in series.values()
        for t, v in zip(times, values, strict=True)
        if v is not None
    ]
    if not points:
        return ""
    first, last = min(t for t, _ in points), max(t for t, _ in points)
    low, high = min(v for _, v in points), max(v for _, v in points)
    labels = [f"{high:.4g}", f"{low:.4g}"]
    left = 16 + _CHARACTER * max(map(len, labels))
    wide, tall = _WIDTH - left - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def at(time: float, value: float) -> str:
        x = left + wide * (time - first) / ((last - first) or 1)
        y = _TOP + tall * (1 - (value - low) / ((high - low) or 1))
        return f"{x:.1f},{y:.1f}"

    lines = "".join(
        f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{" ".join(part)}"/>'
        for (times, values), colour in zip(series.values(), cycle(LINES), strict=False)
        for part in _parts(times, values, at)
    )
    begin, end = clocks((first, last))
    label = ", ".join(f"{each} in {units[each]}" if units.get(each) else each for each in series)
    right, foot = _WIDTH - _RIGHT, _HEIGHT - 6
    # A ground of its own, so that it is readable on any page, and no wider than its place.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="100%" '
        f'style="max-width: {_WIDTH}px; display: block" '
        f'role="img" aria-label="{escape(label)}" font-family="sans-serif" font-size="12" fill="{SOFT}">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="6" fill="{GROUND}"/>'
        f'<rect x="{left}" y="{_TOP}" width="{wide}" height="{tall}" fill="none" stroke="{GRID}"/>{lines}'
        f'<text x="{left - 6}" y="{_TOP + 10}" text-anchor="end">{labels[0]}</text>'
        f'<text x="{left - 6}" y="{_TOP + tall}" text-anchor="end">{labels[1]}</text>'
        f'<text x="{left}" y="{foot}">{begin}</text>'
        f'<text x="{right}" y="{foot}" text-anchor="end">{end}</text></svg>'
    )


def table(series: Series, units: Units, led: bool | None) -> list[tuple[str, str, str]]:
    ends = clocks([times[-1] for times, _ in series.values()])
    rows = [
        (channel, f"{values[-1]:g} {units.get(channel, '')}".strip(), end)
        for (channel, (_, values)), end in zip(series.items(), ends, strict=True)
    ]
    word = {True: "on", False: "off", None: "unknown"}[led]
    return [*rows, ("LED", word, "")]


def html(state: Mapping[str, Any], series: Series, units: Units, at: float, css_class: str = "") -> str:
    title = f"<b>{escape(state['id'])}</b>{', virtual' if state['virtual'] else ''}"
    rows, drawn = table(series, units, state["led"]), picture(thinned(series, MOST_POINTS), units)
    return sheet(title, at, ("channel", "last value", "time"), rows, css_class, drawn)


def sheet(
    title: str, at: float, heads: Iterable[str], rows: Rows, css_class: str, above_table: str = ""
) -> str:
    """Return a table as HTML, under a title that is HTML and says when it was."""
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="{css_class}"><p>{title}, recorded {day(at)}</p>{above_table}'
        f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{body}</table></div>"
    )


def sheet_text(title: str, at: float, rows: Rows) -> str:
    lines = ("  ".join(cell for cell in row if cell) for row in rows)
    return "\n".join([f"{title}, recorded {day(at)}", *lines])


def page(recorded: Mapping[str, Any], still: str, loader: str, bundle: bytes) -> str:
    title = escape(str(recorded["state"]["id"]))
    facts = json.dumps(recorded).replace("<", "\\u003c")
    script = json.dumps(loader).replace("<", "\\u003c")
    packed = base64.b64encode(bundle).decode()
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body {{ margin: 1rem; font-family: sans-serif }}</style>
<div id="panel">{still}</div>
<script type="module">
const recorded = {facts};
const packed = Uint8Array.from(atob("{packed}"), (letter) => letter.charCodeAt(0));
const traits = {{ _recorded: recorded, _state: recorded.state, _assets: "" }};
const model = {{
  get: (name) => traits[name],
  on() {{}}, off() {{}}, send() {{}},
  widget_manager: {{ get_model: async () => ({{ get: () => packed }}) }},
}};
const url = URL.createObjectURL(new Blob([{script}], {{ type: "text/javascript" }}));
const host = (await import(url)).default();
host.initialize({{ model }});
host.render({{ model, el: document.getElementById("panel") }});
</script>
</html>
"""


def thinned(series: Series, most: int) -> Series:
    """Return as many points in all, with the extremes of each channel."""
    return {
        channel: ([times[n] for n in kept], [values[n] for n in kept])
        for channel, (times, values) in series.items()
        for kept in [extremes(values, most // len(series))]
    }


def extremes(values: Sequence[float | None], most: int) -> list[int]:
    """Return which of the values to keep, `most` at the most: minima, maxima, silences, both ends."""
    if len(values) <= most:
        return list(range(len(values)))
    kept = {0, len(values) - 1}
    parts = max(1, (most - 2) // 3)
    for part in range(parts):
        bucket = range(part * len(values) // parts, (part + 1) * len(values) // parts)
        known = [n for n in bucket if values[n] is not None]
        kept.update([n for n in bucket if values[n] is None][:1])
        if known:
            kept |= {min(known, key=lambda n: values[n] or 0.0), max(known, key=lambda n: values[n] or 0.0)}
    return sorted(kept)[:most]


def _parts(times: list[float], values: list[float | None], at: Any) -> list[list[str]]:
    parts = groupby(zip(times, values, strict=True), lambda point: point[1] is not None)
    return [[at(*point) for point in part] for known, part in parts if known]
