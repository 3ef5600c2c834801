"""Builds a JupyterLite with PicoPanel in it, for whom a browser is enough: `python tools/lite.py dist/lite`.

Everything in it comes from PyPI and npm, is kept in `.cache/lite`, and has its version here. The page asks
nobody else, but for the packages that Pyodide compiles itself (numpy, pandas): they are in no registry, and
come from Pyodide's own address once a cell imports them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache" / "lite"

BUILDER = ("jupyterlite-core==0.8.6", "jupyterlite-pyodide-kernel==0.8.6", "jupyter-server==2.21.1")
PYODIDE = "314.0.7"
ELSEWHERE = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
CORE = ("pyodide.mjs", "pyodide.js", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
OF_PYODIDE = (
    "attrs",
    "ipython",
    "jedi",
    "micropip",
    "narwhals",
    "packaging",
    "platformdirs",
    "pyodide-http",
    "python-dateutil",
    "pytz",
    "typing-extensions",
    "tzdata",
)
"""Pyodide has a version of these, and of what they need, which is taken."""
OTHERS = (
    "anywidget==0.11.0",
    "comm==0.2.3",
    "fastjsonschema==2.22.3",
    "ipython-pygments-lexers==1.1.1",
    "ipywidgets==8.1.9",
    "jsonschema==4.17.3",  # later ones need what is compiled
    "jupyter-core==5.9.1",
    "jupyter-ui-poll==1.1.0",
    "jupyterlab-widgets==3.0.17",
    "nbformat==5.11.1",
    "paho-mqtt==2.2.0",
    "pexpect==4.9.0",
    "plotly==7.1.0",
    "psygnal==0.16.1",
    "ptyprocess==0.7.0",
    "pyrsistent==0.20.0",
)
IN_PAGES = ("anywidget", "jupyterlab-widgets", "plotly")
"""Their wheels have a front end, which the site takes over."""
ALSO = {"plotly": ["nbformat"]}
"""What a package needs in a notebook, and does not say."""
NOT_IN_PYTHON = {"jupyterlab-widgets", "widgetsnbextension"}
IN_THE_BROWSER = {"sys_platform": "emscripten", "platform_system": "Emscripten", "python_version": "3.14"}

PRESS = "*All of this runs in your browser. Shift+Enter, or the button ▶, runs a cell.*\n\n"

Package = dict[str, Any]
"""A package in Pyodide's lock file."""


def build(site: Path) -> None:
    """Build the site, from nothing."""
    pyodide, wheels = fetch_pyodide(), sorted(fetch_wheels().iterdir())
    with tempfile.TemporaryDirectory() as name:
        sources = Path(name)
        wheels.append(own_wheel(sources))
        write_notebooks(sources / "files")
        write_pyodide(sources / "static" / "pyodide", pyodide, wheels)
        write_settings(sources, wheels)
        shutil.rmtree(site, ignore_errors=True)  # a former build's settings would stay
        options = ["--lite-dir", str(sources), "--output-dir", str(site.resolve()), "--contents", "files"]
        apps = ["--apps", "lab", "--apps", "notebooks", "--apps", "edit", "--apps", "tree"]
        run(builder(), "-m", "jupyterlite_core", "build", *options, *apps, "--no-sourcemaps", folder=sources)


