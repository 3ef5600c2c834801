"""Keeps a Jupyter server from holding a kernel's messages back on their way to the page.

Jupyter's server leaves Nagle's algorithm on: a small message waits until the browser's system has
acknowledged the one before, which it puts off for 40 ms or more. One panel hardly notices; of several,
all but the first are late. The server loads this because `server.json` is installed among its settings;
`jupyter server extension disable picopanel` turns it off.
"""

from __future__ import annotations

from typing import Any

_SETTING = "kernel_websocket_connection_class"


def _load_jupyter_server_extension(server: Any) -> None:
    """Have every kernel's connection send at once. What has no such connections is left alone."""
    settings = server.web_app.settings
    connection: Any = settings.get(_SETTING)
    if connection is None:
        return

    class PromptConnection(connection):  # type: ignore[misc]
        def connect(self) -> Any:
            self.websocket_handler.set_nodelay(True)
            return super().connect()

    settings[_SETTING] = PromptConnection
