"""Ending a server by its own process."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from threading import Thread

PATIENCE = 20
"""Seconds."""


def end(process: subprocess.Popen[bytes]) -> None:
    """End it as a service manager would: asked to at first, and at last not asked.

    Mosquitto 2.0 forgets a SIGTERM that comes between its first open port and its main loop. A Jupyter
    server may wait at its end, for ever, for a thread that it has left waiting for work.
    """
    for _ in range(PATIENCE):
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1)
            return
    process.kill()
    process.wait(PATIENCE)


@contextlib.contextmanager
def ended_on_failure(*processes: subprocess.Popen[bytes]) -> Iterator[None]:
    """End them if what is done here with them fails, as the waiting for a port: nobody else would."""
    try:
        yield
    except BaseException:
        for process in processes:
            end(process)
        raise


def end_with(parent: int) -> None:
    """End this process when its parent is gone: a run that is killed can end nobody itself."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    Thread(target=watch, name="parent-watch", daemon=True).start()
