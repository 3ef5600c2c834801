"""WebKitGTK through its own WebDriver, with those members of Playwright's that a person's deeds here need.

What this page cannot do it lacks, so that a test of it fails: routes, sockets, frames, emulated media. What
leads out of loopback meets a proxy where nobody listens. An error of a page is heard from its load on.
"""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service
from urllib3.exceptions import ReadTimeoutError

from .screen import Screen
from .waiting import eventually

DRIVER = "WebKitWebDriver"
ANSWERS_WITHIN = 90  # seconds
SIZE = 1700, 1600
"""Pixels of the screen."""
PROXY = {"proxyType": "manual", "noProxy": ["127.0.0.1", "localhost"]} | dict.fromkeys(
    ("httpProxy", "sslProxy"), "127.0.0.1:9"
)
FIND = (Path(__file__).parent / "webkit.js").read_text()
VALUE = """
const value = (%s);
return typeof value === 'function' ? value(...given) : value;
"""
HEAR = """
if (!window.heard) {
    window.heard = [];
    const told = it => it?.stack ? `${it}\n${it.stack}` : String(it);
    const keep = (...words) => window.heard.push(words.map(told).join(' '));
    addEventListener('error', event => keep(event.error ?? event.message));
    addEventListener('unhandledrejection', event => keep(event.reason));
    console.error = keep;
}
return window.heard.splice(0);
"""
KEYS = {"Control": Keys.CONTROL, "Shift": Keys.SHIFT, "ArrowLeft": Keys.ARROW_LEFT} | {
    name: getattr(Keys, name.removeprefix("Arrow").upper())
    for name in ("ArrowRight", "ArrowUp", "ArrowDown", "Enter", "Escape", "Tab", "Home", "End")
}


def program() -> str:
    """Return where MiniBrowser is: among the library's own programs, not on the path."""
    found = sorted(Path("/usr").glob("lib/*/webkit2gtk-4.*/MiniBrowser"))
    assert found and shutil.which(DRIVER), "WebKitGTK is not installed: apt-get install webkit2gtk-driver"
    return str(found[-1])


def started(options: Options, environment: dict[str, str]) -> WebKitGTK:
    """Start one; on a crowded machine a browser may not call its driver, which then waits for ever."""
    for attempt in (1, 2):
        service = Service(shutil.which(DRIVER), env=environment)
        socket.setdefaulttimeout(ANSWERS_WITHIN)  # selenium keeps to it
        try:
            return WebKitGTK(options=options, service=service)
        except ReadTimeoutError:
            service.stop()
            if attempt == 2:
                raise
        finally:
            socket.setdefaulttimeout(None)
    raise AssertionError


class Browser:
    """Starts a WebKit for each context, on one screen.

    Args:
        folder: Where its files and downloads go.
        theme: GTK's, from which pages get `prefers-color-scheme` and `prefers-contrast`.
    """

    def __init__(self, folder: Path, theme: str = "Adwaita") -> None:
        self._folder, self._theme = folder, theme
        self._screen = Screen(*SIZE)
        self.version = ""
        self.downloads = folder  # the newest context's home

    def new_context(self, *, viewport: dict[str, int], **_like_playwright: object) -> Context:
        home = self._folder / f"webkit{time.monotonic_ns()}"
        home.mkdir()
        context = Context(self, home, self._screen.name, self._theme, viewport)
        self.version = context.driver.capabilities["browserVersion"]
        return context

    def close(self) -> None:
        self._screen.close()


class Context:
    """One WebKit, with a home of its own; `at` is the window that its driver is at."""

    def __init__(
        self, browser: Browser, home: Path, screen: str, theme: str, viewport: dict[str, int]
    ) -> None:
        self.browser = browser
        browser.downloads = home
        self.home, self.viewport, self.patience = home, viewport, 30.0
        options = Options()
        options.binary_location = program()
        options.add_argument("--automation")
        options.set_capability("proxy", PROXY)
        environment = {"HOME": str(home), "DISPLAY": screen, "GTK_THEME": theme, "PATH": "/usr/bin:/bin"}
        self.driver = started(options, environment)
        self.driver.set_script_timeout(60)
        self._fresh, self.at = True, ""

    def set_default_timeout(self, milliseconds: float) -> None:
        self.patience = milliseconds / 1000

    def route(self, *_: object) -> None:
        """All that is not loopback has its proxy already."""

    def new_page(self) -> Page:
        if not self._fresh:
            self.driver.switch_to.new_window("window")  # a tab that is opened so stays hidden
        self.at = self.driver.current_window_handle
        self._fresh = False
        page = Page(self, self.at)
        page.set_viewport_size(self.viewport)
        return page

    def close(self) -> None:
        self.driver.quit()


