"""What docs/boards.md says of descriptions is so."""

from __future__ import annotations

import re

import pytest

from picopanel import InvalidDescription
from picopanel._protocol.boards import HOME_ASSISTANT, names, read_description

from .blocks import EVERY, ROOT

PAGE = ROOT / "docs" / "boards.md"
TOML = [block.code for block in EVERY if block.page == PAGE and block.language == "toml"]


@pytest.mark.parametrize("code", TOML)
def test_what_it_shows_is_a_description(code: str) -> None:
    assert read_description(code, "shown.toml").name


def test_the_error_that_it_quotes_is_the_one_that_comes() -> None:
    text = PAGE.read_text("utf-8")
    quoted = re.search(r"\*heater\.toml, (line \d+: .*?)\*", text)
    assert quoted
    with pytest.raises(InvalidDescription) as caught:
        read_description(TOML[0].replace("unit =", "units ="), "heater.toml")
    assert quoted[1] in str(caught.value)


def test_its_table_has_all_that_come_along() -> None:
    told = set(re.findall(r"^\| `([\w-]+)`[^|]*\|", PAGE.read_text("utf-8").split("## Announced")[0], re.M))
    assert told == {*names(), HOME_ASSISTANT}
