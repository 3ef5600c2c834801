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


def test_the_device_may_know_no_link_that_there_is():
    """The rule has to name each; what it may know are the protocol and the words for what goes wrong."""
    links = {path.stem for path in (ROOT / "src/picopanel/_link").glob("*.py")}
    named = set(re.findall(r'"picopanel\._link\.(\w+)"', (ROOT / "pyproject.toml").read_text()))
    assert links - {"__init__", "reasons", "troubles"} == named


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
        "host.ts",
    }


ROOMS = ["contract.ts", "page", "data", "chart", "messages", "panel", "wall", "board", "setup"]
"""Of the front end: each imports only from those before it, and no file from one that imports it."""


def imports_in(folder):
    """Return what each script of a folder imports of it, types among it."""
    found = {}
    for script in folder.rglob("*.ts"):
        named = re.findall(r'from "(\.[^"]+)"', script.read_text())
        paths = [Path(os.path.relpath(script.parent / name, folder)) for name in named]
        found[script.relative_to(folder)] = [
            path if path.suffix else path.with_suffix(".ts") for path in paths
        ]
    return found


def upward(imports):
    room = {name: nth for nth, name in enumerate(ROOMS)}
    return [(a, b) for a, all_ in imports.items() for b in all_ if room[b.parts[0]] > room[a.parts[0]]]


def in_circles(imports):
    """Return the files that import themselves, by others."""

    def reached(file, seen):
        for each in set(imports.get(file, ())) - seen:
            seen.add(each)
            reached(each, seen)
        return seen

    return [file for file in imports if file in reached(file, set())]


def test_a_room_of_the_front_end_imports_only_from_those_below_it():
    imports = imports_in(ROOT / "js" / "src")
    assert {path.parts[0] for path in imports} == set(ROOMS)
    assert upward(imports) == []
    assert in_circles(imports) == []


def test_an_import_upward_and_a_circle_are_found(tmp_path):
    folder = tmp_path / "src"
    shutil.copytree(ROOT / "js" / "src", folder)
    with (folder / "data" / "rows.ts").open("a") as file:
        file.write('import { view } from "../panel/view";\n')
    imports = imports_in(folder)
    assert upward(imports) == [(Path("data/rows.ts"), Path("panel/view.ts"))]
    assert Path("data/rows.ts") in in_circles(imports)
