"""The Pythons on this machine that PicoPanel promises to run on."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

OLDEST = (3, 10)
ASK = "import sys, ensurepip; print(*sys.version_info[:2]); print(sys.executable)"


@cache
def pythons() -> dict[tuple[int, int], Path]:
    """Return one Python for each version found on the PATH or among pyenv's, oldest first."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    names = [found for minor in range(10, 20) if (found := shutil.which(f"python3.{minor}"))]
    found = dict(filter(None, map(_version, [*names, *pyenv.glob("3.*/bin/python3"), sys.executable])))
    return {version: found[version] for version in sorted(found) if version >= OLDEST}


def _version(python: "str | Path") -> "tuple[tuple[int, int], Path] | None":
    """Ask it by starting it: a name on the PATH may be a version manager's shim that starts nothing."""
    asked = subprocess.run([python, "-c", ASK], capture_output=True, text=True, check=False)
    if asked.returncode:
        return None
    version, program = asked.stdout.splitlines()
    major, minor = map(int, version.split())
    return (major, minor), Path(program)


def empty_environment(folder: Path, version: tuple[int, int]) -> Path:
    """Make a virtual environment without anything in it, and return its Python."""
    subprocess.run([pythons()[version], "-m", "venv", "--without-pip", folder], check=True)
    return next(path for path in (folder / "bin/python", folder / "Scripts/python.exe") if path.exists())


def install(python: Path, *requirements: str) -> None:
    """Install into another Python's environment, with this one's pip."""
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-compile"]
    subprocess.run([*command, *requirements], check=True)
