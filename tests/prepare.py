"""What the tests install, each once into `.cache/`, made before the first of them: its time is not theirs.

    python -m tests.prepare

A test that is run by itself makes what it needs.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from .chip.chip import emulator
from .colab.conftest import KERNELS, environment_of
from .hosts.vscode.host import SERVICES
from .laboratory.test_node_red import NODE_RED
from .laboratory.test_opcua import NODE_OPCUA
from .support import ros
from .support.npm import npm_package
from .test_release import twine

ROOT = Path(__file__).parents[1]


def lite() -> None:
    """What JupyterLite is built of and with, by building one."""
    with tempfile.TemporaryDirectory() as site:
        subprocess.run([sys.executable, ROOT / "tools/lite.py", site], check=True)


WHAT: list[Callable[[], object]] = [
    *(partial(environment_of, kernel) for kernel, wanted in KERNELS.items() if wanted),
    lite,
    ros.environment,
    partial(npm_package, NODE_RED),
    partial(npm_package, NODE_OPCUA),
    partial(npm_package, SERVICES),
    twine,
    emulator,
]
"""What takes longest first."""


def main() -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(max_workers=4) as several:
        for made in [several.submit(make) for make in WHAT]:
            made.result()
    print(f"== what the tests need is there, after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
