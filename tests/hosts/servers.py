"""The hosts: each serves the same panel, and knows how a person opens it and switches its theme."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.request import urlopen

import nbformat
from playwright.sync_api import Locator, Page

from ..support.ending import end
from ..support.ports import free_port
from ..support.waiting import eventually

CELL = "from picopanel import PicoPanel\npanel = PicoPanel.demo()\npanel"
MARIMO = """
import marimo
app = marimo.App()


@app.cell
def _():
    import marimo as mo
    from picopanel import PicoPanel
    panel = PicoPanel.demo()
    mo.ui.anywidget(panel)
    return
"""


IN_A_BOX = CELL.removesuffix("panel") + "import ipywidgets\nipywidgets.VBox([panel])"
IN_A_STACK = MARIMO.replace("mo.ui.anywidget(panel)", "mo.hstack([mo.ui.anywidget(panel)])")


class Host:
    """A server in a world of its own: temporary home and folders, loopback only.

    Args:
        folder: Where all of it goes.
    """

    command: Sequence[str]
    ready = "/"
    cell = CELL

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write()

    def start(self) -> "Host":
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [part.format(port=self.port, folder=self.folder) for part in self.command]
        # marimo takes its cells for tests when it finds pytest in its surroundings.
        environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=self.folder,
                env={**environment, "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)},
                stdout=log,
                stderr=log,
            )
        eventually(self._answers, f"{command[0]} answers", within=120, seen=self.log)
        return self

    def write(self) -> None:
        """Write the notebook."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(self.cell)])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, self.folder / "panel.ipynb")

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    def close(self) -> None:
        end(self._process)

    def open(self, page: Page) -> Locator:
        """Open the notebook and return the place of its panel."""
        page.goto(self.url)
        return page.locator(".picopanel")

    def reload(self, page: Page) -> Locator:
        """Reload the page, and return the place of the panel that is there then."""
        page.reload()
        return page.locator(".picopanel")

    def darken(self, page: Page) -> Locator:
        """Switch to the dark theme, and return the place of the panel."""
        raise NotImplementedError

    def _answers(self) -> bool:
        assert self._process.poll() is None, f"it has ended: {self.log()}"
        try:
            return urlopen(self.url + self.ready, timeout=5).status == 200
        except OSError:
            return False


OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--expose-app-in-browser",
    "--ServerApp.port={port}",
    "--ServerApp.port_retries=0",
    "--ServerApp.ip=127.0.0.1",
    "--IdentityProvider.token=",
    "--ServerApp.root_dir={folder}",
)


class Lab(Host):
    """JupyterLab."""

    command = ("jupyterlab", *OPTIONS)
    ready = "/api"
    path = "/lab/tree/panel.ipynb"

    def open(self, page: Page) -> Locator:
        page.goto(self.url + self.path)
        page.wait_for_function(
            "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        return page.locator(".picopanel")

    def reload(self, page: Page) -> Locator:
        page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        return super().reload(page)

    def darken(self, page: Page) -> Locator:
        page.evaluate("jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
        return page.locator(".picopanel")


class Notebook7(Lab):
    """Jupyter Notebook 7."""

    command = ("notebook", *OPTIONS)
    path = "/notebooks/panel.ipynb"


class Voila(Host):
    """Voilà: a notebook as a page, with a kernel for each visit."""

    command = ("voila", "panel.ipynb", "--no-browser", "--port={port}", "--Voila.ip=127.0.0.1")
    ready = "/static/voila/style.css"

    def _answers(self) -> bool:
        return f"127.0.0.1:{self.port}" in self.log()

    def darken(self, page: Page) -> Locator:
        page.goto(f"{self.url}/?theme=dark")
        return page.locator(".picopanel")


class Marimo(Host):
    """marimo, which shows a widget in a shadow root."""

    cell = MARIMO
    command = ("marimo", "run", "app.py", "--headless", "--no-token", "--host=127.0.0.1", "--port={port}")
    ready = "/health"

    def write(self) -> None:
        (self.folder / "app.py").write_text(self.cell)
        (self.folder / "pyproject.toml").write_text('[tool.marimo.display]\ntheme = "system"\n')

    def darken(self, page: Page) -> Locator:
        page.emulate_media(color_scheme="dark")
        return page.locator(".picopanel")


class VoilaBox(Voila):
    """Voilà, with the panel in a box."""

    cell = IN_A_BOX


class MarimoStack(Marimo):
    """marimo, with the panel in a stack."""

    cell = IN_A_STACK
