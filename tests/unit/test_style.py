"""A figure looks as the panel does: one table of styles, held to the page's own files."""

from __future__ import annotations

import re
from pathlib import Path

from picopanel._store import Origin, Store, style
from picopanel._store.export import Export

JS = Path(__file__).parents[2] / "js" / "src"


def of_the_page(name: str) -> str:
    """Return a colour of the light theme, out of the panel's style sheet."""
    css = (JS / "page" / "palette.css").read_text()
    found = re.search(rf"--{name}: (?:var\(.*)?(#[0-9a-f]+)\)*;", css)
    assert found, f"the style sheet has no --{name}"
    return found[1]


def test_p27_the_table_of_styles_is_the_panels_own() -> None:
    page = "".join(path.read_text() for path in sorted(JS.rglob("*.ts")))
    assert [of_the_page(f"line-{nth}") for nth in range(8)] == list(style.LINES)
    assert (of_the_page("ok"), of_the_page("bad")) == (style.GOOD, style.BAD)
    assert (of_the_page("soft"), of_the_page("line")) == (style.SOFT, style.GRID)
    dashes = ", ".join(f'"{dash}"' for dash in style.DASHES)
    assert f"DASHES = [{dashes}]" in page
    symbols = dict(re.findall(r'(sent|answered|failed|done): "((?:triangle|x|diamond)[a-z-]*)"', page))
    kinds = {
        "sent": "sent",
        "answered": "answered",
        "unanswered": "failed",
        "refused": "failed",
        "done": "done",
    }
    assert {kind: symbols[look] for kind, look in kinds.items()} == style.SYMBOLS
    assert f"const FONT = '{style.FONT}'" in page
    assert f"FONT_SIZE = {style.FONT_SIZE}" in page
    assert f"--height: {style.HEIGHT}px" in (JS / "panel" / "panel.css").read_text()
    assert f"FURTHER = {style.FURTHER}" in page


def board(virtual: tuple[bool, bool]) -> Export:
    store = Store()
    for channel, each in zip(("temperature", "light"), virtual, strict=True):
        store.append(Origin(channel, "a", 1000, virtual=each), [1000.0, 2000.0], [1.0, 2.0])
    command = {"id": "1", "command": "on", "click": None}
    store.append_event(1000, {"kind": "sent", **command})
    store.append_event(1083, {"kind": "answered", **command, "latency": 83})
    store.append_event(1500, {"kind": "sent", **command})
    store.append_event(1900, {"kind": "unanswered", **command, "after": 10_000})
    store.append_event(1950, {"kind": "refused", **command, "reason": "not connected"})
    return Export(store.since(0), "ada", {"temperature": "°C", "light": "lx"})


def test_p27_a_figures_lines_and_commands_have_the_panels_colours() -> None:
    *lines, commands = board((True, True)).figure().data
    assert [line.line.color for line in lines] == list(style.LINES[:2])
    good, bad = style.GOOD, style.BAD
    assert list(commands.marker.color) == [good, good, good, bad, bad], "what was confirmed is not red"
    assert commands.hovertext[-1] == "on: refused, not connected"
    assert commands.yaxis not in {line.yaxis for line in lines}, "they have a place of their own"


def test_p27_a_board_that_is_virtual_says_so_once_and_on_lines_only_where_they_differ() -> None:
    figure = board((True, True)).figure()
    assert [line.name for line in figure.data[:2]] == ["temperature (°C)", "light (lx)"]
    assert figure.layout.title.text == "ada (virtual)"
    assert [line.name for line in board((False, True)).figure().data[:2]] == [
        "temperature (°C)",
        "light (lx), virtual",
    ]


def test_p27_most_of_a_figures_height_is_its_chart_and_grows_with_its_units() -> None:
    two = board((True, True)).figure().layout
    margin = two.template.layout.margin
    inner = two.height - margin.t - margin.b
    assert inner == style.HEIGHT * (1 + style.FURTHER)
    assert inner > 0.7 * two.height


def test_p27_a_user_may_choose_another_template() -> None:
    figure = board((True, True)).figure().update_layout(template="plotly_dark")
    assert figure.layout.paper_bgcolor is None
    assert figure.layout.font.color is None
