"""A screen that nobody sees, for browsers with a window."""

import os
import subprocess

from .ending import end


class Screen:
    """An X server with a screen so large, in memory."""

    def __init__(self, width: int = 1280, height: int = 900) -> None:
        read, write = os.pipe()
        command = f"Xvfb -displayfd {write} -screen 0 {width}x{height}x24 -nolisten tcp".split()
        self._process = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as told:
            self.name = f":{told.readline().strip()}"

    def close(self) -> None:
        end(self._process)