def write_notebooks(into: Path) -> None:
    """Write the examples, with what to press in place of a picture that each would fetch from Colab."""
    into.mkdir()
    for example in (ROOT / "examples").glob("*.ipynb"):
        notebook = json.loads(example.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = [PRESS if "[![Open in Colab]" in line else line for line in cell["source"]]
            if any(".to_dataframe()" in line for line in cell["source"]):
                cell["source"].insert(0, "import pandas  # Pyodide fetches what a cell imports\n")
        (into / example.name).write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


def write_pyodide(into: Path, pyodide: Path, wheels: Sequence[Path]) -> None:
    """Write Pyodide with these wheels, and with a lock file that knows where all others are."""
    into.mkdir(parents=True)
    for file in [*(pyodide / name for name in CORE), *wheels]:
        shutil.copy(file, into)
    lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package["file_name"] = ELSEWHERE + package["file_name"]
    here = {package["name"]: package for package in map(locked, wheels)}
    missing = {name for package in here.values() for name in package["depends"]} - here.keys()
    assert not missing, f"tools/lite.py has no version of {', '.join(sorted(missing))}"
    lock["packages"].update(here)
    (into / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def locked(wheel: Path) -> Package:
    """Return what a lock file says of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        inside = next(name.split("/")[0] for name in names if name.endswith(".dist-info/METADATA"))
        about = PathDistribution(zipfile.Path(archive, f"{inside}/"))
        imports = {name.split("/")[0].removesuffix(".py") for name in names if name.endswith(".py")}
        name = canonicalize_name(about.metadata["Name"])
        return {
            "name": name,
            "version": about.version,
            "file_name": wheel.name,
            "install_dir": "site",
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "package_type": "package",
            "imports": sorted(filter(str.isidentifier, imports)),
            "depends": sorted({*needs(about.requires or []), *ALSO.get(name, [])} - NOT_IN_PYTHON),
            "unvendored_tests": False,
        }


def needs(requirements: Iterable[str]) -> Iterator[str]:
    """Yield the names of what is needed in the browser."""
    for each in map(Requirement, requirements):
        if each.marker is None or each.marker.evaluate({**IN_THE_BROWSER, "extra": ""}):
            yield canonicalize_name(each.name)


def write_settings(into: Path, wheels: Sequence[Path]) -> None:
    """Write how the site is built and how it behaves."""
    pages = [str(wheel) for wheel in wheels if canonicalize_name(wheel.name.split("-")[0]) in IN_PAGES]
    building = {"LiteBuildConfig": {"federated_extensions": pages}}
    kernel = {"@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}}
    page = {"appName": "PicoPanel", "exposeAppInBrowser": True, "litePluginSettings": kernel}
    looks = {"@jupyterlab/apputils-extension:themes": {"adaptive-theme": True}}
    for name, content in {
        "jupyter_lite_config.json": building,
        "jupyter-lite.json": {"jupyter-lite-schema-version": 0, "jupyter-config-data": page},
        "overrides.json": looks,
    }.items():
        (into / name).write_text(json.dumps(content), encoding="utf-8")


def fetch_pyodide() -> Path:
    """Return Pyodide's own files, without its packages."""

    def fetch(folder: Path) -> None:
        packed = run("npm", "pack", "--silent", f"pyodide@{PYODIDE}", folder=folder).split()[-1]
        with tarfile.open(folder / packed) as archive:
            archive.extractall(folder, filter="data")

    return kept(f"pyodide-{PYODIDE}", fetch) / "package"


def fetch_wheels() -> Path:
    """Return a folder with every wheel but our own."""
    lock = json.loads((fetch_pyodide() / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    waiting, pinned = list(OF_PYODIDE), list(OTHERS)
    for name in waiting:
        pinned.append(f"{name}=={lock[name]['version']}")
        waiting += sorted({canonicalize_name(each) for each in lock[name]["depends"]} - set(waiting))
    any_python = ["--only-binary=:all:", "--python-version=3.14", "--platform=any", "--no-deps"]
    return kept(
        f"wheels-{stamp(pinned)}",
        lambda folder: pip(sys.executable, "download", *any_python, *pinned, folder=folder),
    )


def builder() -> Path:
    """Return the Python of an environment that JupyterLite is built in."""

    def install(folder: Path) -> None:
        venv.create(folder, with_pip=True)
        pip(python_of(folder), "install", *BUILDER, folder=folder)

    return python_of(kept(f"builder-{stamp((sys.version, *BUILDER))}", install))


def own_wheel(into: Path) -> Path:
    """Return the wheel of this checkout."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into), folder=ROOT)
    return next(into.glob("*.whl"))


def kept(name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder of the cache, made whole or not at all."""
    folder = CACHE / name
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        print(f"== .cache/lite/{name}: fetched once", flush=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as elsewhere:
            part = Path(elsewhere, name)
            part.mkdir()
            make(part)
            if not folder.exists():  # by another build meanwhile
                part.rename(folder)
    return folder


def stamp(parts: Iterable[str]) -> str:
    """Return a short name for what differs with any of its parts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def python_of(environment: Path) -> Path:
    """Return an environment's Python."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip(python: str | Path, *arguments: str, folder: Path) -> None:
    """Run pip in a folder."""
    run(python, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments, folder=folder)


def run(*command: str | Path, folder: Path) -> str:
    """Run a command in a folder and return what it prints; all of that is shown if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    build(Path(sys.argv[1]))
