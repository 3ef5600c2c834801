"""Makes the pictures of the panel in docs/pictures: `python -m tests.screenshots`.

A real JupyterLab, a real broker, and a virtual Pico on it; about a minute.
"""

import sys
import tempfile
from pathlib import Path

from .browser.cells import panel as panel_cell
from .support.browser import Window, chromium
from .support.jupyter import JupyterLab
from .support.mosquitto import Mosquitto
from .support.notebook import Notebook
from .support.programs import Program

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
BOARD_ID = "alice-07"


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        broker = Mosquitto(Path(folder) / "broker").start()
        (Path(folder) / "jupyter").mkdir()
        lab = JupyterLab(Path(folder) / "jupyter").start()
        pico = Program(["-m", "picopanel", "pico", BOARD_ID, "--broker", broker.url(), "--interval", 200])
        window = Window(browser, width=2100, height=900, scale=2)
        try:
            book = Notebook(lab, window, [panel_cell(broker, BOARD_ID)])
            live(book)
            picture(book, "light", 880)
            picture(book, "wide", 1600)
            book.theme("JupyterLab Dark")
            picture(book, "dark", 880)
            picture(book, "narrow", 400)
            picture(book, "narrowest", 320)
            pico.kill()
            book.panel().says("The Pico went offline.")
            picture(book, "trouble", 880)
            book.close()
        finally:
            window.close()
            pico.kill()
            lab.stop()
            broker.stop()


def live(book: Notebook) -> None:
    """Half a minute of a student's life."""
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    panel.show("30 s")
    for command, seconds in (("", 6), ("On", 9), ("Off", 9), ("Toggle", 7)):
        if command:
            panel.click(command)
        book.page.wait_for_timeout(seconds * 1000)


def picture(book: Notebook, name: str, width: int) -> None:
    """Save the panel as it is, drawn so wide."""
    panel = book.panel()
    panel.set_width(width)
    book.page.mouse.move(0, 0)
    book.page.wait_for_timeout(400)  # transitions
    path = PICTURES / f"{name}.png"
    panel.root.screenshot(path=path)
    print(f"{path.relative_to(PICTURES.parents[1])}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    sys.exit(main())
