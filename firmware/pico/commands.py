"""What a board can be told: its LED, its controls, and which commands it carries out.

No pin, no clock.
"""

from .samples import LONGEST, SHORTEST
from .sensors import FAILS, check_name, described, whole

MOST_CONTROLS = 16  # the panel takes no more
BLINK_SHORTEST = 10  # milliseconds


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


class Controls:
    """What can be set, by name.

    Attributes:
        told: What ``info`` says of each.
    """

    def __init__(self):
        self.told, self._setters = {}, {}

    def add(self, name, set, control):
        """Raise ValueError with a plain sentence unless the panel takes one more control like this."""
        check_name(name, self.told, MOST_CONTROLS)
        if control["type"] not in ("range", "color", "switch"):
            raise ValueError('A control is a "range", a "color" or a "switch".')
        if control["type"] == "range":
            least, most, step = control["min"], control["max"], control["step"]
            if not (_finite(least) and _finite(most) and _finite(step) and least < most and step > 0):
                raise ValueError("A range needs numbers: min below max, and a step above 0.")
        self.told[name], self._setters[name] = control, set

    def refusal(self, values):
        """Why these values cannot be set, or None."""
        for name, value in values.items():
            if name not in self.told:
                return "set: this board has no such control"
            if not _fits(value, self.told[name]):
                return "set: not a value of this control"
        return None

    def set(self, values):
        """Set them, up to the first that fails; return why it does, or None."""
        for name, value in values.items():
            try:
                self._setters[name](value)
            except FAILS as problem:
                return "set: " + described(problem, kind=False)
        return None


def command_id(command):
    """The command's ``experiment_id``; raises ValueError where there is none."""
    name = command["experiment_id"]
    if type(name) is not str or not 1 <= len(name) <= 64 or not all(" " <= c <= "~" for c in name):
        raise ValueError("experiment_id")
    return name


def refusal(command, boot, now, controls):
    """Why the board does not carry out this command, or None."""
    if command.get("boot", boot) != boot:
        return "expired"
    until = command.get("until", now)
    if not whole(until, 0):
        return "until: whole milliseconds"
    if until < now:
        return "expired"
    if command.get("led", "on") not in ("on", "off", "toggle"):
        return "led: on, off or toggle"
    if not whole(command.get("interval", SHORTEST), SHORTEST, LONGEST):
        return "interval: 50 to 3600000 milliseconds"
    since, blink, values = [command.get(key, {}) for key in ("since", "blink", "set")]
    if not type(since) is type(blink) is type(values) is dict:
        return "since, blink and set: an object"
    if not whole(since.get("seq", 0), 0):
        return "since: a seq of 0 or more"
    times = blink.get("n")
    if not (
        (times is None or whole(times, 1))
        and whole(blink.get("on", 500), BLINK_SHORTEST, LONGEST)
        and whole(blink.get("off", 500), BLINK_SHORTEST, LONGEST)
    ):
        return "blink: n of 1 or more, on and off 10 to 3600000 milliseconds"
    return controls.refusal(values)


def _fits(value, control):
    """Whether a control takes this value."""
    if control["type"] == "switch":
        return type(value) is bool
    if control["type"] == "color":
        return type(value) is str and len(value) == 7 and value[0] == "#" and all(map(_hex, value[1:]))
    return type(value) in (int, float) and control["min"] <= value <= control["max"]


def _hex(character):
    return character in "0123456789abcdefABCDEF"


def _finite(value):
    return type(value) in (int, float) and -3.4e38 < value < 3.4e38
