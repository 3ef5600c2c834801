"""A wall on a page, by what a person sees of it: its tiles, buttons and words."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator

from .panel import WIDTH, PanelOnPage
from .waiting import PATIENCE

TILES = """root => [...root.querySelectorAll('[data-id]')].map(it => ({
    id: it.dataset.id,
    level: it.dataset.level,
    words: it.innerText.replace(/\\s+/g, ' '),
    title: it.title,
    selected: it.getAttribute('aria-selected') === 'true',
    led: it.querySelector('.led').className.replace('led ', ''),
    line: it.querySelector('.spark path')?.getAttribute('d') ?? '',
}))"""


class WallOnPage:
    """One view of a wall."""

    def __init__(self, root: Locator, eventually: Callable[..., Any]) -> None:
        self.root = root
        self.eventually = eventually

    @property
    def tiles(self) -> dict[str, dict[str, Any]]:
        """All tiles by ID, in the order in which they stand."""
        return {tile["id"]: tile for tile in self.root.evaluate(TILES)} if self.root.count() else {}

    def tile(self, device_id: str) -> Locator:
        return self.root.locator(f"[data-id='{device_id}']")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def words(self) -> str:
        return self.root.inner_text() if self.root.count() else "(no wall)"

    def says(self, text: str, within: float = PATIENCE) -> None:
        self.eventually(
            lambda: text in self.words(), f"the wall says {text!r}", within=within, seen=self.words
        )

    def open(self, device_id: str) -> PanelOnPage:
        """Click a tile and return its panel."""
        self.tile(device_id).locator(".id").click()
        return self.opened()

    def opened(self) -> PanelOnPage:
        """Return the panel that stands in the wall's place."""
        panel = PanelOnPage(self.root.locator(".place .picopanel"), self.eventually)
        panel.root.scroll_into_view_if_needed()
        panel.wait_until_ready()
        return panel

    def set_width(self, width: int) -> None:
        self.root.evaluate(WIDTH, width)
        self.eventually(
            lambda: self.root.evaluate("it => it.getBoundingClientRect().width") <= width,
            "the wall is as wide as its place",
        )
