"""The table of docs/hosts.md says what `make browsers` has seen, and no more."""

import json
import runpy

import pytest

from ..hosts.behaviours import BEHAVIOURS
from ..hosts.hosts import HOSTS
from .blocks import ROOT

TOOL = runpy.run_path(str(ROOT / "tools/hosts_table.py"))
DATA = json.loads((ROOT / "docs/hosts.json").read_text("utf-8"))
PAGE = (ROOT / "docs/hosts.md").read_text("utf-8")


def cells(page):
    """Return the table as a reader finds it: its cells by behaviour and host."""
    rows = [
        line.strip("| \n").split(" | ")
        for line in page.split(TOOL["BEGIN"])[1].split(TOOL["END"])[0].splitlines()
        if "|" in line
    ]
    hosts = [next(host for host in HOSTS if it.strip("| ").startswith(f"{host} ")) for it in rows[0]]
    return {row[0]: dict(zip(hosts, row[1:], strict=True)) for row in rows[2:]}


def test_page_and_data_agree():
    assert TOOL["written"](PAGE, DATA) == PAGE, "run  python tools/hosts_table.py"


def test_no_cell_says_more_than_was_seen_and_every_behaviour_has_its_row():
    table = cells(PAGE)
    assert list(table) == list(BEHAVIOURS)
    for behaviour, row in table.items():
        assert set(row) <= set(HOSTS)
        for host, told in row.items():
            for browser in HOSTS[host].browsers:
                words = {
                    name: word
                    for part in told.split("; ")
                    for names, _, word in [part.rpartition(": ")]
                    for name in names.split(", ")
                }
                word = words.get(browser, words.get(""))
                seen = DATA["seen"][host].get(browser, {}).get(behaviour, "")
                assert (word == "yes") == (seen == "works"), (behaviour, host, browser, told, seen)


@pytest.mark.parametrize(
    ("results", "told"),
    [
        (("works", "works", "works"), "yes"),
        (("works", "fails: it is late", "works"), "Chromium, WebKit: yes; Firefox: **no**<sup>1</sup>"),
        (("–: no such cell",) * 3, "–<sup>1</sup>"),
        (("works", "", "works"), "Chromium, WebKit: yes; Firefox: not tried"),
    ],
)
def test_a_cell_says_what_was_seen_in_each_browser(results, told):
    browsers = dict(zip(("Chromium", "Firefox", "WebKit"), results, strict=True))
    assert TOOL["cell"](browsers, TOOL["Notes"]()) == told
