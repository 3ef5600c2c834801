"""What a warning shows."""

from __future__ import annotations

import runpy
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from .hand import HandLink

SECRET = "s3cret-Pa55"


def test_s1_a_warning_tells_where_the_line_is_and_does_not_show_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("picopanel._pico.connect.shared_link", lambda broker: HandLink())
    script = tmp_path / "mine.py"
    script.write_text(
        f"from picopanel import Pico\n\nPico('a b', broker='mqtt://ada:{SECRET}@test.mosquitto.org').close()\n"
    )
    with warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.showwarning = to_stderr
        runpy.run_path(str(script))
    said = capsys.readouterr().err
    assert [line.partition(": UserWarning: ")[0] for line in said.splitlines()] == [f"{script}:3"] * 2
    assert "anyone can read and command" in said
    assert SECRET not in said


def to_stderr(*warning: Any, line: str | None = None) -> None:
    """As Python shows a warning by itself; pytest has its own way."""
    sys.stderr.write(warnings.formatwarning(*warning[:4], line))
