"""Colab's page in front of a kernel: sandboxed frames, and updates from threads dropped between cells."""

import asyncio
import base64
import json
from pathlib import Path
from threading import Event, Thread
from typing import Any

from jupyter_client import AsyncKernelClient
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

from ...support.npm import HTML_MANAGER, REQUIREJS, npm_file

HERE = Path(__file__).parent
FILES = {
    **{name: HERE / name for name in ("outer.html", "outer.js", "frame.html", "frame.js")},
    "require.js": npm_file(REQUIREJS, "require.js"),
    "libembed-amd.js": npm_file(HTML_MANAGER, "dist/libembed-amd.js"),
    "anywidget.js": npm_file("anywidget@0.9.21", "dist/index.js"),
}
OUTPUTS = ("comm_open", "comm_msg", "display_data", "execute_result")


class Colab:
    """Serves the page, and passes messages between it and a kernel.

    Args:
        connection: The kernel's connection file.
    """

    def __init__(self, connection: str) -> None:
        self.url = ""
        self.dropping = True
        """Whether updates from threads are dropped while no message of the page is being handled."""
        self.dropped = 0
        self.socket: Socket | None = None
        self._connection = connection
        self._open: set[str] = set()
        """The requests that the kernel is working on: a cell may handle the page's messages within itself."""
        self._cells: dict[str, str] = {}
        self.over: set[str] = set()
        """The cells that have come to their end."""
        self._loop = asyncio.new_event_loop()
        self._ready = Event()
        Thread(target=self._run, daemon=True).start()
        assert self._ready.wait(30), "the emulation of Colab starts"

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def from_page(self, message: dict[str, Any]) -> None:
        if "code" in message:
            self._cells[self._client.execute(message["code"])] = message["cell"]
        else:
            content = {"comm_id": message["comm"], "data": message["data"]}
            self._client.shell_channel.send(self._client.session.msg("comm_msg", content))

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._client = AsyncKernelClient(connection_file=self._connection)
        self._client.load_connection_file()
        self._client.start_channels()
        application = Application([("/socket", Socket, {"colab": self}), ("/(.*)", File)])
        self._loop.call_soon(self._listen, application)
        self._loop.create_task(self._hear())
        self._loop.call_soon(self._ready.set)
        self._loop.run_forever()

    def _listen(self, application: Application) -> None:
        sockets = bind_sockets(0, "127.0.0.1")
        HTTPServer(application).add_sockets(sockets)
        self.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/outer.html"

    async def _hear(self) -> None:
        while True:
            message = await self._client.get_iopub_msg()
            kind, content = message["msg_type"], message["content"]
            parent = message["parent_header"].get("msg_id", "")
            if kind == "status":
                if content["execution_state"] == "busy":
                    self._open.add(parent)
                else:
                    self._open.discard(parent)
                if parent in self._cells and parent not in self._open:
                    self.over.add(self._cells[parent])
            elif kind == "comm_msg" and self.dropping and not self._open:
                self.dropped += 1
            elif kind in OUTPUTS and self.socket:
                buffers = [base64.b64encode(buffer).decode() for buffer in message["buffers"]]
                told = {"kind": kind, "cell": self._cells.get(parent), "content": content, "buffers": buffers}
                await self.socket.write_message(json.dumps(told, default=str))


class Socket(WebSocketHandler):
    def initialize(self, colab: Colab) -> None:
        self.colab = colab

    def open(self, *_: str) -> None:
        self.set_nodelay(True)
        self.colab.socket = self

    def on_message(self, message: str | bytes) -> None:
        self.colab.from_page(json.loads(message))


class File(RequestHandler):
    def get(self, name: str) -> None:
        self.set_header("Content-Type", "text/html" if name.endswith("html") else "text/javascript")
        self.write(FILES[name].read_bytes())
