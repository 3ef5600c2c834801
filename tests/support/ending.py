"""Ending a server by its own process."""

import contextlib
import subprocess
from collections.abc import Iterator

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
