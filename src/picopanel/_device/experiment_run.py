"""An experiment that is under way: one step after the other, in the loop, with the board's own answers."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .._errors import NoAnswer, NotConnected, PicoPanelError
from .._runtime.clock import Timer
from .._runtime.waiting import Event
from .._store.export import OVER
from .._store.files import Tape
from .command import COMMANDS, Command, new_id
from .experiment import Condition, Plan, Step, duration
from .following import readings

if TYPE_CHECKING:
    from .device import Device

State = Literal["running", "paused", "ending", "done", "stopped", "failed", "aborted"]

_LOOK_AGAIN = 0.05  # seconds, for what ends without a word: a file that is opened, a blinking
_LONGEST_SAID = 500  # characters of why it has ended


@dataclass(slots=True)
class _Wait:
    """What the next step waits for."""

    over: Callable[[], bool]
    at: float = inf  # the monotonic time at which it is over in any case
    quiet: bool = False  # whether nobody tells that it is over


class Run:
    """One run of a plan on one board; in the loop only."""

    def __init__(self, device: Device, plan: Plan) -> None:
        self.plan, self.id = plan, new_id()
        self.state: State = "running"
        self.error: PicoPanelError | None = None  # of the step that failed
        self.says: str | None = None  # why it ended before its last step, or what it waits for
        self.over = Event()
        self.step: Step | None = None
        self.nth, self.of = 0, sum(step.count for step in (*plan.steps, *plan.last))
        self._device, self._known = device, device.known
        self._todo = self._whole()
        self._wait = _Wait(lambda: True)
        self._outcome: State = "done"
        self._until: Condition | None = None
        self._met = self._looking = False
        self._after = sum(step.lasts for step in (*plan.steps, *plan.last))
        self._untils = sum(step.untils for step in plan.steps)
        self._step_ends = self._paused_at = self._known.now
        self._newest: dict[str, float] = {}  # the time of each channel's newest reading
        self._seq, self._since = 0, 0.0
        self._tape: Tape | None = None
        self.ends = 0.0  # the Unix time in ms at which it will have ended, if nothing holds it up
        self._timer = Timer(self._known.clock, None, self.look)

    def begin(self) -> None:
        self._begin_reading()
        self._note("begun", of=self.of, declaration=self.plan.declaration)
        self._known.listeners.append(self.look)
        self.look()

    @property
    def left(self) -> float:
        """Seconds that are still waited, at the most where something is waited for."""
        now = self._paused_at if self.state == "paused" else self._known.now
        return max(0.0, self._step_ends - now) + self._after

    @property
    def shown(self) -> dict[str, Any]:
        """What a page is told."""
        return {
            "run": self.id,
            "name": self.plan.name,
            "state": self.state,
            "step": self.nth,
            "of": self.of,
            "does": self.step.does if self.step else "",
            "says": self.says,
            "most": self._untils > 0,
            "left": round(self.left * 1000) if self.state == "paused" else None,
            "until": self.ends,
        }

    def pause(self) -> None:
        """Stand still once the command under way is answered; limits that stop go on being watched."""
        if self.state == "running":
            self._paused_at = self._known.now
            self._change("paused")

    def resume(self) -> None:
        if self.state != "paused":
            return
        stood = self._known.now - self._paused_at
        self._wait.at += stood
        self._step_ends += stood
        self._begin_reading()
        self._foresee()
        self._change("running")
        self.look()

    def abort(self, why: str = "") -> None:
        """Go over to what is done at the end; while that is done, leave the rest of it."""
        if self.state == "ending":
            self._end()
        elif self.state not in OVER:
            self._finish("aborted", why)
            self.look()

    def close(self) -> None:
        """The panel ends: what is done at the end is sent, and not waited for."""
        if self.state in OVER:
            return
        self.says = self.says or "The panel was closed."
        if self._outcome == "done":
            self._outcome = "aborted"
        for step in self.plan.last if self.state != "ending" else ():
            if step.kind in COMMANDS or step.kind == "set":
                self._start(step)
        self._end()

    def look(self) -> None:
        """Go on as far as can be."""
        if self._looking or self.over.is_set():
            return
        self._looking = True
        try:
            self._take_readings()
            while not self.over.is_set() and self._is_due():
                self._go_on()
        finally:
            self._looking = False
        if not self.over.is_set():
            soon = self._known.now + _LOOK_AGAIN if self._wait.quiet else inf
            if (at := min(self._wait.at, soon)) < inf and self.state != "paused":
                self._timer.hurry(at)

    def _is_due(self) -> bool:
        return self.state != "paused" and (self._known.now >= self._wait.at or self._wait.over())

    def _go_on(self) -> None:
        try:
            self._wait = next(self._todo)
        except StopIteration:
            self._end()
        except PicoPanelError as error:
            self._fail(error)
        except Exception as error:  # nobody else would end it
            traceback.print_exc(file=sys.__stderr__)
            self._fail(PicoPanelError(f"{type(error).__name__}: {error}"))

    def _fail(self, error: PicoPanelError) -> None:
        self.error = error
        self._finish("failed", f"{self.step}: {error}"[:_LONGEST_SAID] if self.step else str(error))

    def _finish(self, outcome: State, why: str) -> None:
        """Leave the steps, and do what is done at the end."""
        if self.step is not None and self.step.kind == "blink":
            self._device.end_blinking()
        self._outcome, self.says, self._until = outcome, why or None, None
        self._todo, self._wait = self._last(), _Wait(lambda: True)
        self.nth, self._untils = self.of - len(self.plan.last), 0
        self._after, self._step_ends = sum(step.lasts for step in self.plan.last), self._known.now
        self._change("ending")

    def _end(self) -> None:
        self.state = self._outcome
        self._note(self.state, **({"says": self.says} if self.says else {}))
        if self.look in self._known.listeners:
            self._known.listeners.remove(self.look)
        self._timer.stop()
        if self._tape is not None:
            self._device.recorder.stop(self._tape)
        self.over.set()
        self._known.changed()

    def _change(self, state: State) -> None:
        if state in ("paused", "running"):
            self._note({"paused": "paused", "running": "resumed"}[state])
        self.state = state
        self._known.changed()

    def _note(self, state: str, **more: Any) -> None:
        self._known.note("experiment", run=self.id, name=self.plan.name, state=state, **more)

    def _whole(self) -> Iterator[_Wait]:
        yield from self._all(self.plan.steps)
        self.state = "ending"
        yield from self._last()

    def _last(self) -> Iterator[_Wait]:
        """What is done at the end: each of it, also where one fails."""
        for step in self.plan.last:
            try:
                yield from self._do(step)
            except PicoPanelError as error:
                self._outcome, self.error = "failed", self.error or error
                self.says = f"{self.says or ''} {step}: {error}".strip()[:_LONGEST_SAID]

    def _all(self, steps: tuple[Step, ...]) -> Iterator[_Wait]:
        for step in steps:
            yield from self._do(step)

    def _do(self, step: Step) -> Iterator[_Wait]:
        repeats = step.kind == "repeat"
        self.step, self.nth = step, self.nth + (not repeats)
        self._after -= step.seconds
        self._step_ends = self._known.now + step.seconds
        self._foresee()
        nth = self.nth + repeats
        self._known.note(
            "step", run=self.id, step=nth, of=self.of, place=step.place, word=step.kind, does=step.does
        )
        self._known.changed()
        if repeats:
            for _ in range(step.times):
                yield from self._all(step.steps)
        elif step.kind == "wait":
            yield _Wait(lambda: False, self._step_ends)
        elif step.kind == "wait until":
            yield from self._wait_until(step)
        elif step.kind == "mark":
            self._device.marks.set(step.what)
        elif step.kind == "record":
            yield from self._record(step)
        else:
            yield from self._command(step)

    def _wait_until(self, step: Step) -> Iterator[_Wait]:
        self._until, self._met = step.what, False
        self._begin_reading()
        yield _Wait(lambda: self._met, self._step_ends)
        self._until, self._untils = None, self._untils - 1
        if not self._met:
            name = step.what.channel
            last = self._known.last.get(name)
            fresh = last is not None and name in self._newest
            said = f"the last value was {last[1]:g}" if fresh and last else f"no reading of {name} came"
            raise NoAnswer(
                step.does, step.seconds, f"Meanwhile {said}. Is the board there, and the value in reach?"
            )

    def _record(self, step: Step) -> Iterator[_Wait]:
        start = self._device.record(Path(step.what).resolve())
        yield _Wait(start.done.is_set, quiet=True)
        if start.error is not None:
            raise start.error if isinstance(start.error, PicoPanelError) else PicoPanelError(str(start.error))
        self._tape = start.file

    def _command(self, step: Step) -> Iterator[_Wait]:
        yield from self._for_the_board()
        if step.kind == "blink":
            on, off, times = step.what
            blink = self._device.start_blink(on, off, times)
            yield _Wait(blink.over.is_set, quiet=True)
            error = blink.error
        else:
            command = self._start(step)
            yield _Wait(command.done.is_set)
            error = command.error
        if error is not None:
            raise error

    def _start(self, step: Step) -> Command:
        return self._device.start_set(step.what) if step.kind == "set" else self._device.start(step.kind)

    def _for_the_board(self) -> Iterator[_Wait]:
        """Wait for a board that is away: nothing has been sent to it yet."""
        if not self._away():
            return
        patience = self.plan.patience
        said, self.says = self.says, "Waits for the board."
        self._known.changed()
        yield _Wait(lambda: not self._away(), self._known.now + patience)
        self.says = said
        self._foresee()
        if (why := self._away()) is not None:
            raise NotConnected(f"Nothing was sent: the board was away for {duration(patience)}. {why}")

    def _away(self) -> str | None:
        return None if self._device.settling else self._device.diagnosis().blocked

    def _foresee(self) -> None:
        self.ends = round(self._known.clock.unix() + 1000 * self.left)

    def _begin_reading(self) -> None:
        """What is measured from now on counts."""
        self._seq = self._known.store.end
        self._since = self._known.clock.unix() - self._known.ahead()
        self._newest.clear()

    def _take_readings(self) -> None:
        """Look at what has come for a limit that stops, and for what is waited for; late ones say nothing."""
        stops = self.plan.stops if self.state in ("running", "paused") else ()
        if not (stops or self._until) or self._seq == self._known.store.end:
            return
        rows = self._known.store.since(self._seq)
        self._seq = rows.end
        for row, time, value, origin in readings(rows, None):
            name = origin.channel
            if time < self._since + self._known.ahead(row) or time < self._newest.get(name, 0.0):
                continue
            self._newest[name] = time
            if self._until is not None and name == self._until.channel and self.state != "paused":
                self._met = self._met or self._until.holds(value)
            reached = next((it for it in stops if it.channel == name and it.holds(value)), None)
            if reached is not None:
                unit = self._known.units.get(name, "")
                self._finish("stopped", f"{reached}: it was {value:g} {unit}".rstrip() + ".")
                return
