"""docs/troubleshooting.md and its tests hold each other."""

from pathlib import Path

from picopanel._diagnosis import LINK_SENTENCES

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
        sentence
        for sentence, _ in LINK_SENTENCES.values()
        if sentence not in text and not any(matches(each, sentence) for each in said)
    ]
    assert not missing, f"{DOCUMENT.name} has a row, or at least the words, for each"


def test_every_sentence_has_a_next_step():
    assert all(trouble.endswith(".") and step.endswith(".") for trouble, step in LINK_SENTENCES.values())
