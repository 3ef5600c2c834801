"""Notebooks that are run, saved and shown without their kernel; CDNs are played from npm packages."""

import subprocess
import sys
from pathlib import Path

import nbformat

from ..support.browser import Window
from ..support.npm import HTML_MANAGER, REQUIREJS, npm_file

CELLS = (
    "from picopanel import PicoPanel\npanel = PicoPanel.demo()\npanel",
    "panel.on()\nreadings = list(panel.readings(n=8))",
)
STATE = "application/vnd.jupyter.widget-state+json"
CDN = {
    "require": npm_file(REQUIREJS, "require.js"),
    "embed-amd": npm_file(HTML_MANAGER, "dist/embed-amd.js"),
    "anywidget": npm_file("anywidget@0.11.0", "dist/index.js"),
}


def write(path: Path, *cells: str) -> Path:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)
    return path


def jupyter(*command: object, folder: Path) -> None:
    """Run a module such as `nbconvert`, and show what it said if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def executed(path: Path) -> Path:
    """Execute a notebook with nbconvert and return the one it saves, with its widgets' state."""
    output = f"executed-{path.stem}"
    jupyter("nbconvert", "--execute", "--to", "notebook", "--output", output, path.name, folder=path.parent)
    return path.with_stem(f"executed-{path.stem}")


def serve_cdn(window: Window) -> None:
    """Answer what pages ask of CDNs; what is not known is refused."""

    def answer(route):
        url = route.request.url
        file = next((file for name, file in CDN.items() if name in url), None)
        if file is None:
            route.abort()
        else:
            route.fulfill(
                body=file.read_bytes(),
                content_type="text/javascript",
                headers={"Access-Control-Allow-Origin": "*"},
            )

    window.context.route(lambda url: url.startswith("https://"), answer)
