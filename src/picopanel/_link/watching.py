"""What tells a connection that its socket can be read or written; in the loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from .._runtime.loop import sockets

Call = Callable[[], object]


class Watch(Protocol):
    """Calls again and again while there is something to read, or room to write, until it is told None."""

    def when_readable(self, call: Call | None) -> None: ...
    def when_writable(self, call: Call | None) -> None: ...


class Selected:
    """A socket that the loop's selector watches, by its number: a closed one tells it no more."""

    def __init__(self, number: int) -> None:
        self._number = number

    def when_readable(self, call: Call | None) -> None:
        if call is None:
            sockets().remove_reader(self._number)
        else:
            sockets().add_reader(self._number, call)

    def when_writable(self, call: Call | None) -> None:
        if call is None:
            sockets().remove_writer(self._number)
        else:
            sockets().add_writer(self._number, call)


def watch(connection: Any) -> Watch:
    """Return what tells of a connection: itself, if it is a page's."""
    return connection if hasattr(connection, "when_readable") else Selected(connection.fileno())
