"""What a page downloads, in every browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .waiting import eventually

UNFINISHED = (".wkdownload", ".part")


class Arriving:
    """The next file that comes into a folder; `value` is itself, as Playwright has it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before = self._files()

    @property
    def value(self) -> Arriving:
        return self

    @property
    def path(self) -> Path | None:
        """It; Firefox puts an empty file in its place while it comes."""
        came = self._files() - self._before
        if any(it.suffix in UNFINISHED for it in came):
            return None
        return next((it for it in came if it.stat().st_size), None)

    def save_as(self, path: Path) -> None:
        eventually(lambda: self.path, "something is downloaded", seen=self._files)
        assert self.path
        shutil.move(self.path, path)

    def _files(self) -> set[Path]:
        return {it for it in self._folder.iterdir() if it.is_file() and it.name[0] != "."}


@contextmanager
def download(page: Any) -> Iterator[Any]:
    """Give what has a `value` to be saved, once that is done by which the page downloads.

    Firefox 153 tells its driver of no download that begins in JupyterLab (its event lacks the number of a
    navigation), while the file is there.
    """
    if folder := getattr(page.context.browser, "downloads", None):
        yield Arriving(folder)
        return
    with page.expect_download() as download:
        yield download
