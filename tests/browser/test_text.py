"""Text of a device is only ever text."""

import json

from . import cells

EVIL = "<img src=x onerror=window.hacked=1><a href='javascript:window.hacked=1'>Pico</a><b>W</b>"


def test_device_text_is_only_text(notebook, broker, spy):
    """A board's name and unit, and an ID, full of HTML: shown as written, nothing of it runs."""
    board_id = "i<b"
    info = {"protocol": 1, "firmware": "0.1.0", "board": EVIL, "boot": "0badb007", "interval": 1000}
    info |= {"channels": {"light": {"unit": "<a href='http://example.com'>u</a>"}}}
    info |= {"controls": {"led": {"type": "switch"}}}
    spy.publish(f"{board_id}/info", json.dumps(info), retain=True)
    spy.publish(f"{board_id}/status", "online", retain=True)
    book = notebook(cells.panel(broker, board_id))
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    for seq in range(3):
        sample = {"boot": "0badb007", "seq": seq, "up": 1000 * seq, "ts": None, "led": "on"}
        spy.publish(f"{board_id}/telemetry", json.dumps(sample | {"values": {"light": 1.5}}))
    panel.says("1.5")
    panel.says("<img src=x")
    assert panel.root.locator("img, a, .card header b b").count() == 0
    assert book.page.evaluate("window.hacked") is None
