"""As MicroPython's own driver: a colour is three whole numbers; written when told to."""


class NeoPixel:
    def __init__(self, pin, n):
        self._pixels = [(0, 0, 0)] * n

    def fill(self, color):
        red, green, blue = color
        self._pixels = [(red & 255, green & 255, blue & 255)] * len(self._pixels)

    def write(self):
        print("[pixels]", len(self._pixels), self._pixels[0])
