"""A JupyterLite with this checkout's PicoPanel in it, as `tools/lite.py` builds it, served on loopback."""

import json
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import nbformat
from playwright.sync_api import Page

from .browser import Window
from .notebook import Notebook
from .ports import free_port

ROOT = Path(__file__).parents[2]
PYTHON = {"kernelspec": {"name": "python", "display_name": "Python (Pyodide)"}}


class JupyterLite:
    """A site of its own in a folder, and a server that knows nothing but its files.

    Args:
        folder: Where it is built.
    """

    def __init__(self, folder: Path) -> None:
        self.site = folder
        command = [sys.executable, ROOT / "tools" / "lite.py", folder]
        built = subprocess.run(command, capture_output=True, text=True, check=False)
        assert built.returncode == 0, built.stderr
        (folder / "favicon.ico").touch()  # which a browser asks every server for
        self._server = ThreadingHTTPServer(("127.0.0.1", free_port()), partial(_Files, directory=str(folder)))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def write_notebook(self, name: str, cells: list[str]) -> None:
        """Put a notebook among those of the site."""
        notebook = nbformat.v4.new_notebook(metadata=PYTHON)
        notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(notebook, self.site / "files" / name)
        listing = self.site / "api" / "contents" / "all.json"
        listed = json.loads(listing.read_text())
        listed["content"].append({**listed["content"][0], "name": name, "path": name})
        listing.write_text(json.dumps(listed))


class LiteNotebook(Notebook):
    """A notebook in JupyterLite: its files and its kernel are in the page.

    Args:
        lite: The site.
        window: Where the tab is.
        cells: Their code; of none, the site's own notebook at the address is opened.
        address: Where in the site it is opened.
        page: An empty tab; else there is a new one.
    """

    def __init__(
        self,
        lite: JupyterLite,
        window: Window,
        cells: list[str] | None = None,
        address: str = "lab/index.html?path={name}",
        page: Page | None = None,
    ) -> None:
        self._address = address
        super().__init__(lite, window, cells or [], page)  # type: ignore[arg-type]

    def close(self) -> None:
        self.page.close()

    def _open(self, *, load: bool = True) -> None:
        self.page.set_viewport_size(self.window.size)
        self.page.goto(f"{self.lab.url}/{self._address.format(name=self.name)}")
        self.name = self._address.format(name=self.name).partition("?path=")[2]
        self._wait_until_open()


class _Files(SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_: Any) -> None:
        """It is not asked for."""
