"""A Jupyter server that has loaded us holds no message back."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

from picopanel._page.server import _load_jupyter_server_extension

SETTING = "kernel_websocket_connection_class"


class Connection:
    """What `jupyter_server` makes for each kernel's page."""

    def __init__(self, handler: WebSocketHandler) -> None:
        self.websocket_handler = handler
        self.connected = False

    def connect(self) -> str:
        self.connected = True
        return "connected"


class Server:
    """A server as an extension sees it."""

    def __init__(self, **settings: object) -> None:
        self.web_app = Application([], **settings)


def test_the_servers_side_of_a_kernels_connection_sends_at_once() -> None:
    loaded = Server(**{SETTING: Connection})
    _load_jupyter_server_extension(loaded)
    opened: list[tuple[int, Connection, str]] = []

    class Kernel(WebSocketHandler):
        def open(self) -> None:
            connection = loaded.web_app.settings[SETTING](self)
            answer = connection.connect()
            stream = self.ws_connection.stream
            opened.append(
                (stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), connection, answer)
            )
            self.write_message("open")

    async def visit() -> None:
        listening, port = bind_unused_port()
        server = HTTPServer(Application([("/", Kernel)]))
        server.add_socket(listening)
        page = await websocket_connect(f"ws://127.0.0.1:{port}/")
        assert await page.read_message() == "open"
        page.close()
        server.stop()

    with ThreadPoolExecutor() as elsewhere:  # a browser's tests leave a loop running in this thread
        elsewhere.submit(lambda: asyncio.run(visit())).result()
    ((undelayed, connection, answer),) = opened
    assert undelayed, "Nagle's algorithm is on"
    assert isinstance(connection, Connection), "it is not of the class that the server has chosen"
    assert connection.connected, "the connection itself is not made"
    assert answer == "connected"


def test_a_server_without_such_connections_is_left_alone() -> None:
    server = Server()
    before = dict(server.web_app.settings)
    _load_jupyter_server_extension(server)
    assert server.web_app.settings == before
