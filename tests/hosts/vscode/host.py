"""VS Code's notebook, emulated: Microsoft's own widget manager in a webview, and a kernel by proxy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

from ...support.npm import REQUIREJS, npm_file, npm_package
from ..servers import HOSTS, SERVED, Host
from .seat import VSCodeSeat

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


class VSCode(Host):
    """Jupyter's server stands in for the process that starts kernels, and serves the pages."""

    name, seat, browsers = "VS Code", VSCodeSeat, ("Chromium",)
    has_story = False  # `test_vscode.py` has one
    version = f"{MANAGER}, emulated"
    cannot = MappingProxyType({"full screen": "its page may not fill the screen; the panel says so"})
    command = (
        "jupyter_server",
        "--config={folder}/settings.py",
        *SERVED,
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


HOSTS[VSCode.name] = VSCode
