"""What a panel must know of the notebook's kernel: when cells run, and who hears the page meanwhile.

IPython's names alone are used here; outside a notebook all of it is quietly nothing.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, partial
from threading import Thread, current_thread, main_thread
from time import monotonic
from typing import Any
from weakref import WeakMethod

from .._runtime import loop
from .._runtime.waiting import Event

_JUST_NOW = 0.1
_VIEW = "application/vnd.jupyter.widget-view+json"
_PATIENCE = 0.5  # seconds after an interrupt in which a page's messages may come to their end: ours are quick
_NULL: Any = getattr(sys.modules.get("pyodide.ffi"), "jsnull", None)  # in JupyterLite alone
_AT_ONCE = 20  # messages handled in one look; a page sends a few a second


def shell() -> Any:
    """Return IPython's shell if this is a notebook's kernel, else None."""
    from IPython import get_ipython

    found = get_ipython()  # type: ignore[no-untyped-call, unused-ignore]
    return found if getattr(found, "kernel", None) is not None else None


def cells_block_the_page() -> bool:
    """Whether messages from the page wait while a cell runs; kernels with subshells hear them in a thread."""
    found = shell()
    if found is None:
        return False
    features = getattr(found.kernel, "kernel_info", {}).get("supported_features", ())
    return "kernel subshells" not in features


@contextmanager
def hearing_the_page() -> Iterator[Callable[[], object]]:
    """In a running cell, give a function that handles what the page has sent meanwhile."""
    with ExitStack() as stack:
        hear: Callable[[], object] = _nothing
        if loop.has_thread() and _in_a_cell() and cells_block_the_page():
            from jupyter_ui_poll import ui_events

            with suppress(ValueError):  # the user's own loop handles the page's messages already
                poll = stack.enter_context(events := ui_events())
                # They are handled in a thread of their own, while this one waits for them.
                hear = partial(_hear, partial(poll, _AT_ONCE), getattr(events._aproc, "_thread", None))
        yield hear


def _hear(poll: Callable[[], object], handling: Thread | None) -> None:
    """Handle what the page has sent; a handler of the user's that does not end is ended by an interrupt."""
    over = Event()

    def end_handling() -> None:
        import ctypes  # hosts without threads may have none

        while handling is not None and not over.wait(_PATIENCE):
            thread, error = ctypes.c_ulong(handling.ident or 0), ctypes.py_object(KeyboardInterrupt)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, error)

    with _interrupts_held_back(lambda: Thread(target=end_handling, daemon=True).start()):
        try:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()  # else the kernel takes what the cell has printed for the handlers' own
            poll()
        finally:
            over.set()


@contextmanager
def _interrupts_held_back(at_each: Callable[[], object]) -> Iterator[None]:
    """Raise an interrupt only at the end: within its poll it would leave jupyter_ui_poll half-way."""
    former = signal.getsignal(signal.SIGINT)
    if not callable(former):
        yield
        return
    came: list[Any] = []

    def remember(*signal_and_frame: Any) -> None:
        came.append(signal_and_frame)
        at_each()

    signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
        if came:
            former(*came[0])


def hear_at_any_time(comm: Any) -> None:
    """Have ipykernel 7.4 hear the page on this comm in a thread of its own, also while a cell runs.

    By itself it would hear a page in the subshell that last published on the comm: from a thread there is
    none, and clicks would be lost; and a front end that has no subshells, as VS Code's, in the cells' thread.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, default: default or _own_subshell()


@cache
def _own_subshell() -> str | None:
    """Return the name of a subshell for pages that have none; in ipykernel's thread that may make one."""
    with suppress(Exception):
        return str(shell().kernel.shell_channel_thread.manager._create_subshell())
    return None


def told(value: Any, _: object = None) -> Any:
    """Return what is to be sent as the page is to have it: Pyodide would leave out whatever is None."""
    return value if _NULL is None else _replaced(value, None, _NULL)


def heard(value: Any) -> Any:
    """Return what a page has sent as other kernels have it: Pyodide's null is not None."""
    return value if _NULL is None else _replaced(value, _NULL, None)


def _replaced(value: Any, old: Any, new: Any) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(each, old, new) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_replaced(each, old, new) for each in value]
    return new if value is old else value


def _in_a_cell() -> bool:
    # In the handler of a page's message there is no cell whose end jupyter_ui_poll could wait for.
    found = shell()
    if found is None or current_thread() is not main_thread():
        return False
    return bool(found.parent_header.get("header", {}).get("msg_type") == "execute_request")


def _nothing(*_: object) -> None:
    """Nobody waits."""


class Cells:
    """Hears the notebook's cells begin, display widgets and end, in the main thread."""

    def __init__(self) -> None:
        self._ends: list[WeakMethod[Callable[[], object]]] = []
        self._displayed: Callable[[str | None], object] = _nothing
        self._began = self._ended = monotonic()
        self._heard: Any = None

    def at_each_end(self, call: Callable[[], object]) -> None:
        """Call a bound method at the end of every cell, until its object is gone or it is forgotten."""
        self._hear()
        if WeakMethod(call) not in self._ends:
            self._ends.append(WeakMethod(call))

    def forget(self, call: Callable[[], object] | None) -> None:
        self._ends = [end for end in self._ends if end() not in (None, call)]

    def at_each_display(self, call: Callable[[str | None], object]) -> None:
        """Call with the model's name of each widget that is displayed, and with None as a cell ends."""
        self._hear()
        self._displayed = call

    def _hear(self) -> None:
        found = shell()
        if found is None or self._heard is found:
            return
        self._heard = found
        self._begin()
        found.events.register("pre_run_cell", self._begin)
        found.events.register("post_run_cell", self._end)
        if hasattr(found.display_pub, "register_hook"):  # ipykernel's alone
            found.display_pub.register_hook(self._publish)

    @property
    def just_ended(self) -> float:
        """Seconds that the cell took which has ended just now; 0 if none has."""
        return self._ended - self._began if monotonic() - self._ended < _JUST_NOW else 0.0

    def _begin(self, *_: object) -> None:
        self._began = monotonic()

    def _publish(self, message: dict[str, Any]) -> dict[str, Any]:
        view = message["content"].get("data", {}).get(_VIEW)
        if view is not None:
            with suppress(Exception):
                self._displayed(view["model_id"])
        return message

    def _end(self, cell: Any = None) -> None:
        self._ended = monotonic()
        with suppress(Exception):
            # A cell's last line is displayed by another way, of which not every kernel tells.
            name = getattr(getattr(cell, "result", None), "model_id", None)
            if isinstance(name, str):
                self._displayed(name)
            self._displayed(None)
        for call in [end() for end in self._ends]:
            if call is not None:
                with suppress(Exception):  # a panel's fault must not show in every cell's output
                    call()
        self.forget(None)


cells = Cells()


def display(bundle: Mapping[str, str], **options: Any) -> None:
    from IPython.display import display

    display(bundle, raw=True, **options)  # type: ignore[no-untyped-call, unused-ignore]


def when_idle(call: Callable[[], object]) -> bool:
    """Call in the kernel's main thread once no cell runs; False where there is no way to.

    In a host without threads no cell runs now, or it waits for what is done now.
    """
    if not loop.has_thread():
        call()
        return True
    found = shell()
    io_loop = getattr(found.kernel, "io_loop", None) if found is not None else None
    if io_loop is None:
        return False
    io_loop.add_callback(call)
    return True
