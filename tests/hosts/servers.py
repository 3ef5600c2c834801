"""The hosts: each serves the same cells, and knows how a person opens them and switches its theme."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen

import nbformat
from playwright.sync_api import Locator
from typing_extensions import Self

from ..support.ending import end
from ..support.jupyter import JupyterLab
from ..support.jupyter import Notebook7 as Notebook7Server
from ..support.notebook import Notebook
from ..support.ports import free_port
from ..support.waiting import eventually
from .behaviours import cells
from .seat import Seat

CELL = cells("")["panel"]
RUN_BY_HAND = ("running", "waiting")
"""Cells that only a host where cells are run by hand can have."""
NOTHING_RUNS = "its page shows what cells have left when they are over"
numbers = itertools.count(1)
SERVED = (
    "--allow-root",
    "--ServerApp.port={port}",
    "--ServerApp.port_retries=0",
    "--ServerApp.ip=127.0.0.1",
    "--IdentityProvider.token=",
    "--ServerApp.root_dir={folder}",
)
"""Options of a Jupyter server that is a `Host`."""


class Host:
    """A server in a world of its own: temporary home and folders, loopback only.

    Args:
        folder: Where all of it goes.
    """

    command: Sequence[str]
    ready = "/"

    name: str
    package: str
    """Whose version is told."""
    seat: type[Seat]
    browsers: Sequence[str] = ("Chromium", "Firefox", "WebKit")
    """Those in which it is looked at."""
    python: Path | str = sys.executable
    cannot: Mapping[str, str] = {}
    """Behaviours that it cannot have at all, and why."""
    has_story = True
    """Whether `make test` looks at some of them; it has others for who has not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self) -> Self:
        self.write()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [part.format(port=self.port, folder=self.folder) for part in self.command]
        # marimo takes its cells for tests when it finds pytest in its surroundings.
        environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self.python, "-m", *command],
                cwd=self.folder,
                env={**environment, "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)},
                stdout=log,
                stderr=log,
            )
        eventually(self._answers, f"{command[0]} answers", within=120, seen=self.log)
        return self

    def write(self) -> None:
        """Write what is served."""

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    def close(self) -> None:
        end(self._process)

    @property
    def version(self) -> str:
        return version(self.package)

    def _answers(self) -> bool:
        assert self._process.poll() is None, f"it has ended: {self.log()}"
        try:
            return bool(urlopen(self.url + self.ready, timeout=5).status == 200)
        except OSError:
            return False


# Jupyter's own


THEMES = {
    "": "JupyterLab Light",
    "dark": "JupyterLab Dark",
    "high contrast": "JupyterLab Dark High Contrast",
}


class JupyterSeat(Seat):
    """A notebook in JupyterLab or Notebook 7, whose cells are run by hand."""

    host: Jupyter
    looks = ("dark", "high contrast")

    def open(self) -> None:
        gate = self.host.folder / f"gate{next(numbers)}"
        sources = cells(str(gate))
        self._gate, self._nth = gate, {name: nth for nth, name in enumerate(sources)}
        self.book = Notebook(self.host.server, self.window, list(sources.values()), self.page)

    def place(self, cell: str) -> Locator:
        return self.book.outputs(self._nth[cell])

    def run(self, cell: str) -> None:
        self._gate.unlink(missing_ok=True)
        self.book.run(self._nth[cell])

    def run_to_end(self, cell: str) -> str:
        return self.book.run_to_end(self._nth[cell])

    def runs(self, cell: str) -> bool:
        return self.book.runs(self._nth[cell])

    def end(self, cell: str) -> None:
        self._gate.touch()
        self.eventually(lambda: not self.runs(cell), "the cell ends")

    def cells(self) -> int:
        return self.book.cells

    def reload(self) -> None:
        self.book.save()
        self.book.reload()

    def file(self, name: str) -> bytes:
        return (self.host.server.root / name).read_bytes()

    def wear(self, look: str) -> None:
        self.book.theme(THEMES[look])

    def close(self) -> None:
        self._gate.touch()
        super().close()
        self.host.server.end_kernel(self.book.name)


class Jupyter(Host):
    server_of: type[JupyterLab]
    seat = JupyterSeat

    def start(self) -> Self:
        self.server = self.server_of(self.folder).start()
        return self

    def close(self) -> None:
        self.server.stop()


class Lab(Jupyter):
    name, package = "JupyterLab", "jupyterlab"
    server_of = JupyterLab


class Notebook7(Jupyter):
    name, package = "Notebook 7", "notebook"
    server_of = Notebook7Server


# Pages on which all cells have been run


class PageSeat(Seat):
    """A page that shows what all cells have left."""

    host: PageHost
    outputs: str
    """A selector of the cells' outputs."""

    def open(self) -> None:
        self.page.goto(self.host.url)

    def place(self, cell: str) -> Locator:
        return self.page.locator(self.outputs).nth(list(self.host.sources).index(cell))


class PageHost(Host):
    instead: Mapping[str, str] = {}
    """Cells with another content than usual."""
    cannot = dict.fromkeys(("draws while its cell runs", "click in a running cell"), NOTHING_RUNS)

    @property
    def sources(self) -> dict[str, str]:
        """The cells by name, in their order."""
        usual = {name: each for name, each in cells("").items() if name not in RUN_BY_HAND}
        return usual | self.instead


class VoilaSeat(PageSeat):
    outputs = ".jp-Cell"
    looks = ("dark",)

    def wear(self, look: str) -> None:
        self.page.goto(f"{self.host.url}/?theme={look}" if look else self.host.url)


class Voila(PageHost):
    """A notebook as a page, with a kernel for each visit."""

    name, package = "Voilà", "voila"
    seat = VoilaSeat
    command = ("voila", "panel.ipynb", "--no-browser", "--port={port}", "--Voila.ip=127.0.0.1")

    def write(self) -> None:
        sources = [nbformat.v4.new_code_cell(each) for each in self.sources.values()]
        notebook = nbformat.v4.new_notebook(cells=sources)
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, self.folder / "panel.ipynb")

    def _answers(self) -> bool:
        return f"127.0.0.1:{self.port}" in self.log()


class MarimoSeat(PageSeat):
    outputs = "[id^=output-]"

    @contextmanager
    def dressed(self, look: str) -> Iterator[Seat]:
        """Another visitor's panel closes this one's, for all share a process: this page is opened anew."""
        with super().dressed(look) as seat:
            yield seat
        if seat is not self:
            self.open()


class Marimo(PageHost):
    """An app, which shows a widget in a shadow root; all its visitors share one process."""

    name, package = "marimo", "marimo"
    seat = MarimoSeat
    command = ("marimo", "run", "app.py", "--headless", "--no-token", "--host=127.0.0.1", "--port={port}")
    ready = "/health"
    shows = "mo.ui.anywidget({})"

    def write(self) -> None:
        app = "import marimo\napp = marimo.App()\n"
        for name, source in self.sources.items():
            *lines, last = source.splitlines()
            if name == "panel":
                lines.insert(0, "import marimo as mo")
            shown = last if name in ("still", "saved") else self.shows.format(last)
            app += "\n".join(["\n@app.cell", "def _():", *("    " + it for it in [*lines, shown])]) + "\n"
        (self.folder / "app.py").write_text(app)
        (self.folder / "pyproject.toml").write_text('[tool.marimo.display]\ntheme = "system"\n')


HOSTS: dict[str, type[Host]] = {host.name: host for host in (Lab, Notebook7, Voila, Marimo)}