class Locator:
    """Elements, looked for anew with each use."""

    def __init__(self, page: Page, steps: list[list[object]]) -> None:
        self.page, self._steps = page, steps

    def locator(self, css: str, *, has_text: str | None = None) -> Locator:
        found = self._then("css", css)
        return found if has_text is None else found._then("text", has_text)

    def get_by_role(self, role: str, *, name: str | None = None, exact: bool = False) -> Locator:
        assert exact or name is None, "only exact names are known here"
        return self._then("role", role, name)

    def get_by_label(self, text: str) -> Locator:
        return self._then("label", text)

    def nth(self, nth: int) -> Locator:
        return self._then("nth", nth)

    @property
    def first(self) -> Locator:
        return self.nth(0)

    @property
    def last(self) -> Locator:
        return self._then("last")

    def count(self) -> int:
        return int(self._ask("return found(steps).length;"))

    def all_inner_texts(self) -> list[str]:
        return list(self._ask("return found(steps).map(it => it.innerText);"))

    def all_text_contents(self) -> list[str]:
        return list(self._ask("return found(steps).map(it => it.textContent);"))

    def evaluate(self, script: str, *argument: object) -> Any:
        """Wait until there is just one such element, and ask about it."""
        return self._patiently("given.unshift(theOne(steps));" + VALUE % script, *argument)

    def inner_text(self) -> str:
        return str(self.evaluate("it => it.innerText"))

    def input_value(self) -> str:
        return str(self.evaluate("it => it.value"))

    def get_attribute(self, name: str) -> str | None:
        found: str | None = self.evaluate("(it, name) => it.getAttribute(name)", name)
        return found

    def is_enabled(self) -> bool:
        return bool(self.evaluate("it => !it.disabled"))

    def bounding_box(self) -> dict[str, float]:
        box = "it => (({ x, y, width, height }) => ({ x, y, width, height }))(it.getBoundingClientRect())"
        return dict(self.evaluate(box))

    def scroll_into_view_if_needed(self) -> None:
        self.evaluate("it => it.scrollIntoView({ block: 'center' })")

    def focus(self) -> None:
        self.evaluate("it => it.focus()")

    def press(self, key: str) -> None:
        self.focus()
        self.page.keyboard.press(key)

    def click(self, position: dict[str, float] | None = None) -> None:
        self._point(position, times=1)

    def dblclick(self) -> None:
        self._point(None, times=2)

    def hover(self, position: dict[str, float] | None = None) -> None:
        self._point(position, times=0)

    def fill(self, text: str) -> None:
        self.evaluate("it => { it.focus(); it.select(); }")
        self.page.keyboard.type(text)

    def select_option(self, label: str) -> None:
        """Choose as a list does that is open: its own window cannot be reached."""
        self.evaluate(
            "(it, label) => { it.selectedIndex = [...it.options].findIndex(each => each.label === label);"
            " it.dispatchEvent(new Event('change', { bubbles: true })); }",
            label,
        )

    def wait_for(self, *, state: str = "visible") -> None:
        look = {"visible": "found(steps).some(seen)", "attached": "found(steps).length > 0"}[state]
        self._patiently(f"if (!({look})) throw new Error('not {state}');")

    def screenshot(self, **_: object) -> bytes:
        return bytes(self._patiently("return theOne(steps);").screenshot_as_png)

    def _point(self, place: dict[str, float] | None, *, times: int) -> None:
        """Point where a person would, and click so many times."""
        self.page.mouse.move(*self._patiently("return pointOf(theOne(steps), ...given);", place))
        self.page.mouse.click(times)

    def _then(self, *step: object) -> Locator:
        return Locator(self.page, [*self._steps, list(step)])

    def _ask(self, script: str, *given: object) -> Any:
        return self.page.run(f"{FIND} const [steps, ...given] = arguments; {script}", self._steps, *given)

    def _patiently(self, script: str, *given: object) -> Any:
        end = time.monotonic() + self.page.context.patience
        while True:
            try:
                return self._ask(script, *given)
            except WebDriverException:
                if time.monotonic() > end:
                    raise
            time.sleep(0.05)


