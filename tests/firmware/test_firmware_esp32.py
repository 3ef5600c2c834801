"""The firmware on a stand-in for an ESP32: none was at hand, and no emulator runs its MicroPython."""

import signal

import pytest
from bench import WireBench

pytestmark = pytest.mark.micropython


def test_it_comes_online_and_answers(room):
    broker = room.broker()
    notebook = room.notebook(broker, "esp")
    board = room.board(broker, "esp", kind="esp32")
    bench = WireBench(notebook, None)
    info = bench.wait("/info")
    assert "ESP32" in info["board"]
    assert bench.wait("/telemetry")["values"]["temperature"] == 23.3, "74 degrees Fahrenheit"
    notebook.send("/onboard_led", "on")
    bench.wait("/telemetry", lambda sample: sample["led"] == "on")
    assert board.lit
    notebook.close()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (202, "the password was refused: check PASSWORD"),
        (15, "the password was refused: check PASSWORD"),
        (201, "no such network: check SSID"),
        (200, "Wi-Fi connect timed out (status 200)"),
    ],
)
def test_it_says_why_it_cannot_join(room, status, sentence):
    def prepare(folder):
        (folder / "wifi").write_text(str(status))

    board = room.board(room.broker(), "esp", kind="esp32", prepare=prepare)
    board.says(f"Wi-Fi: {sentence}")


def test_its_led_can_be_at_another_pin_and_ctrl_c_ends_it(room):
    board = room.board(room.broker(), "esp", kind="esp32", LED_PIN=48)
    board.says("Broker: connected.")
    board.process.send_signal(signal.SIGINT)
    fed_for_ever = board.says("[timer] 1000")
    board.says("Stopped.", after=fed_for_ever - 1)
