"""Ending a broker by its own process."""

import contextlib
import subprocess


def end(process: subprocess.Popen[bytes]) -> None:
    """End Mosquitto as a service manager would.

    Version 2.0 forgets a SIGTERM that comes between its first open port and its main loop, so it is
    said again.
    """
    while process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1)
