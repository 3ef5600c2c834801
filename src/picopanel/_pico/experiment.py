"""An experiment as a user holds it: begun by `run`, from Python or from a file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._device.device import Device
from .._errors import ExperimentEnded, InvalidExperiment, Uncopied, arguments
from .._runtime import loop
from .measured import Measured
from .verbs import check_hearing, warn_if_cut

if TYPE_CHECKING:
    from .._device.experiment import Plan
    from .._device.experiment_run import Run

Declaration = Mapping[str, Any] | Sequence[Any] | str | os.PathLike[str]


class Experiment(Uncopied):
    """An experiment that is under way, or over.

    Example:
        >>> panel = PicoPanel.demo("oven")
        >>> experiment = panel.run(["on", {"wait": 600}, "off"], wait=False)
        >>> experiment.state
        'running'
        >>> experiment.abort()
        >>> panel.experiment.state
        'aborted'
        >>> panel.close()
    """

    def __init__(self, owner: Experiments, run: Run) -> None:
        self._owner, self._run = owner, run

    @property
    def name(self) -> str:
        """What it is called in its declaration, else its file's name."""
        return self._run.plan.name

    @property
    def state(self) -> str:
        """running, paused or ending; then done, stopped (by a limit of its own), failed or aborted."""
        return loop.ask(lambda: self._run.state)

    @property
    def step(self) -> tuple[int, int]:
        """Which step it does, and how many there are, with all repetitions."""
        return loop.ask(lambda: (self._run.nth, self._run.of))

    @property
    def left(self) -> float:
        """Seconds that are still waited; at the most, where a channel is waited for."""
        return loop.ask(lambda: 0.0 if self._run.over.is_set() else self._run.left)

    @property
    def says(self) -> str | None:
        """Why it has ended before its last step, or what holds it up; None if nothing does."""
        return loop.ask(lambda: self._run.says)

    def pause(self) -> None:
        """Stand still; the command under way is finished, and the clock of what is waited for stands."""
        loop.ask(self._run.pause)

    def resume(self) -> None:
        """Go on."""
        loop.ask(self._run.resume)

    def abort(self) -> None:
        """End it: what stands under `finally` is done, then it is over. A second time leaves that, too."""
        loop.ask(self._run.abort, "Ended by abort().")

    def wait(self, timeout: float | None = None) -> None:
        """Wait until it is over, with the page alive meanwhile; the stop button ends it.

        Args:
            timeout: Seconds after which to return in any case.

        Raises:
            ExperimentEnded: A step failed, or somebody has ended it. A limit of its own is no error.
        """
        seconds = None if timeout is None else arguments.number("timeout", timeout, least=0)
        recorder = self._owner._device.recorder
        try:
            if not self._owner._wait(self._run.over, seconds):
                return
            self._owner._wait(recorder.settled, seconds)
            warn_if_cut(recorder)
        except KeyboardInterrupt:
            loop.post(self._run.abort, "The cell was stopped.")
            raise
        state, says, error = loop.ask(lambda: (self._run.state, self._run.says, self._run.error))
        if state in ("failed", "aborted"):
            raise ExperimentEnded(f"{self.name!r} {state}. {says or ''}".rstrip()) from error

    def __repr__(self) -> str:
        (nth, of), state = self.step, self.state
        return f"<experiment {self.name!r}: {state}, step {nth} of {of}>"


class Experiments(Measured):
    """`run` and `experiment`."""

    def run(self, experiment: Declaration, *, wait: bool = True) -> Experiment:
        """Do an experiment, one step after the other: set, wait, wait until, repeat, mark, record, command.

        All of it is checked first. It shows in the panel, where it is paused and ended. Each command waits
        for the board's answer. docs/experiments.md has the words.

        Args:
            experiment: A list of steps, a dictionary with `steps` and more, or the name of a file of YAML.
                A text of several lines is YAML itself.
            wait: False to go on at once; the experiment goes on by itself.

        Raises:
            InvalidExperiment: It is not written as it must be; each line that is wrong is named.
            ExperimentEnded: A step failed, somebody ended it, or another one is under way.
            NotConnected: This is a recording.

        Example:
            >>> with PicoPanel.demo("oven") as oven:
            ...     oven.run(["on", {"wait": 0.1}, {"mark": "warm"}, "off"])
            <experiment 'experiment': done, step 4 of 4>
        """
        wait = arguments.flag("wait", wait)
        self._settle()
        if wait:
            check_hearing(self._device)
        run = loop.ask(self._device.start_experiment, _plan(experiment, self._device))
        begun = Experiment(self, run)
        if wait:
            begun.wait()
        else:
            loop.pass_by()
        return begun

    @property
    def experiment(self) -> Experiment | None:
        """The experiment that is under way, else the last; None before the first."""
        run = loop.ask(getattr, self._device, "experiment")
        return None if run is None else Experiment(self, run)


def _plan(given: Declaration, device: Device) -> Plan:
    from .._device import experiment_file
    from .._device.experiment import check

    file = ""
    found: object = given
    if isinstance(given, str) and "\n" in given:
        file = "the text"
        found = experiment_file.parse(given, file)
    elif isinstance(given, (str, os.PathLike)):
        path = arguments.file_path("experiment", given)
        if path.suffix not in (".yaml", ".yml", ".json"):
            how = "Give a file, run('heating.yaml'), or a list, run(['on', {'wait': 5}])."
            raise InvalidExperiment([f"{path.name[:64]!a} is no file of YAML. {how}"])
        found, file = experiment_file.read(path), path.name
    return check(found, loop.ask(getattr, device, "board"), file)
