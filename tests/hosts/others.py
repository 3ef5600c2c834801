"""Frameworks for pages that show widgets: HoloViz Panel and Solara, each in an environment of its own.

Their pages ask CDNs for programs and styles; here npm's own files are given instead.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from playwright.sync_api import Route

from ..support.environments import Environment, build_wheel
from ..support.npm import npm_file
from .servers import HOSTS, PageHost, PageSeat


class Framework(PageHost):
    """An app that a framework serves; each visit runs it anew, in the server's process."""

    has_story = False
    browsers = ("Chromium",)
    cannot = MappingProxyType(
        {
            **PageHost.cannot,
            "theme change": "its theme is the app's own",
            "still picture": "it goes into a cell's output, and an app has none",
        }
    )
    requirements: tuple[str, ...]
    head: str
    row: str
    """What shows a widget in a place of its own."""
    tail: str

    @cached_property
    def environment(self) -> Environment:
        made = Environment(self.package, self.requirements)
        wheel = str(build_wheel(self.folder))
        made.install(wheel)
        made.install("--force-reinstall", "--no-deps", wheel)  # of the same version there may be another
        return made

    @property
    def python(self) -> Path:
        return self.environment.python

    @property
    def version(self) -> str:
        return self.environment.installed()[self.package]

    def write(self) -> None:
        app = self.head
        for source in self.sources.values():
            *lines, last = source.splitlines()
            app += "".join(f"    {line}\n" for line in [*lines, self.row.format(last)])
        (self.folder / "app.py").write_text(app + self.tail)


class FrameworkSeat(PageSeat):
    """A page whose questions to a CDN are answered here."""

    outputs = ".cell"
    elsewhere: re.Pattern[str]

    def open(self) -> None:
        self.page.route(self.elsewhere, self.answer)
        super().open()

    def answer(self, route: Route) -> None:
        raise NotImplementedError


class HoloVizSeat(FrameworkSeat):
    elsewhere = re.compile(r"^https://unpkg\.com/anywidget@[^/]*/dist/index")

    def answer(self, route: Route) -> None:
        program = self.host.environment.folder / "share/jupyter/nbextensions/anywidget/index.js"
        anywhere = {"access-control-allow-origin": "*"}
        route.fulfill(path=program, content_type="text/javascript", headers=anywhere)


class HoloViz(Framework):
    """Its page has a widget manager of Bokeh's, which gets anywidget's program from a CDN."""

    name, package = "HoloViz Panel", "panel"
    seat = HoloVizSeat
    requirements = ("panel>=1.9,<2", "ipywidgets_bokeh>=1.8")
    command = ("panel", "serve", "app.py", "--port={port}", "--address=127.0.0.1")
    ready = "/app"
    head = (
        "import panel as pn\npn.extension('ipywidgets', sizing_mode='stretch_width')\nrows = []\nif True:\n"
    )
    row = "rows.append(pn.Column({}, css_classes=['cell']))"
    tail = "pn.Column(*rows).servable()\n"


class SolaraSeat(FrameworkSeat):
    elsewhere = re.compile(r"/_solara/cdn/((?:@[^/]+/)?[^/]+)/([^?]*)")

    def answer(self, route: Route) -> None:
        package, path = self.elsewhere.search(route.request.url).groups()
        route.fulfill(path=npm_file(package, path))


class Solara(Framework):
    """Its page has Jupyter's own widget manager."""

    name, package = "Solara", "solara"
    seat = SolaraSeat
    requirements = ("solara>=1.64,<2", "ipykernel>=6.29")
    command = (
        "solara",
        "run",
        "app.py",
        "--port={port}",
        "--host=127.0.0.1",
        "--production",
        "--no-open",
    )
    ready = "/readyz"
    head = "import solara\n\ndef widgets():\n    rows = []\n"
    row = "rows.append({})"
    tail = """    return rows

@solara.component
def Page():
    with solara.Column():
        for widget in solara.use_memo(widgets, []):
            with solara.Column(classes=["cell"]):
                solara.display(widget)
"""


HOSTS |= {host.name: host for host in (HoloViz, Solara)}
