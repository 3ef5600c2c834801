"""A browser's window, with nothing within its reach but loopback."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, ViewportSize

from .browsers import browsers
from .waiting import PATIENCE, eventually

ELSEWHERE = re.compile(r"^(?!(https?|wss?)://(127\.0\.0\.1|localhost)[:/])(https?|wss?)://")
# A panel's own code comes from a `blob:` address.
OF_JUPYTERLAB = re.compile(r"/static/lab/")
# Said by the browser and by JupyterLab itself; nothing to do with a panel.
NOT_OURS = re.compile(r"favicon|ResizeObserver loop|preload|Autofocus|third-party|Deprecat", re.IGNORECASE)


@contextmanager
def chromium() -> Iterator[Browser]:
    with browsers() as start:
        yield start("Chromium")


def on(page: Page) -> Callable[..., Any]:
    """Return `eventually` for what is on a page, which goes on working meanwhile."""
    return partial(eventually, pause=lambda seconds: page.wait_for_timeout(seconds * 1000))


class Window:
    """A browser profile of its own that keeps what went wrong in its pages."""

    def __init__(
        self,
        browser: Browser,
        *,
        width: int = 1280,
        height: int = 1400,
        scale: float = 1,
        timezone: str | None = None,
        touch: bool = False,
        any_certificate: bool = False,
    ) -> None:
        self.errors: list[str] = []
        self.escapes: list[str] = []
        self.size = ViewportSize(width=width, height=height)
        self.context: BrowserContext = browser.new_context(
            viewport=self.size,
            device_scale_factor=scale,
            accept_downloads=True,
            timezone_id=timezone,
            has_touch=touch,
            ignore_https_errors=any_certificate,
        )
        self.context.set_default_timeout(2 * PATIENCE * 1000)  # of a page's load, say
        self.context.route(ELSEWHERE, self._refuse)

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", self._page_error)
        page.on("console", lambda message: self._console(message.type, message.text))
        return page

    def check(self) -> None:
        """Fail if a page had an error, or asked for anything that is not on loopback."""
        assert not self.errors, f"the page reported {self.errors}"
        assert not self.escapes, f"the page asked for {self.escapes}"

    def close(self) -> None:
        self.context.close()

    def _refuse(self, route: Route) -> None:
        self.escapes.append(route.request.url)
        route.abort()

    def _page_error(self, error: Error) -> None:
        stack = error.stack or ""
        if not OF_JUPYTERLAB.search(stack) or "blob:" in stack:
            self.errors.append(f"{error.name}: {error.message}\n{stack}")

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and not NOT_OURS.search(text):
            self.errors.append(text)
