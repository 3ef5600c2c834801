"""Breaks each room on purpose in one place, in a copy, and looks whether its tests notice: `make mutants`.

Prints a line for each; fails if a broken copy passes, or if a line to break is no longer there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PARTS = ("src", "firmware", "js", "tests", "pyproject.toml")


class Mutant(NamedTuple):
    """A line of a file, what it becomes, and the tests that must notice."""

    file: str
    line: str
    broken: str
    tests: str


UNIT = "tests/unit"
MUTANTS = [
    Mutant("src/picopanel/_protocol/checks.py", "if not isfinite(number):", "if False:", UNIT),
    Mutant("src/picopanel/_protocol/ids.py", "if size > 60:", "if size > 600:", UNIT),
    Mutant("src/picopanel/_broker.py", '"mqtts": ("tcp", True', '"mqtts": ("tcp", False', UNIT),
    Mutant("src/picopanel/_store.py", "if self.end - self.floor > self._capacity:", "if False:", UNIT),
    Mutant("src/picopanel/_export.py", "(time - start) / 1000 if elapsed", "time - start if elapsed", UNIT),
    Mutant("src/picopanel/_recorded.py", "min(known,", "max(known,", "tests/recorded/test_recording.py"),
    Mutant("src/picopanel/_recording/appender.py", "self._file.truncate(self.size)", "pass", UNIT),
    Mutant("src/picopanel/_link/_timeline.py", "if self.ended:", "if False:", UNIT),
    Mutant("src/picopanel/_diagnosis.py", 'return "The Pico is offline."', "return None", UNIT),
    Mutant("src/picopanel/_device/samples.py", "min(boot.offset,", "max(boot.offset,", UNIT),
    Mutant("src/picopanel/_device/presence.py", "SILENT_AT_LEAST = 10.0", "SILENT_AT_LEAST = 99.0", UNIT),
    Mutant("src/picopanel/_device/outbox.py", "now - c.sent_at >= c.timeout", "False", UNIT),
    Mutant("src/picopanel/_device/messages.py", "KEPT = 1000", "KEPT = 100", UNIT),
    Mutant(
        "src/picopanel/_feed.py", "self._sent, self._floor = rows.end,", "self._sent, self._floor = 0,", UNIT
    ),
    Mutant("src/picopanel/_link/_refusals.py", '_FINAL = ("password", ', "_FINAL = (", UNIT),
    Mutant(
        "src/picopanel/_link/_wish.py",
        "now >= self._again_at",
        "False",
        "tests/link tests/reliability/test_access.py",
    ),
    Mutant("src/picopanel/_link/virtual.py", "receiver.on_subscribed", "receiver.on_link", UNIT),
    Mutant(
        "src/picopanel/_doctor/__init__.py",
        "broken = broken or step",
        "broken = None",
        "tests/cli/test_doctor.py",
    ),
    Mutant(
        "src/picopanel/_certificates.py",
        "_chain(tls, broker.verify)[-1]",
        "_chain(tls, broker.verify)[0]",
        "tests/cli/test_cert.py",
    ),
    Mutant(
        "src/picopanel/_once.py",
        "if click in self._known:",
        "if False:",
        "tests/colab/test_kernels.py -k 7.4",
    ),
    Mutant(
        "firmware/pico_checks.py",
        'return "expired"\n    until',
        "pass\n    until",
        "tests/firmware/test_firmware_logic.py",
    ),
    Mutant(
        "firmware/pico_led.py",
        "self.lit = phase < on",
        "self.lit = phase > on",
        "tests/firmware/test_firmware_logic.py",
    ),
    Mutant("firmware/pico_samples.py", "self.next % self.keep", "0", "tests/firmware/test_firmware_logic.py"),
    Mutant("js/src/rows.ts", "if (batch.first > this.have) return null;", "", "vitest"),
    Mutant("js/src/thin.ts", "...series.extremes(from, to),", "", "vitest"),
    Mutant("js/src/contact.ts", "const POLL = 300;", "const POLL = 30_000;", "vitest"),
    Mutant("js/src/commands.ts", "const DUE = 12_000;", "const DUE = 1;", "vitest"),
]


def main() -> int:
    escaped = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in PARTS:
            duplicate(ROOT / part, copy / part)
        for mutant in MUTANTS:
            noticed = notices(copy, mutant)
            print("noticed" if noticed else "ESCAPED", mutant.file, "|", mutant.line.strip(), flush=True)
            if not noticed:
                escaped.append(mutant)
    print(f"{len(MUTANTS) - len(escaped)} of {len(MUTANTS)} broken copies were noticed")
    return 1 if escaped else 0


def duplicate(source: Path, target: Path) -> None:
    if source.is_file():
        shutil.copy(source, target)
        return
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    if source.name == "js":
        (target / "node_modules").symlink_to(source / "node_modules")


def notices(copy: Path, mutant: Mutant) -> bool:
    path = copy / mutant.file
    whole = path.read_text()
    assert mutant.line in whole, f"{mutant.file} has no {mutant.line!r} any more: choose another line"
    path.write_text(whole.replace(mutant.line, mutant.broken, 1))
    try:
        return tests_fail(copy, mutant.tests)
    finally:
        path.write_text(whole)


def tests_fail(copy: Path, tests: str) -> bool:
    if tests == "vitest":
        command, place = ["npx", "vitest", "run"], copy / "js"
    else:
        command, place = [sys.executable, "-m", "pytest", "-x", "-q", *tests.split()], copy
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
    return done.returncode == 1


if __name__ == "__main__":
    sys.exit(main())
