"""Builds the front end before Python packaging, when it is not built yet.

A wheel and an sdist carry the built files and the licences of what is in them, so whoever installs
one needs no Node.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = ("loader.js", "panel.js.gz", "wall-loader.js", "wall.js.gz")
NO_NODE = (
    "PicoPanel's front end is not built yet, and building it needs Node.js 18 or newer with npm: "
    "install it from https://nodejs.org, or install a released wheel, which needs none."
)


class FrontEndBuildHook(BuildHookInterface[Any]):
    """Runs `npm run build` in `js/`, after `npm ci` if need be, when a built file is missing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Makes sure that the files that the package serves to the page exist."""
        static = Path(self.root, "src", "picopanel", "static")
        if not all((static / name).is_file() for name in BUILT):
            self._build()

    def _build(self) -> None:
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            raise SystemExit(NO_NODE)
        js = Path(self.root, "js")
        if not (js / "node_modules").exists():  # `npm ci` would take away what others may be using
            subprocess.run([npm, "ci"], cwd=js, check=True)
        subprocess.run([npm, "run", "build"], cwd=js, check=True)
