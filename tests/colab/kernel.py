"""A kernel, driven message by message as a notebook's front end does it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_client import BlockingKernelClient, KernelManager
from jupyter_client.kernelspec import KernelSpecManager

from .page import Page

OPEN = "from picopanel import PicoPanel\npanel = PicoPanel.demo()\npanel"
"""A cell that displays a panel on a virtual Pico."""
VIEW = "application/vnd.jupyter.widget-view+json"


class Kernel:
    """A running kernel of some Python.

    Args:
        python: The interpreter.
        folder: For what Jupyter writes.
    """

    def __init__(self, python: Path, folder: Path) -> None:
        spec = folder / "kernels" / "tested"
        spec.mkdir(parents=True)
        argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        (spec / "kernel.json").write_text(
            json.dumps({"argv": argv, "display_name": "tested", "language": "python"})
        )
        specs = KernelSpecManager(kernel_dirs=[str(folder / "kernels")], ensure_native_kernel=False)
        self._manager = KernelManager(kernel_name="tested", kernel_spec_manager=specs)
        self._manager.start_kernel(cwd=str(folder))
        self.client: BlockingKernelClient = self._manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        info = self.client.kernel_info(reply=True, timeout=20)["content"]
        self.has_subshells = "kernel subshells" in info.get("supported_features", ())
        self.pages: list[Page] = []
        self.models: dict[str, dict[str, Any]] = {}
        """The state of every widget, as a front end keeps it."""
        self.outputs: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self._idle: set[str] = set()

    def close(self) -> None:
        self.client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    @property
    def connection_file(self) -> str:
        return str(self._manager.connection_file)

    def interrupt(self) -> None:
        """Do what the stop button does."""
        self._manager.interrupt_kernel()

    def start(self, code: str) -> str:
        """Run a cell without waiting for its end, and return its name."""
        self.outputs.clear()
        return str(self.client.execute(code))

    def run(self, code: str) -> str:
        """Run a cell to its end and return what it printed."""
        cell = self.start(code)
        self.until(lambda: self.over(cell), "the cell comes to its end")
        if self._status(cell) == "aborted":  # a kernel throws away what comes just as a cell fails
            return self.run(code)
        assert not self.errors, f"the cell failed: {self.errors}"
        return "".join(output.get("text", "") for output in self.outputs)

    def _status(self, cell: str) -> object:
        while (reply := self.client.get_shell_msg(timeout=20))["parent_header"].get("msg_id") != cell:
            pass
        return reply["content"].get("status")

    def over(self, cell: str) -> bool:
        """Whether a cell has come to its end."""
        return cell in self._idle

    def display(self) -> str:
        """Return the model's name of the widget that a cell has displayed."""
        return str(
            self.until(
                lambda: next(
                    (o["data"][VIEW]["model_id"] for o in self.outputs if VIEW in o.get("data", {})), None
                ),
                "the cell displays a widget",
            )
        )

    def open_subshell(self) -> str:
        """Ask for a subshell, as JupyterLab does for a widget's messages."""
        message = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(message)
        reply = self.client.get_control_msg(timeout=20)
        return str(reply["content"]["subshell_id"])

    def send(self, comm: str, content: object, subshell: str | None = None) -> None:
        """Send a custom message from the page to a widget."""
        data = {"method": "custom", "content": content}
        message = self.client.session.msg("comm_msg", {"comm_id": comm, "data": data})
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)

    def until(self, look: Callable[[], Any], expected: str, within: float = 40) -> Any:
        """Take what the kernel says until something is true, and return that."""
        end = time.monotonic() + within
        while not (found := look()):
            if time.monotonic() > end:
                pytest.fail(f"expected within {within:g} s that {expected}; errors: {self.errors}", False)
            self._take()
        return found

    def listen(self, seconds: float) -> None:
        """Take what the kernel says for a time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._take()

    def _take(self) -> None:
        if not self.client.iopub_channel.msg_ready():
            time.sleep(0.002)
            return
        message = self.client.get_iopub_msg(timeout=1)
        kind, content = message["msg_type"], message["content"]
        if kind == "status" and content["execution_state"] == "idle":
            self._idle.add(message["parent_header"].get("msg_id", ""))
        elif kind == "error":
            self.errors.append("\n".join(content["traceback"]))
        elif kind in ("stream", "display_data", "execute_result", "update_display_data"):
            cell = message["parent_header"].get("msg_id", "")
            self.outputs.append(content | {"kind": kind, "cell": cell})
        elif kind == "comm_open":
            self.models[content["comm_id"]] = dict(content["data"]["state"])
        elif kind == "comm_msg":
            self._comm(content["comm_id"], content["data"], message["buffers"])

    def _comm(self, comm: str, data: dict[str, Any], buffers: list[bytes]) -> None:
        if data["method"] == "update":
            self.models[comm].update(data["state"])
        for page in self.pages:
            if page.comm == comm and data["method"] == "custom":
                page.hear(data["content"], [bytes(buffer) for buffer in buffers])
