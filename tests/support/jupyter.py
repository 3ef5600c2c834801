"""A real JupyterLab server in a world of its own: temporary home, settings and folders; loopback only."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import nbformat

from .ending import end
from .ports import free_port
from .waiting import eventually

TOKEN = "test-token"

# Runs in every kernel before the first cell. A tried way out of loopback is refused and written down.
LOOPBACK_ONLY = """
import sys
def _loopback_only(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if host not in (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", b"localhost", b"127.0.0.1"):
        with open({escapes!r}, "a") as file:
            file.write(f"{{event}} {{host}}\\n")
        raise PermissionError(f"The tests allow loopback only, not {{host}}.")
sys.addaudithook(_loopback_only)
"""


class JupyterLab:
    """A server with its notebooks' folder `root`."""

    program = "jupyterlab"
    options: tuple[str, ...] = (
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    )

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "notebooks"
        self.root.mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._escapes = folder / "escapes"
        startup = folder / "ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True)
        (startup / "00-loopback-only.py").write_text(LOOPBACK_ONLY.format(escapes=str(self._escapes)))
        settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text(
            '{"fetchNews": "false", "checkForUpdates": false}'
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "JupyterLab":
        command = [sys.executable, "-m", self.program, "--no-browser", "--expose-app-in-browser"]
        command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={self.root}"]
        command += [f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"]
        command += self.options
        if os.geteuid() == 0:
            command.append("--allow-root")
        with (self.folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(command, env=self._environment(), stdout=log, stderr=log)
        eventually(self._answers, "JupyterLab answers", within=120, seen=lambda: self.log[-2000:])
        return self

    def stop(self) -> None:
        if self._process:
            end(self._process)

    def address(self, name: str) -> str:
        """Where a page opens a notebook."""
        return f"{self.url}/lab/workspaces/{name[:-6]}/tree/{name}?token={TOKEN}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    @property
    def escapes(self) -> list[str]:
        """What kernels have tried to reach beside loopback."""
        return self._escapes.read_text().splitlines() if self._escapes.exists() else []

    def write_notebook(self, name: str, cells: list[str]) -> Path:
        """Write a notebook of code cells."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        path = self.root / name
        nbformat.write(notebook, path)
        return path

    def end_kernel(self, name: str) -> None:
        """Shut down the kernel of a notebook, if it has one."""
        for session in self._ask("sessions"):
            if session["path"] == name:
                self._ask(f"sessions/{session['id']}", "DELETE")

    def _environment(self) -> dict[str, str]:
        folders = {
            "HOME": "home",
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        return {**os.environ, **{name: str(self.folder / each) for name, each in folders.items()}}

    def _answers(self) -> bool:
        assert self._process and self._process.poll() is None, f"JupyterLab has ended:\n{self.log[-2000:]}"
        try:
            return bool(self._ask("status"))
        except OSError:
            return False

    def _ask(self, what: str, method: str = "GET") -> Any:
        request = Request(
            f"{self.url}/api/{what}", method=method, headers={"Authorization": f"token {TOKEN}"}
        )
        with urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or "null")


class Notebook7(JupyterLab):
    """A server of Jupyter Notebook 7."""

    program = "notebook"
    options = ()

    def address(self, name: str) -> str:
        return f"{self.url}/notebooks/{name}?token={TOKEN}"
