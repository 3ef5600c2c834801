"""Files of published npm packages, in place of the CDN that pages would load them from."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".cache" / "npm"
REQUIREJS = "requirejs@2.3.8"
HTML_MANAGER = "@jupyter-widgets/html-manager@1.0.15"


def npm_file(package: str, path: str) -> Path:
    """Return a file of a package, `name@version`, without what that package depends on; fetched once."""
    folder = CACHE / package.replace("/", "__")
    if not folder.exists():
        npm = shutil.which("npm")
        assert npm, "npm is not installed: it comes with Node.js"
        print(f"\n== npm: fetching {package}, once", file=sys.__stderr__, flush=True)
        unpacking = folder.with_suffix(".unpacking")
        shutil.rmtree(unpacking, ignore_errors=True)
        unpacking.mkdir(parents=True)
        packed = subprocess.run(
            [npm, "pack", "--silent", package], cwd=unpacking, check=True, capture_output=True, text=True
        )
        with tarfile.open(unpacking / packed.stdout.split()[-1]) as archive:
            archive.extractall(unpacking, filter="data")
        (unpacking / "package").rename(folder)
        shutil.rmtree(unpacking)
    return folder / path
