"""As MicroPython's own driver: 85 degrees until it has measured once, which takes a while."""

import time


class DS18X20:
    def __init__(self, onewire):
        self._begun = None

    def scan(self):
        return [bytearray(b"\x28\xff\x64\x1e\x0f\x00\x00\x9c")]

    def convert_temp(self):
        self._begun = self._begun or time.ticks_ms()

    def read_temp(self, rom):
        assert rom[0] == 0x28
        measured = self._begun and time.ticks_diff(time.ticks_ms(), self._begun) > 750
        return 18.25 if measured else 85.0
