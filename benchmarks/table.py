"""The one table that the benchmarks end with."""

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version

PACKAGES = ("ipykernel", "jupyterlab", "anywidget", "paho-mqtt", "plotly")


@dataclass(frozen=True)
class Row:
    """One figure beside what it should reach; `reached` is None for what is only told."""

    what: str
    figure: str
    reach: str = ""
    reached: bool | None = None


def tell(text: str) -> None:
    """Tell how far the benchmarks are."""
    print(f"-- {text}", file=sys.stderr, flush=True)


def print_table(rows: list[Row]) -> None:
    """Print Markdown, fit for `docs/performance.md`."""
    marks = {True: "yes", False: "**no**", None: ""}
    print("\n| what | figure | to reach | reached |\n|---|---|---|---|")
    for row in rows:
        print(f"| {row.what} | {row.figure} | {row.reach} | {marks[row.reached]} |")
    print(f"\n{machine()}")


def machine() -> str:
    """Return what the figures were measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    broker = subprocess.run(["mosquitto", "-h"], capture_output=True, text=True).stdout.split("\n")[0]
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{os.cpu_count()} cores of {_processor()}; load {load}; {platform.system()} {platform.machine()}; "
        f"Python {platform.python_version()}; {packages}; {broker}."
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(": ")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "an unknown processor"
