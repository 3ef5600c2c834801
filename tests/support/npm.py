"""Files of published npm packages, in place of the CDN that pages would load them from."""

import shutil
import subprocess
import tarfile
from pathlib import Path

from .cache import CACHE, made_once

REQUIREJS = "requirejs@2.3.8"
HTML_MANAGER = "@jupyter-widgets/html-manager@1.0.15"


def npm_file(package: str, path: str) -> Path:
    """Return a file of a package, `name@version`, without what that package depends on; fetched once."""
    name = f"npm/{package.replace('/', '+')}"
    with made_once(name, "fetching") as folder:
        if folder:
            _unpack(package, folder)
    return CACHE / name / "package" / path


def _unpack(package: str, folder: Path) -> None:
    npm = shutil.which("npm")
    assert npm, "npm is not installed: it comes with Node.js"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    packed = subprocess.run(
        [npm, "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True
    )
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(folder, filter="data")


def npm_package(package: str) -> Path:
    """Return a folder in which a package, `name@version`, is installed with what it depends on; made once."""
    name = f"npm-installed/{package.replace('/', '+')}"
    with made_once(name, "installing") as folder:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", package]
            subprocess.run(command, cwd=folder, check=True)
    return CACHE / name
