"""Asks PyPI and npm for known vulnerabilities; part of `make check`.

What is shipped or installed with PicoPanel must have none. Vulnerabilities of the tools are told, and
so is a service that could not be asked: neither is the fault of a change here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGE = "picopanel"
BUNDLED = "plotly.js"
"""What the front end is built with and ships; npm blames it for what it needs, too."""

PATIENCE = 60
"""Seconds for each service."""


class Finding(NamedTuple):
    """What a service has said, in one sentence."""

    text: str
    bad: bool = False


def needed(name: str) -> Iterator[tuple[str, str]]:
    """Yield name and version of all that a package needs when it is installed here."""
    known: set[str] = {name}
    waiting = [name]
    while waiting:
        for line in metadata.requires(waiting.pop()) or []:
            requirement = Requirement(line)
            if requirement.name in known or (requirement.marker and not requirement.marker.evaluate()):
                continue
            known.add(requirement.name)
            waiting.append(requirement.name)
            yield requirement.name, metadata.version(requirement.name)


def from_pypi(report: dict[str, Any] | None) -> Finding:
    """Return what pip-audit's report says; None stands for no report."""
    packages = [] if report is None else report["dependencies"]
    asked = [each for each in packages if "skip_reason" not in each]
    bad = [each for each in asked if each["vulns"]]
    if bad:
        names = ", ".join(f"{each['name']} {each['version']} ({each['vulns'][0]['id']})" for each in bad)
        return Finding(f"PyPI knows vulnerabilities of what PicoPanel needs: {names}. Upgrade them.", True)
    if not asked:
        return Finding("PyPI could not be asked for known vulnerabilities.")
    if len(asked) < len(packages):
        return Finding(f"PyPI knows nothing of {len(packages) - len(asked)} of {len(packages)} packages.")
    return Finding(f"PyPI knows no vulnerability of the {len(asked)} packages that PicoPanel needs.")


def from_npm(report: dict[str, Any] | None) -> Finding:
    """Return what npm's report says; None stands for no report."""
    if report is None or "vulnerabilities" not in report:
        return Finding("npm could not be asked for known vulnerabilities.")
    found = report["vulnerabilities"]
    if BUNDLED in found:
        return Finding(f"npm knows a vulnerability of {BUNDLED} or of what it needs: run npm audit.", True)
    if found:
        return Finding(f"npm knows vulnerabilities of tools, of nothing that is shipped: {', '.join(found)}.")
    return Finding("npm knows no vulnerability of what the front end is built with.")


def answer(*command: str | Path, folder: Path = ROOT) -> dict[str, Any] | None:
    """Run a command that prints JSON; None if it does not."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
        return dict(json.loads(done.stdout))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def main() -> int:
    """Ask both, and return 1 if what is shipped is vulnerable."""
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder, "pinned.txt")
        pinned.write_text(
            "".join(f"{name}=={version}\n" for name, version in needed(PACKAGE)), encoding="utf-8"
        )
        options = ["--no-deps", "--disable-pip", "--progress-spinner=off", "--timeout=5", "--format=json"]
        report = answer(sys.executable, "-m", "pip_audit", "--requirement", pinned, *options)
    findings = [from_pypi(report), from_npm(answer("npm", "audit", "--json", folder=ROOT / "js"))]
    for finding in findings:
        print(finding.text)
    return int(any(finding.bad for finding in findings))


if __name__ == "__main__":
    sys.exit(main())
