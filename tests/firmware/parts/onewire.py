"""As MicroPython's own: a bus, which the driver of its parts asks."""


class OneWire:
    def __init__(self, pin):
        self.pin = pin
