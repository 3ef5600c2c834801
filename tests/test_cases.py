"""Every row of `cases.md` has a test that carries its name, and every such test a row."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
JS_TESTS = TESTS.parent / "js" / "test"
ROW = re.compile(r"^\| ([A-Z]\d+[a-z]?) \|", re.MULTILINE)
IN_PYTHON = re.compile(r"def test_((?:[a-z]\d+[a-z]?_)+)")
IN_TYPESCRIPT = re.compile(r"\"((?:[A-Z]\d+[a-z]?(?:, )?)+): ")


def test_every_row_has_its_test():
    rows = set(ROW.findall((TESTS / "cases.md").read_text("utf-8")))
    assert rows - named() == set(), "no test carries the name of these rows"
    assert named() - rows == set(), "tests carry the names of rows that are not in cases.md"


def named():
    python = (path.read_text("utf-8") for path in TESTS.rglob("*.py"))
    typescript = (path.read_text("utf-8") for path in JS_TESTS.rglob("*.ts"))
    names = [name for text in python for several in IN_PYTHON.findall(text) for name in several.split("_")]
    names += [
        name for text in typescript for several in IN_TYPESCRIPT.findall(text) for name in several.split(", ")
    ]
    return {name[0].upper() + name[1:] for name in names if name}
