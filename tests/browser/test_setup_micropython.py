"""MicroPython comes onto a new board through the browser's file picker, from the page that works at it.

The drive is a directory of the browser's own (`navigator.storage`), whose handles are those that the picker
gives; as the picker, it is given only within a click. As on the ROM's drive, a file can be gone before it is
closed (raspberrypi/pico-bootrom-rp2040: it restarts at the last block).
"""

import hashlib

import pytest

from ..cli.test_setup_faults import IMAGES
from .test_layout import OVERFLOW
from .test_setup_page import CELL, LISTEN, Desk, laid

FETCH = """
from picopanel._setup import by_page
by_page.download = lambda url: open({image!r}, "rb").read()  # this machine has no network
"""
PICKER = """(() => {
  const user = (window.user = { picks: {}, gone: false, asked: 0 });
  window.showDirectoryPicker = async ({ mode }) => {
    if (!navigator.userActivation.isActive) throw new DOMException("no click", "SecurityError");
    user.asked++;
    if (!user.picks) throw new DOMException("The user aborted a request.", "AbortError");
    const drive = await navigator.storage.getDirectory();
    for await (const name of drive.keys()) await drive.removeEntry(name);
    for (const [name, text] of Object.entries(user.picks)) {
      const file = await (await drive.getFileHandle(name, { create: true })).createWritable();
      await file.write(text);
      await file.close();
    }
    if (user.gone) {
      const close = FileSystemWritableFileStream.prototype.close;
      FileSystemWritableFileStream.prototype.close = async function () {
        await close.call(this);
        throw new DOMException("A requested file or directory could not be found.", "NotFoundError");
      };
    }
    return drive;
  };
})()"""
SUM = """async () => {
  const drive = await navigator.storage.getDirectory();
  const file = await (await drive.getFileHandle("micropython.uf2")).getFile();
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}"""
PUT = "Put MicroPython onto that drive"


class New(Desk):
    cells = (CELL, LISTEN, "print(*heard)", FETCH)

    def open(self):
        (self.folder / "image").write_bytes(IMAGES["RPI_PICO2_W"])
        self.window.context.add_init_script(PICKER)
        super().open()

    def pick(self, files, gone=False):
        self.page.evaluate("([picks, gone]) => Object.assign(user, { picks, gone })", [files, gone])
        self.page.get_by_role("button", name=PUT).click()


@pytest.fixture
def desk(tmp_path, lab, browser, mqtt_as, start):
    yield from laid(New, tmp_path, lab, browser, mqtt_as, start)


def test_a_new_board_gets_micropython_by_a_click(desk):
    page = desk.begin()
    desk.page_says("Choose your board")
    page.get_by_text("It is new, or not in the list").click()
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.locator(".card").evaluate(OVERFLOW) == []
    desk.pick(None)
    desk.pick({"notes.txt": "Model: Raspberry Pi RP2"})
    desk.page_says("That is not the drive of a Pico W or Pico 2 W.")
    desk.pick({"INFO_UF2.TXT": "UF2 Bootloader v4.0.0\r\nModel: Adafruit Feather\r\nBoard-ID: X\r\n"})
    desk.page_says("That is not the drive of a Pico W or Pico 2 W.")
    drive = {"INFO_UF2.TXT": "UF2 Bootloader v1.0\r\nModel: Raspberry Pi RP2350\r\nBoard-ID: RP2350\r\n"}
    desk.pick(drive)
    desk.page_says("MicroPython could not be fetched from https://micropython.org/")
    desk.book.run_to_end(3)
    desk.pick(drive, gone=True)
    desk.page_says("MicroPython is on the board when its drive has gone. Then choose the board.")
    assert page.evaluate("user.asked") == 5
    assert page.evaluate(SUM) == hashlib.sha256(IMAGES["RPI_PICO2_W"]).hexdigest()
    desk.choose()
    desk.says("That was your board.")
