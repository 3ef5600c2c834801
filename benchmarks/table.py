"""The one table that the benchmarks end with."""

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- written by make bench -->", "<!-- to here -->"
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


def table(rows: list[Row]) -> str:
    """Return Markdown, with what it was measured on."""
    marks = {True: "yes", False: "**no**", None: ""}
    lines = ["| what | figure | to reach | reached |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.figure} | {row.reach} | {marks[row.reached]} |" for row in rows]
    return "\n".join([*lines, "", machine()])


def write(text: str) -> None:
    """Put a table in the place of the one in `docs/performance.md`."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


def machine() -> str:
    """Return what the figures were measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    broker = subprocess.run(["mosquitto", "-h"], capture_output=True, text=True).stdout.split("\n")[0]
    load = " / ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{os.cpu_count()} cores of {_processor()}; load {load} (1, 5, 15 min, its own included); "
        f"{platform.system()} {platform.machine()}; "
        f"Python {platform.python_version()}; {packages}; {broker}."
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(": ")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "an unknown processor"
