"""Colab's emulation as a host: each cell's output in a frame of its own, as tests/colab has it."""

from __future__ import annotations

import itertools
from typing import ClassVar

from playwright.sync_api import Locator

from ..colab.conftest import environment_of
from ..colab.emulation.server import Colab
from ..colab.kernel import Kernel
from ..support.environments import build_wheel
from .behaviours import cells
from .seat import Seat
from .servers import HOSTS, Host

AGE = "6.17.1 on Colab"
numbers = itertools.count(1)

GROUND = "look => { document.body.style.background = look ? '#383838' : 'white' }"


class ColabSeat(Seat):
    """A notebook with a kernel of its own."""

    host: ColabEmulation
    looks = ("dark",)

    def open(self) -> None:
        self._nth = next(numbers)
        folder = self.host.folder / f"seat{self._nth}"
        folder.mkdir()
        self._gate = folder / "gate"
        self._sources = cells(str(self._gate))
        self._run: dict[str, str] = {}
        self._kernel = Kernel(self.host.python, folder)
        self._folder, self._colab = folder, Colab(self._kernel.connection_file)
        self.page.goto(f"{self._colab.url}?network=60")
        self.eventually(lambda: self._colab.socket, "the page is connected")

    def place(self, cell: str) -> Locator:
        frame = f"iframe[name={self._run[cell]}]"
        self.page.locator(frame).wait_for(state="attached")  # it comes after its cell's end
        self.page.locator(frame).scroll_into_view_if_needed()  # a frame out of sight does not draw
        return self.page.frame_locator(frame).locator("body")

    def run(self, cell: str) -> None:
        self._gate.unlink(missing_ok=True)
        self._run[cell] = f"{cell}-{next(numbers)}"
        self.page.evaluate("cell => colab.run(...cell)", [self._run[cell], self._sources[cell]])

    def run_to_end(self, cell: str) -> str:
        self.run(cell)
        self.eventually(lambda: not self.runs(cell), f"{cell} comes to its end")
        return ""

    def runs(self, cell: str) -> bool:
        return cell in self._run and self._run[cell] not in self._colab.over

    def end(self, cell: str) -> None:
        self._gate.touch()
        self.eventually(lambda: not self.runs(cell), "the cell ends")

    def file(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()

    def wear(self, look: str) -> None:
        """As Colab's page tells its frames, and on its ground."""
        self.page.evaluate(GROUND, look)
        for frame in self.page.frames[1:]:
            frame.evaluate("name => document.documentElement.setAttribute('theme', name)", look or "light")
            frame.evaluate(GROUND, look)

    def close(self) -> None:
        self._gate.touch()
        super().close()
        self._colab.close()
        self._kernel.close()


class ColabEmulation(Host):
    """Its kernel with Colab's pins and our wheel; one for each seat."""

    name = "Colab, emulated"
    seat = ColabSeat
    browsers = ("Chromium",)  # over BiDi no click reaches a frame of another origin in Firefox
    cannot: ClassVar = {
        "reload": "what Colab saves of a notebook is not emulated",
        "still picture": "the emulation shows widgets alone",
        "full screen": "its frames are not permitted to",
    }
    version = "pins of 2026-08-19"
    has_story = False  # tests/colab has it

    def start(self) -> ColabEmulation:
        environment = environment_of(AGE)
        environment.uninstall("picopanel")
        environment.install("picopanel", find_links=build_wheel(self.folder).parent)
        self.python = environment.python
        return self

    def close(self) -> None:
        pass


HOSTS[ColabEmulation.name] = ColabEmulation
