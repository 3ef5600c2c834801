"""Makes the README's links whole, so that they lead somewhere on PyPI's page, too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

FILES = "https://github.com/picopanel/picopanel/blob/main/"
PICTURES = "https://raw.githubusercontent.com/picopanel/picopanel/main/"


class ReadmeHook(MetadataHookInterface):
    """Fills in the field `readme`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Adds the README, with its links from this project's own address on."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        text = re.sub(r"(!\[[^]]*\]\()(?!https:)", rf"\1{PICTURES}", text)
        text = re.sub(r"(?<!!)(\[[^]]*\]\()(?!https:)", rf"\1{FILES}", text)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
