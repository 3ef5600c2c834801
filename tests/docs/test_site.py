"""The site in docs/ builds without a warning, and what it says of the code is so."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys

import pytest
import yaml

import picopanel

from .blocks import PAGES, ROOT

DOCS = ROOT / "docs"
NUMBER = r"\d[\d,.]*\b"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site; a page in no table of contents, or a link to nowhere, is an error."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", str(folder / "trees")]
    done = subprocess.run([*build, str(DOCS), str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_it_builds_without_a_warning(site):
    assert {page.stem for page in PAGES if page.parent == DOCS} <= {page.stem for page in site.glob("*.html")}


def test_links_into_pages_find_their_headings(site):
    links = [
        (page.name, target, name)
        for page in site.glob("*.html")
        for target, name in re.findall(r'href="([\w-]*)\.html#([^"]+)"', page.read_text(encoding="utf-8"))
    ]
    assert len(links) > 20, f"the pattern finds no links any more, but {links}"
    for page, target, name in links:
        there = (site / f"{target}.html").read_text(encoding="utf-8")
        assert f'id="{name}"' in there, f"{page} leads to {target}.html#{name}, which is not there"


def test_the_readme_and_the_front_page_lead_into_the_same_notebook_of_the_sites_own_jupyterlite(site):
    (here,) = re.findall(
        r'<a class="try" href="(try/[^"]+)">Try it now</a>', (site / "index.html").read_text()
    )
    published = re.search(r'^Documentation = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.M)[1]
    assert f"**[Try it now]({published}{here})**" in PAGES[0].read_text("utf-8").splitlines()[2]
    assert (ROOT / "examples" / here.partition("?path=")[2]).is_file()
    assert "tools/lite.py dist/docs/try\n" in (ROOT / "Makefile").read_text(), "`make docs` puts it there"


def test_the_site_follows_light_or_dark_and_its_code_has_a_button_to_copy(site):
    page = (site / "index.html").read_text()
    sheets = [(site / each).read_text() for each in re.findall(r'href="(_static/[^"?]+\.css)', page)]
    assert any("prefers-color-scheme: dark" in sheet for sheet in [page, *sheets])
    assert 'name="viewport"' in page and "_static/copybutton.js" in page
    assert not re.findall(r'(?:src|href)="https?:[^"]+\.(?:js|css|woff2?)', page), "it asks nobody else"


def named_and_missing(file):
    named = re.findall(r"`((?:src|js|firmware|tests|tools|docs|examples)/[\w./-]+)`", file.read_text("utf-8"))
    return [name for name in named if not (ROOT / name).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_files_that_a_page_names_exist(page):
    assert not named_and_missing(page)


def test_files_that_the_code_names_exist():
    code = [file for folder in ("src", "js/src", "firmware") for file in (ROOT / folder).rglob("*.*")]
    missing = {file.name: named_and_missing(file) for file in code if file.suffix in (".py", ".ts", ".css")}
    assert {file: names for file, names in missing.items() if names} == {}


def test_the_drawing_of_the_rooms_is_that_of_the_rules():
    drawn = subprocess.run(
        [sys.executable, "-c", "import draw_rooms; print(draw_rooms.drawing(), end='')"],
        cwd=ROOT / "tools",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    kept = (DOCS / "pictures" / "rooms.svg").read_text(encoding="utf-8")
    assert kept == drawn, "rooms or their docstrings have changed: run  python tools/draw_rooms.py"


def test_the_reference_has_all_that_is_public():
    text = (DOCS / "reference.md").read_text(encoding="utf-8")
    described = re.findall(r"^\.\. auto\w+:: (\w+)\b(?!\.)", text, re.M)
    assert sorted(described) == [name for name in picopanel.__all__ if name != "__version__"]


def test_the_version_is_in_one_place():
    version = ast.literal_eval((ROOT / "src/picopanel/_version.py").read_text().split("=")[1].strip())
    assert picopanel.__version__ == version
    for name in ("pyproject.toml", "docs/conf.py", "js/package.json"):
        assert f'"{version}"' not in (ROOT / name).read_text(), f"{name} repeats the version"
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text(), "the changelog says why"


def test_a_trouble_report_asks_for_what_the_doctor_says():
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/trouble.yml").read_text(encoding="utf-8"))
    asked = {part["id"]: part for part in form["body"] if "id" in part}
    assert asked["doctor"]["validations"]["required"]
    command = re.search(r"`(python -m picopanel doctor [^`]*)`", asked["doctor"]["attributes"]["description"])
    assert command, "it tells how"
    options = [sys.executable, *command[1].split()[1:], "--help"]
    assert subprocess.run(options, capture_output=True, check=False).returncode == 0


def test_the_citation_can_be_read():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation.keys() >= {"cff-version", "message", "title", "authors", "license"}
    assert "version" not in citation, "the version is in _version.py"


def test_what_the_readme_calls_measured_is_in_the_last_measurement():
    readme, measured = (path.read_text(encoding="utf-8") for path in (PAGES[0], DOCS / "performance.md"))
    cells = [cell for line in readme.splitlines() if line.startswith("|") for cell in line.split("|")]
    named = [number for cell in cells if "(measured)" in cell for number in re.findall(NUMBER, cell)]
    assert len(named) > 5
    stale = [number for number in named if number not in re.findall(NUMBER, measured)]
    assert not stale, f"README.md has figures that docs/performance.md has no more: {stale}"


def test_the_oldest_browsers_are_told_as_the_build_has_them():
    oldest = json.loads((ROOT / "js/oldest.json").read_text(encoding="utf-8"))
    told = f"Chrome or Edge {oldest['chrome']}, Firefox {oldest['firefox']}, Safari {oldest['safari']}"
    assert told in (DOCS / "hosts.md").read_text(encoding="utf-8")
