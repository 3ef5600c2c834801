"""VS Code's notebook, emulated: Microsoft's own widget manager in a webview, and a kernel by proxy."""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Locator, Page

from ...support.browser import on
from ...support.npm import REQUIREJS, npm_file, npm_package
from ..servers import CELL, Host

HERE = Path(__file__).parent
ESBUILD = Path(__file__).parents[3] / "js/node_modules/.bin/esbuild"
MANAGER = "@vscode/jupyter-ipywidgets8@1.0.9"
SERVICES = "@jupyterlab/services@7.5.1"  # the one that the extension 2026.6.1 is built with

# vscode, notebook/…/backLayerWebView.ts, where `notebook.experimental.enableCsp` is set.
CSP = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' https: http: data:; font-src 'self' https:; connect-src 'self' https:;"
    " child-src https: data:"
)
SETTINGS = """
c.ServerApp.extra_static_paths = [{site!r}, {prefix!r}]
c.ServerApp.disable_check_xsrf = True
c.ServerApp.tornado_settings = {{"headers": {{"Content-Security-Policy": "report-uri /nowhere"}}}}
"""
numbers = itertools.count(1)


class VSCode(Host):
    """A notebook in VS Code. Jupyter's server stands in for the process that starts kernels, nothing else."""

    command = (
        "jupyter_server",
        "--allow-root",
        "--config={folder}/settings.py",
        "--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.ip=127.0.0.1",
        "--IdentityProvider.token=",
        "--ServerApp.root_dir={folder}",
    )
    ready = "/api"

    def write(self) -> None:
        site = self.folder / "site"
        site.mkdir()
        services = npm_package(SERVICES) / "node_modules"
        build = [ESBUILD, "page.js", "frame.js", "--bundle", f"--outdir={site}", "--log-level=error"]
        build += ["--define:global=globalThis", "--external:./ipywidgets.js"]
        subprocess.run(build, cwd=HERE, env={**os.environ, "NODE_PATH": str(services)}, check=True)
        shutil.copy(npm_file(MANAGER, "dist/ipywidgets.js"), site)
        shutil.copy(npm_file(REQUIREJS, "require.js"), site)
        for name in ("page.html", "frame.html", "frame.css"):
            shutil.copy(HERE / name, site)
        policy = f'<meta http-equiv="Content-Security-Policy" content="{CSP}">'
        (site / "frame-csp.html").write_text((HERE / "frame.html").read_text().replace("<!--csp-->", policy))
        settings = SETTINGS.format(site=str(site), prefix=str(Path(sys.prefix) / "share/jupyter"))
        (self.folder / "settings.py").write_text(settings)

    def open(self, page: Page) -> Locator:
        self.go(page)
        return self.run_to_end(CELL)

    def go(self, page: Page, query: str = "") -> None:
        """Open an empty notebook and wait for its kernel."""
        self.page = page
        page.goto(f"{self.url}/static/page.html{query}")
        self.wait_for_kernel()

    def reload(self, page: Page) -> Locator:
        page.reload()
        self.wait_for_kernel()
        return self.run_to_end(CELL)

    def darken(self, page: Page) -> Locator:
        self.theme("dark")
        return self.frame.locator(".picopanel")

    def wait_for_kernel(self) -> None:
        self.page.wait_for_function("window.vscode?.kernel")

    def theme(self, name: str) -> None:
        """Choose one of `themes.json`."""
        self.page.evaluate("name => vscode.theme(name)", name)

    def interrupt(self) -> None:
        self.page.evaluate("vscode.interrupt()")

    def restart(self) -> None:
        self.page.evaluate("vscode.restart()")
        self.wait_for_kernel()

    def run(self, code: str, cell: str = "") -> Locator:
        """Run a cell, a new one or one again, and return the place of its outputs."""
        cell = cell or str(next(numbers))
        self.page.evaluate("([cell, code]) => vscode.run(cell, code)", [cell, code])
        return self.frame.locator(f"#cell-{cell}")

    def run_to_end(self, code: str, cell: str = "") -> Locator:
        before = len(self.told("over"))
        place = self.run(code, cell)
        on(self.page)(lambda: len(self.told("over")) > before, "the cell comes to its end", within=60)
        return place

    def told(self, what: str) -> list:
        """What the editor has heard: `over`, `errors`, `saved`, `keys`, `opened`, `sent`."""
        return list(self.page.evaluate("what => vscode[what]", what))

    @property
    def frame(self):
        return self.page.frame_locator("iframe")
