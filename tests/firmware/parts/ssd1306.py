"""As micropython-lib's driver: 16 letters of 8 dots fit in a line; nothing is seen before `show`."""


class SSD1306_I2C:  # noqa: N801
    def __init__(self, width, height, i2c):
        self._texts = []

    def fill(self, dot):
        self._texts = []

    def text(self, text, x, y):
        self._texts.append((y, text))

    def show(self):
        print("[screen]", " | ".join(text for _, text in sorted(self._texts)))
