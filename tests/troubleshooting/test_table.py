"""docs/troubleshooting.md and its tests hold each other."""

import re
from pathlib import Path

import pytest

from picopanel._link import reasons, troubles
from picopanel._link.reasons import TROUBLES, connack, disconnect, puback, suback

from ..link.test_grants import PUBACK_5, PUBCOMP_5, SUBACK_5
from ..link.test_reasons import CONNACK_5, CONNACK_311, DISCONNECT_5
from .table import DOCUMENT, matches, rows


def test_every_row_has_a_test_and_every_test_a_row():
    sources = [
        path.read_text() for path in Path(__file__).parent.glob("test_*.py") if path.name != "test_table.py"
    ]
    tests = {
        line[4:].partition("(")[0]
        for text in sources
        for line in text.splitlines()
        if line[:9] == "def test_"
    }
    assert set(rows()) == tests, f"rows of {DOCUMENT.name} and the tests' names"


def test_every_sentence_stands_in_the_document():
    text = DOCUMENT.read_text()
    said = [row.second for row in rows().values()]
    missing = [
        trouble.sentence
        for trouble in TROUBLES.values()
        if trouble.sentence not in text and not any(matches(each, trouble.sentence) for each in said)
    ]
    assert not missing, f"{DOCUMENT.name} has a row, or at least the words, for each"


def test_every_row_of_the_tables_is_read_and_every_trouble_has_one():
    rows = re.findall(r"^(?:0x\w\w )?([a-z][a-z\d-]*): ", Path(reasons.__file__).read_text(), re.M)
    assert sorted(rows) == sorted(TROUBLES)
    sources = "".join(path.read_text() for path in Path(troubles.__file__).parent.glob("*.py"))
    noticed = re.findall(r'LinkStatus\("(?:lost|refused)", "(.+?)"', sources)
    assert {*noticed, *troubles._EXCEPTIONS.values(), *troubles._BY_VERIFY_CODE.values()} <= {*TROUBLES}


def test_every_sentence_has_a_next_step():
    assert all(it.sentence.endswith(".") and it.next.endswith(".") for it in TROUBLES.values())


@pytest.mark.parametrize(
    ("heading", "codes", "form", "reason"),
    [
        ("Refused, MQTT 5 ", CONNACK_5, "`0x{:02X}`", lambda code: connack(code, 5)),
        ("Refused, MQTT 3.1.1 ", CONNACK_311, "`{}`", lambda code: connack(code, 4)),
        ("Ended, MQTT 5 ", DISCONNECT_5, "`0x{:02X}`", disconnect),
        ("Topics not given, MQTT 5 ", SUBACK_5, "`0x{:02X}`", lambda code: suback(code, 5)),
        ("Commands not taken, MQTT 5 ", sorted(PUBACK_5 + PUBCOMP_5), "`0x{:02X}`", puback),
    ],
)
def test_w1_the_document_has_each_reason_code_with_its_words(heading, codes, form, reason):
    """In the order of the standard's tables."""
    section = DOCUMENT.read_text().partition(f"\n{heading}")[2].partition("\n\n")[2].partition("\n\n")[0]
    lines = [f"- {form.format(code)}: *{reason(code).sentence}* {reason(code).next}" for code in codes]
    assert section.splitlines() == lines
