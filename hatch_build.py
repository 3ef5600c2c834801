"""What packaging does first: build the front end, and make the README's links whole."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

BUILT = tuple(f"{name}{end}" for name in ("panel", "wall", "setup") for end in (".js.gz", "-loader.js"))
NO_NODE = (
    "PicoPanel's front end is not built yet, and building it needs Node.js 18 or newer with npm: "
    "install it from https://nodejs.org, or install a released wheel, which needs none."
)
FILES = "https://github.com/picopanel/picopanel/blob/main/"
PICTURES = "https://raw.githubusercontent.com/picopanel/picopanel/main/"


class FrontEndBuildHook(BuildHookInterface[Any]):
    """Builds the front end where a built file is missing: whoever installs a wheel needs no Node."""

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


class ReadmeHook(MetadataHookInterface):
    """Makes the README's links whole, so that they lead somewhere on PyPI's page, too."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Fills in the field `readme`."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        text = re.sub(r"(!\[[^]]*\]\()(?!https:)", rf"\1{PICTURES}", text)
        text = re.sub(r"(?<!!)(\[[^]]*\]\()(?!https:)", rf"\1{FILES}", text)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
