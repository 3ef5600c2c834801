"""The one loop: one background thread of this process owns all that is known; it does one thing at a time.

So nothing in it needs a lock, and an interrupt in a cell leaves nothing half-way. Whoever is elsewhere
posts what is to be done, or asks and waits: the user's cell, the page's handlers, observers. A host
without threads (JupyterLite) has the same functions; there, whoever waits or passes by does what is due.
"""

from __future__ import annotations

import _thread
import heapq
import importlib
import os
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from functools import cache, partial
from itertools import count
from threading import Lock, Thread, get_ident
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .waiting import EndsAtTheUsersLine, Event

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")

_GAP = 0.02  # seconds between two looks of who waits on a host without threads


class Handle(Protocol):
    """Something that is to be called."""

    def cancel(self) -> None: ...


def post(call: Callable[..., object], *arguments: object) -> None:
    """Have something done by the loop, soon, and go on; from any thread."""
    _the().post(partial(call, *arguments))


def soon(call: Callable[[], object]) -> None:
    """Have something done, after what is due already; in the loop only."""
    _the().soon(call)


def ask(call: Callable[..., T], *arguments: Any, **more: Any) -> T:
    """Have something done by the loop, and return what it returns or raise what it raises; from any thread.

    It is done, whole, also where an interrupt ends the waiting.

    Raises:
        RuntimeError: There is no loop any more: the program ends, or this is a process that was forked off.
    """
    it = _the()
    if it.is_here():
        return call(*arguments, **more)
    if it.has_ended():
        raise RuntimeError("PicoPanel goes on in the process that began it, and ends with it.")
    settled, answers, errors = Event(), list[T](), list[BaseException]()

    def settle() -> None:
        try:
            answers.append(call(*arguments, **more))
        except BaseException as error:
            errors.append(error)
        settled.set()

    it.post(settle)
    with EndsAtTheUsersLine():
        settled.wait()
    if errors:
        raise errors.pop()  # not kept here: its traceback holds this frame, and so all that was asked
    return answers[0]


def later(seconds: float, call: Callable[[], object]) -> Handle:
    """Have something done; in the loop only."""
    return _the().later(seconds, call)


def aside(work: Callable[[], T], then: Callable[[T | Exception], object]) -> None:
    """Do what may block (a name, a connection, a file) in a thread of its own, then give the loop the result.

    `work` touches nothing that the loop owns; `then` gets, in the loop, what it has returned or raised.
    """

    def do() -> None:
        try:
            result: T | Exception = work()
        except Exception as error:
            result = error
        post(then, result)

    try:
        Thread(target=do, name="picopanel-aside", daemon=True).start()
    except RuntimeError as error:  # no more threads
        post(then, error)


def wait(done: Event, seconds: float | None) -> bool:
    """Wait for an event, and say whether it has come; anywhere but in the loop."""
    with EndsAtTheUsersLine():
        return _the().wait(done, seconds)


def until(is_so: Callable[[], object], seconds: float, pause: Callable[[float], object] = time.sleep) -> bool:
    """Wait until something is so, as is asked in the loop, for so many seconds; anywhere but in the loop."""
    end = time.monotonic() + seconds
    while not ask(is_so) and time.monotonic() < end:
        pause(0.05)
    return bool(ask(is_so))


def sockets() -> asyncio.AbstractEventLoop:
    """Return what watches sockets, with asyncio's `add_reader` and its kin; in the loop only."""
    it = _the()
    assert isinstance(it, _Threaded), "there are no sockets without threads"
    return it.asyncio


def pass_by() -> None:
    """Do what is due on a host without threads; elsewhere there is nothing to do."""
    _the().pass_by()


def has_ended() -> bool:
    """Whether it will do nothing any more, so that whoever asked would wait for ever."""
    return "loop" in _only and _the().has_ended()


def has_thread() -> bool:
    """Whether this host can start threads, and so has sockets."""
    return isinstance(_the(), _Threaded)


def hears_while_it_waits() -> bool:
    """Whether what comes from outside comes in while somebody waits here; timers do everywhere."""
    it = _the()
    return isinstance(it, _Threaded) or it.gives_way()


