"""The import rules hold, and their checks fail when a rule is broken."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RUFF = [sys.executable, "-m", "ruff", "check", "--quiet", "--no-cache", "--select", "TID251,TID253", "."]
LINT_IMPORTS = [
    sys.executable,
    "-c",
    "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))",
]


@pytest.fixture
def tree(tmp_path):
    """A copy of the sources, to break."""
    for folder in ("src", "firmware"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("static", "__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(command, tree):
    environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


def test_the_sources_keep_the_rules(tree):
    for command in (LINT_IMPORTS, RUFF):
        result = run(command, tree)
        assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("file", "planted", "check", "complaint"),
    [
        ("src/picopanel/_store/store.py", "from .. import _panel", LINT_IMPORTS, "_store is not allowed"),
        (
            "src/picopanel/_device/device.py",
            "from .._link import mqtt",
            LINT_IMPORTS,
            "_device is not allowed",
        ),
        ("src/picopanel/_device/device.py", "import paho.mqtt", LINT_IMPORTS, "_device is not allowed"),
        ("src/picopanel/_newcomer.py", "", LINT_IMPORTS, "_newcomer"),
        ("src/picopanel/_store/export.py", "import pandas", RUFF, "TID253"),
        ("src/picopanel/_store/export.py", "from plotly import graph_objects", RUFF, "TID253"),
        ("firmware/pico/device.py", "import machine", RUFF, "TID251"),
    ],
)
def test_a_planted_import_is_found(tree, file, planted, check, complaint):
    target = tree / file
    before = target.read_text() if target.exists() else ""
    target.write_text(f"{before}\n{planted}\n")
    result = run(check, tree)
    assert result.returncode != 0, f"{planted!r} in {file} went unnoticed"
    assert complaint in result.stdout


def scripts_with(pattern):
    scripts = [it for it in (ROOT / "js" / "src").rglob("*.ts") if not it.name.endswith(".d.ts")]
    return {path.name for path in scripts if re.search(pattern, path.read_text())}


def test_only_the_chart_imports_plotly():
    assert scripts_with(r'(from|import) ?\(?"plotly') == {"chart.ts"}


def test_only_the_widgets_and_their_loader_touch_the_model():
    assert scripts_with(r"\bmodel\.(get|set|on|off|send|save_changes|widget_manager)\b") == {
        "widget.ts",
        "loader.ts",
        "apps.ts",
    }
