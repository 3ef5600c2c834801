"""The panel in every host side by side, for docs/hosts.md."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Locator

from ..support.browsers import Start
from .behaviours import more_readings
from .hosts import HOSTS
from .seat import Seat

ALSO_IN = {"JupyterLab": ("Firefox", "WebKit")}
SIZE = {"width": 900, "height": 640}
PAGE = """<style>
  body { margin: 0; padding: 12px; display: grid; grid-template-columns: repeat(3, 480px); gap: 18px;
         width: max-content; font: 15px sans-serif; background: #8a8f98; color: white }
  figure { margin: 0 } figcaption { padding: 0 2px 5px } img { display: block; width: 480px }
</style>"""


def side_by_side(start: Start, folder: Path, save: Callable[[Locator, str], None]) -> None:
    """Save all hosts in one picture, in the light theme and in the dark."""
    taken = [(look, title, picture) for look, title, picture in every_seat(start, folder)]
    with closing(start("Chromium").new_page(viewport={"width": 1600, "height": 900})) as page:
        for wanted, name in (("", "hosts"), ("dark", "hosts-dark")):
            figures = [
                f'<figure><figcaption>{title}</figcaption><img src="data:image/png;base64,'
                f'{base64.b64encode(picture).decode()}"></figure>'
                for look, title, picture in taken
                if look == wanted
            ]
            page.set_content(PAGE + "".join(figures))
            save(page.locator("body"), name)


def every_seat(start: Start, folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Give the look, where it was, and what was seen there."""
    for nth, (name, kind) in enumerate(HOSTS.items()):
        place = folder / str(nth)
        place.mkdir()
        with closing(kind(place).start()) as host:
            for browser in ("Chromium", *ALSO_IN.get(name, ())):
                with closing(kind.seat(host, start, browser)) as seat:
                    seat.open()
                    yield "", f"{name}, {browser}", seen(seat)
                    with seat.dressed("dark") as dark:
                        yield "dark", f"{name}, {browser}", seen(dark)


def seen(seat: Seat) -> bytes:
    """Return the window's picture, once there are some readings."""
    panel = seat.panel()
    panel.click("On")
    panel.confirmed("On")
    more_readings(seat, panel)
    seat.page.set_viewport_size(SIZE)  # not before: WebKit's window hears no keys for a while then
    panel.root.scroll_into_view_if_needed()
    return seat.page.screenshot()
