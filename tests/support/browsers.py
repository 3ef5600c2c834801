"""The browsers: Chromium, Firefox as it is, and WebKitGTK, each started when it is first asked for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUIET = {
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.normandy.enabled": False,
    "browser.download.alwaysOpenPanel": False,
}
"""Firefox's settings by which it does not ask its maker for anything, nor takes the keyboard from a page."""
LOOKS: dict[str, dict[str, Any]] = {
    "Firefox": {
        "": {},
        "dark": {"layout.css.prefers-color-scheme.content-override": 0},
        "forced colours": {"browser.display.document_color_use": 2},
    },
    "WebKit": {"": "Adwaita", "dark": "Adwaita:dark", "high contrast": "HighContrast"},
}
"""How a browser that takes it from its user's system is made to look; Chromium does on a page's wish."""
CHROMIUM_LOOKS: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark"},
    "high contrast": {"contrast": "more"},
    "forced colours": {"forced_colors": "active"},
}
Start = Callable[..., Any]


@contextmanager
def browsers() -> Iterator[Start]:
    """Give what starts a browser, or returns the one that is there: `start("Firefox", "dark")`."""
    started: dict[tuple[str, str], Any] = {}
    with sync_playwright() as playwright, ExitStack() as ends:

        def start(name: str, look: str = "") -> Any:
            if (name, look) not in started:
                started[name, look] = ends.enter_context(STARTS[name](playwright, look))
            return started[name, look]

        yield start


@contextmanager
def chromium(playwright: Playwright, look: str = "") -> Iterator[Browser]:
    assert not look, "Chromium's pages are dressed one by one"
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "Chromium is not installed: apt-get install chromium"
    browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
    yield browser
    browser.close()


@contextmanager
def firefox(playwright: Playwright, look: str = "") -> Iterator[Browser]:
    """A stock Firefox, driven over WebDriver BiDi: no patched build, none to download."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    assert program, "Firefox is not installed: apt-get install firefox-esr"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as downloads:
        browser = playwright.firefox.launch(
            channel="moz-firefox",
            executable_path=program,
            downloads_path=downloads,
            firefox_user_prefs=QUIET | LOOKS["Firefox"][look],
        )
        browser.downloads = Path(downloads)  # type: ignore[attr-defined]
        yield browser
        browser.close()


@contextmanager
def webkit(_playwright: Playwright, look: str = "") -> Iterator[Any]:
    from .webkit import Browser as WebKit

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = WebKit(Path(folder), LOOKS["WebKit"][look])
        yield browser
        browser.close()


STARTS: dict[str, Callable[[Playwright, str], Any]] = {
    "Chromium": chromium,
    "Firefox": firefox,
    "WebKit": webkit,
}
