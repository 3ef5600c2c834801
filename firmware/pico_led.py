"""The LED: on, off, toggle, blink. No pin, no clock."""


class Led:
    """Lit or not; blinking is a function of the time, so no edge is ever missed.

    Attributes:
        lit: What the pin should show.
        edge_at: When ``step`` is needed next, or None.
    """

    def __init__(self):
        self.lit, self.edge_at = False, None
        self._blink = None

    def set(self, lit):
        """On or off; ends any blinking."""
        self.lit, self.edge_at, self._blink = lit, None, None

    def switch(self, word):
        """``"on"``, ``"off"`` or ``"toggle"``."""
        self.set(not self.lit if word == "toggle" else word == "on")

    def blink(self, now, n=None, on=500, off=500):
        """Blink ``n`` times (None: until told otherwise), then stay off."""
        self._blink = (now, n, on, off)
        self.step(now)

    def step(self, now):
        """Show what belongs to this moment."""
        if not self._blink:
            return
        start, times, on, off = self._blink
        cycle, phase = divmod(now - start, on + off)
        self.lit = phase < on
        self.edge_at = now + (on if self.lit else on + off) - phase
        if times is not None and (cycle >= times or (cycle == times - 1 and not self.lit)):
            self.set(False)
