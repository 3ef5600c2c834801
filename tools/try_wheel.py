"""Tries a built wheel as its users will: installed afresh, a virtual Pico, a panel in a headless browser.

    python tools/try_wheel.py dist

The same command on Linux, Windows and macOS. It needs a Chromium, Chrome or Edge that is installed, and of
the checkout this file alone: all else comes from the wheel and from PyPI, in a folder that goes again.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

BESIDE = ("jupyterlab>=4.4", "playwright>=1.64,<1.65")
PATIENCE = 120  # seconds
SCRIPT = """
from pathlib import Path
from picopanel import Pico
import picopanel, sys
assert Path(picopanel.__file__).is_relative_to(sys.prefix), picopanel.__file__
with Pico.demo() as pico:
    assert pico.on().led is True
    pico.to_csv("readings.csv")
print("virtual Pico:", Path("readings.csv").read_text(encoding="utf-8").splitlines()[-1])
"""
CELL = "from picopanel import PicoPanel\nPicoPanel.demo()"
NOT_RUN: dict[str, Any] = {"execution_count": None}
IDLE = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
DRAWN = "document.querySelector('.picopanel .js-plotly-plot')?.data?.some(trace => trace.x?.length > 5)"


def main(dist: str) -> None:
    """Try the one wheel that a folder holds."""
    (wheel,) = Path(dist).resolve().glob("picopanel-*.whl")
    # A server that has just ended may hold its log on Windows.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        python = installed(Path(folder, "environment"), str(wheel), *BESIDE)
        work = Path(folder, "work")
        work.mkdir()
        # -I: neither the checkout nor what the user has set in the environment is seen.
        subprocess.run([python, "-I", "-c", SCRIPT], cwd=work, check=True, timeout=PATIENCE)
        subprocess.run([python, __file__, "--panel"], cwd=work, check=True, timeout=3 * PATIENCE)


def installed(folder: Path, *requirements: str) -> Path:
    """Make an environment with requirements installed, and return its Python."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, *requirements], check=True)
    return python


def panel() -> None:
    """Show a panel in JupyterLab, in a headless browser, click, and see it draw; in the new environment."""
    from playwright.sync_api import sync_playwright

    with jupyterlab() as url, sync_playwright() as playwright:
        browser = launched(playwright.chromium)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(url)
        page.wait_for_function(IDLE)
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        shown = page.locator(".picopanel")
        shown.get_by_role("button", name="On", exact=True).click()
        shown.get_by_text("confirmed in").wait_for()
        page.wait_for_function(DRAWN)
        print("panel:", " ".join(shown.locator(".echo").inner_text().split()), "in", browser.version)
        browser.close()


def launched(chromium: Any) -> Any:
    """Start Chromium, or what a computer has of its kin."""
    from playwright.sync_api import Error

    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    if program := shutil.which("chromium"):
        return chromium.launch(executable_path=program, args=options)
    try:
        return chromium.launch(channel="chrome", args=options)
    except Error:
        return chromium.launch(channel="msedge", args=options)


@contextmanager
def jupyterlab() -> Iterator[str]:
    """Serve this folder with a notebook in it, and yield the notebook's address."""
    cell = {"cell_type": "code", "id": "a", "source": CELL, "metadata": {}, "outputs": [], **NOT_RUN}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    Path("panel.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url, token = f"http://127.0.0.1:{port}", secrets.token_hex(16)
    options = [f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1", "--no-browser", "--allow-root"]
    with open("jupyterlab.log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options, "--expose-app-in-browser"],
            env={**os.environ, "JUPYTER_TOKEN": token},
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(f"{url}/api", server)
        yield f"{url}/lab/tree/panel.ipynb?token={token}"
        # It ends its kernels, too; a Windows process that is ended by another leaves them.
        urlopen(Request(f"{url}/api/shutdown?token={token}", method="POST"), timeout=PATIENCE)
        server.wait(PATIENCE)
    except BaseException:
        print(Path("jupyterlab.log").read_text(encoding="utf-8", errors="replace")[-3000:], file=sys.stderr)
        raise
    finally:
        server.kill()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(url, timeout=5)
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    panel() if sys.argv[1:] == ["--panel"] else main(*sys.argv[1:])
