"""What a release needs beside working: whole metadata, everybody's notices, and to run where it says."""

import email
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .support.environments import ROOT, Environment
from .support.pythons import empty_environment, install, pythons

SMOKE = """
import sys
from picopanel import Pico, PicoPanel

with Pico.demo() as pico:
    assert pico.on().led is True
panel = PicoPanel.demo("another")
assert panel.toggle().led is True
panel.close()
left_open = PicoPanel.demo("left-open")  # ipywidgets closes it as the program ends, when no loop runs
print(*sys.version_info[:2])
"""


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(dist):
    return next(dist.glob("*.whl"))


def read(wheel, ending):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(ending))
        return archive.read(name).decode()


def twine():
    return Environment("twine", ["twine>=6.1,<8"])


def test_twine_finds_nothing_to_complain_of(dist):
    check = [twine().python, "-m", "twine", "check", "--strict", *map(str, dist.iterdir())]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASSED") == 2, done.stdout


def test_the_metadata_say_all_that_a_page_on_pypi_shows(wheel):
    metadata = email.message_from_string(read(wheel, ".dist-info/METADATA"))
    for field in ("Summary", "Author", "Keywords", "License-Expression", "License-File", "Project-URL"):
        assert metadata[field], f"{field} is missing"
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert {"pandas", "test", "dev"} <= set(metadata.get_all("Provides-Extra"))
    classifiers = metadata.get_all("Classifier")
    for minor in range(10, 14):
        assert f"Programming Language :: Python :: 3.{minor}" in classifiers
    links = re.findall(r"\]\(([^)]+)\)|^\[\d\]: (\S+)", metadata.get_payload(), re.M)
    relative = [link for link in map("".join, links) if not link.startswith("https://")]
    assert not relative, f"dead on PyPI's page: {relative}"


def test_it_runs_in_the_newest_pythons_empty_environment(wheel, tmp_path):
    newest = max(pythons())
    python = empty_environment(tmp_path, newest)
    install(python, str(wheel))
    shown = subprocess.run(
        [python, "-I", "-W", "error", "-c", SMOKE], capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.split() == [str(part) for part in newest]


def test_everything_in_the_bundle_has_its_notice(wheel, tmp_path):
    """Held against a list of esbuild's own, made without `build.mjs`."""
    notices = read(wheel, "static/THIRD-PARTY-NOTICES.txt")
    packages = bundled(tmp_path / "meta.json")
    assert {"plotly.js", "@plotly/d3", "lit-html"} <= packages.keys()
    for name, folder in packages.items():
        version = json.loads((folder / "package.json").read_text())["version"]
        part = notices.partition(f"\n{name} {version}\n")[2].partition("=" * 80)[0]
        assert re.search("copyright", part, re.I), f"{name} {version} has no notice"
        for licence in folder.glob("LICEN*"):
            assert licence.read_text().strip() in part, f"the notice of {name} is not its own"


def bundled(metafile):
    js = ROOT / "js"
    options = ["--bundle", "--minify", "--format=esm", "--loader:.css=text", f"--metafile={metafile}"]
    defines = ["--define:global=globalThis", "--define:define.amd=false", "--log-level=error"]
    esbuild = [js / "node_modules/.bin/esbuild", "src/panel/widget.ts", *options, *defines]
    subprocess.run([*esbuild, f"--outfile={metafile.with_suffix('.js')}"], cwd=js, check=True)
    (output,) = (each for each in json.loads(metafile.read_text())["outputs"].values() if each["inputs"])
    folders = {
        Path(js, found[0])
        for file, part in output["inputs"].items()
        if part["bytesInOutput"] and (found := re.match(r".*node_modules/(?:@[^/]+/)?[^/]+", file))
    }
    return {json.loads((folder / "package.json").read_text())["name"]: folder for folder in folders}