class _Threaded:
    """An asyncio loop in a thread that lives as long as the process."""

    def __init__(self) -> None:
        import asyncio  # `import picopanel` goes without

        # The loop that Windows has otherwise cannot watch sockets.
        self.asyncio = asyncio.SelectorEventLoop()
        self.asyncio.set_exception_handler(_tell)
        # What is posted in a cell must not be taken for that cell's for ever, as its context says.
        self._context = Context()
        self._process = os.getpid()
        self._thread = Thread(target=self._run, name="picopanel-loop", daemon=True)
        self._thread.start()

    def is_here(self) -> bool:
        return get_ident() == self._thread.ident

    def has_ended(self) -> bool:
        # Not `is_alive`: an interrupt in it has Python take a thread for ended that is not.
        return sys.is_finalizing() or os.getpid() != self._process

    def post(self, call: Callable[[], object]) -> None:
        self.asyncio.call_soon_threadsafe(call, context=self._context)

    def soon(self, call: Callable[[], object]) -> None:
        self.asyncio.call_soon(call)

    def later(self, seconds: float, call: Callable[[], object]) -> Handle:
        assert self.is_here(), "timers belong to the loop"
        return self.asyncio.call_later(seconds, call)

    def wait(self, done: Event, seconds: float | None) -> bool:
        if self.is_here():
            raise RuntimeError(
                "What the loop itself calls, such as a virtual board's sensor, cannot wait for it."
            )
        return done.wait(seconds)

    def pass_by(self) -> None:
        """It goes on by itself."""

    def _run(self) -> None:
        while True:
            try:
                self.asyncio.run_forever()
            except BaseException:  # a `sys.exit()` in what it calls ends nothing
                traceback.print_exc(file=sys.__stderr__)


class Stepped:
    """What takes the thread's place where there is none, and in tests that hand in the time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._order = count()
        self._due: list[tuple[float, int, _Call]] = []
        self._host: asyncio.AbstractEventLoop | None = None
        self._host_at = float("inf")  # when it passes by

    def is_here(self) -> bool:
        return True  # there is nowhere else

    def has_ended(self) -> bool:
        return False

    def post(self, call: Callable[[], object]) -> None:
        self.later(0, call)

    soon = post

    def later(self, seconds: float, call: Callable[[], object]) -> Handle:
        handle = _Call(call)
        heapq.heappush(self._due, (self._clock() + seconds, next(self._order), handle))
        self._tell_host()
        return handle

    def wait(self, done: Event, seconds: float | None) -> bool:
        """Do what is due until an event has come, or for so long; say whether it has."""
        end = float("inf") if seconds is None else self._clock() + seconds
        self.pass_by()
        while not done.is_set() and (left := end - self._clock()) > 0:
            self._let_pass(min(left, _GAP))
            self.pass_by()
        return done.is_set()

    def gives_way(self) -> bool:
        """Whether the host's loop goes on while Python waits here: its browser can switch stacks (JSPI)."""
        found = _pyodide()
        return found is not None and bool(found.can_run_sync())

    def _let_pass(self, seconds: float) -> None:
        if self.gives_way():
            import asyncio

            _pyodide().run_sync(asyncio.sleep(seconds))
        else:
            time.sleep(seconds)

    def pass_by(self) -> None:
        now = self._clock()
        while self._due and self._due[0][0] <= now:
            handle = heapq.heappop(self._due)[2]
            if handle.call is not None:
                safely(handle.call)
        self._tell_host()

    def _tell_host(self) -> None:
        """Have the host's loop pass by when the next is due, where one runs: between cells, say."""
        if not self._due or self._due[0][0] >= self._host_at:
            return
        host = self._running_host()
        if host is not None:
            self._host_at = self._due[0][0]
            host.call_later(max(0.0, self._host_at - self._clock()), self._passed_by_host)

    def _running_host(self) -> asyncio.AbstractEventLoop | None:
        import asyncio

        with suppress(RuntimeError):
            self._host = asyncio.get_running_loop()
        # Pyodide runs what an event of the page calls on a stack that knows no loop: it is the same one.
        return self._host if self._host is not None and self._host.is_running() else None

    def _passed_by_host(self) -> None:
        self._host_at = float("inf")
        self.pass_by()


class _Call:
    __slots__ = ("call",)

    def __init__(self, call: Callable[[], object]) -> None:
        self.call: Callable[[], object] | None = call

    def cancel(self) -> None:
        self.call = None


def safely(call: Callable[..., object], *arguments: object) -> None:
    """Call what belongs to one of many: if it is faulty, that is printed, and ends nothing for the others."""
    try:
        call(*arguments)
    except Exception:
        traceback.print_exc(file=sys.__stderr__)


@cache
def _pyodide() -> Any:
    """Return what switches stacks in a browser's Python; None elsewhere."""
    with suppress(ImportError):
        return importlib.import_module("pyodide.ffi")
    return None


def _tell(_: object, what: dict[str, Any]) -> None:
    traceback.print_exception(what.get("exception"), file=sys.__stderr__)


_only: dict[str, _Threaded | Stepped] = {}
_beginning = Lock()


def _the() -> _Threaded | Stepped:
    if "loop" in _only:
        return _only["loop"]
    begun, errors = Event(), list[Exception]()
    try:
        # An interrupt comes to the main thread alone: what another one begins is whole, and found again.
        _thread.start_new_thread(_begin, (begun, errors))
    except RuntimeError:  # no thread starts here (Pyodide)
        return _only.setdefault("loop", Stepped())
    begun.wait()
    if errors:
        raise errors.pop()
    return _only["loop"]


def _begin(begun: Event, errors: list[Exception]) -> None:
    try:
        with _beginning:
            if "loop" not in _only:
                _only["loop"] = _Threaded()
    except Exception as error:
        errors.append(error)
    begun.set()
