"""Python environments with pinned versions: made once, kept in `.cache/`."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .cache import CACHE, made_once

ROOT = Path(__file__).parents[2]


class Environment:
    """A virtual environment with some requirements installed.

    Args:
        name: What it is for.
        requirements: As pip takes them.
        base: The Python it is made of; this one, if left out.
    """

    def __init__(self, name: str, requirements: Sequence[str], base: Path | None = None) -> None:
        made_of = (str(base or sys.version), *requirements)
        stamp = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:8]
        self.name = f"environments/{name}-{stamp}"
        self.folder = CACHE / self.name
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        with made_once(self.name, "installing") as folder:
            if folder:
                subprocess.run([base or sys.executable, "-m", "venv", "--clear", folder], check=True)
                self.install(*requirements)

    def install(self, *requirements: str, find_links: Path | None = None) -> None:
        links = ["--find-links", str(find_links)] if find_links else []
        self._pip("install", "-q", *requirements, *links)

    def uninstall(self, *names: str) -> None:
        self._pip("uninstall", "--quiet", "--yes", *names)

    def installed(self) -> dict[str, str]:
        """Return every distribution with its version."""
        lines = self._pip("list", "--format=freeze").splitlines()
        return dict(line.split("==") for line in lines if "==" in line)

    def _pip(self, *arguments: str) -> str:
        command = [self.python, "-m", "pip", "--disable-pip-version-check", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"pip {' '.join(arguments)} failed:\n{done.stderr[-3000:]}"
        return done.stdout


def build_wheel(into: Path) -> Path:
    """Build PicoPanel's wheel from this checkout."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(into.glob("*.whl"))