class Keyboard:
    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, keys: str) -> None:
        """Press a key, others held: `Control+Enter`."""
        *held, key = [KEYS.get(name, name) for name in keys.split("+")] if keys != "+" else ["+"]
        for down in [*held, key]:
            self._do(lambda it, down=down: it.key_action.key_down(down))
        for up in [key, *reversed(held)]:
            self._do(lambda it, up=up: it.key_action.key_up(up))

    def type(self, text: str) -> None:
        for character in text:
            self.press(character)

    def _do(self, act: Callable[[ActionBuilder], object]) -> None:
        self._page.act(act)


class Mouse:
    def __init__(self, page: Page) -> None:
        self._page, self._at = page, (0.0, 0.0)

    def move(self, x: float, y: float, *, steps: int = 1) -> None:
        (from_x, from_y), self._at = self._at, (x, y)
        for step in range(1, steps + 1):
            share = step / steps
            there = round(from_x + (x - from_x) * share), round(from_y + (y - from_y) * share)
            self._page.act(lambda it, there=there: it.pointer_action.move_to_location(*there))

    def down(self) -> None:
        self._page.act(lambda it: it.pointer_action.pointer_down())

    def up(self) -> None:
        self._page.act(lambda it: it.pointer_action.pointer_up())

    def click(self, times: int = 1) -> None:
        for _ in range(times):
            self.down()
            self.up()


class Page:
    """A tab."""

    def __init__(self, context: Context, handle: str) -> None:
        self.context, self._handle, self._closed = context, handle, False
        self.keyboard, self.mouse = Keyboard(self), Mouse(self)
        self._hears: list[Callable[[Any], object]] = []

    # What is around.

    def on(self, event: str, hear: Callable[[Any], object]) -> None:
        """Be told of a page's errors as of what it writes to its console; other events cannot be had."""
        if event == "console":
            self._hears.append(hear)

    def remove_listener(self, event: str, hear: Callable[[Any], object]) -> None:
        if hear in self._hears:
            self._hears.remove(hear)

    def goto(self, url: str, **_: object) -> None:
        self.driver.get(url)
        self.listen()

    def reload(self) -> None:
        self.listen()
        self.driver.refresh()
        self.listen()

    def listen(self) -> None:
        """Tell of what has gone wrong since the last time."""
        for text in self.run(HEAR):
            for hear in self._hears:
                hear(SimpleNamespace(type="error", text=text))

    @property
    def url(self) -> str:
        return str(self.driver.current_url)

    def set_viewport_size(self, size: dict[str, int]) -> None:
        frame = "[outerWidth - innerWidth, outerHeight - innerHeight]"
        around = self.evaluate(frame)
        self.driver.set_window_size(size["width"] + around[0], size["height"] + around[1])

    def bring_to_front(self) -> None:
        assert self.driver

    def close(self) -> None:
        self.listen()
        self.driver.close()
        self._closed = True

    def is_closed(self) -> bool:
        return self._closed

    # What is in it.

    def locator(self, css: str, *, has_text: str | None = None) -> Locator:
        return Locator(self, []).locator(css, has_text=has_text)

    def get_by_role(self, role: str, *, name: str | None = None, exact: bool = False) -> Locator:
        return Locator(self, []).get_by_role(role, name=name, exact=exact)

    def get_by_label(self, text: str) -> Locator:
        return Locator(self, []).get_by_label(text)

    def evaluate(self, script: str, arg: object = None) -> Any:
        return self.run("const given = [...arguments];" + VALUE % script, arg)

    def wait_for_function(self, script: str, *, arg: object = None) -> None:
        eventually(lambda: self.evaluate(script, arg), f"{script} is so", within=self.context.patience)

    def wait_for_timeout(self, milliseconds: float) -> None:
        time.sleep(milliseconds / 1000)

    def screenshot(self, **_: object) -> bytes:
        return bytes(self.driver.get_screenshot_as_png())

    # How it is done.

    @property
    def driver(self) -> WebKitGTK:
        driver = self.context.driver
        if self.context.at != self._handle:
            driver.switch_to.window(self._handle)
            self.context.at = self._handle
        return driver

    def run(self, script: str, *given: object) -> Any:
        """Run the body of a function, and return its value or what it promises."""
        return self.driver.execute_script(script, *given)

    def act(self, act: Callable[[ActionBuilder], object]) -> None:
        builder = ActionBuilder(self.driver, duration=0)
        act(builder)
        builder.perform()
