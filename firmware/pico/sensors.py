"""The sensors of a board: one read for several channels, not too often; what fails is told and tried again.

No input or output, no clock.
"""

from .samples import LONGEST

MOST_CHANNELS = 32  # the panel takes no more
TRY_AGAIN = 10_000  # milliseconds until what has failed is set up anew
ERROR_BYTES = 120  # of an error in `info` or `ack`
FAILS = (Exception, SystemExit)  # of a driver: sys.exit() in it must not stop the board


class Sensor:
    """What reads one or more channels.

    Attributes:
        errors: Why a channel has no value now, by its name.
        part: The part that has set it up, or None.
    """

    def __init__(self, read, names, every, part):
        self.names, self.every, self.part = names, every, part
        self.errors = {}
        self._read, self._values, self._read_at = read, {}, None

    def values(self, now):
        """The numbers that there are, and what was raised; read anew unless it is too early for that."""
        if self._read_at is not None and now - self._read_at < self.every:
            return self._values, {}
        self._read_at, self._values, problems = now, {}, {}
        try:
            given = self._read()
            given = given if isinstance(given, dict) else {self.names[0]: given}
        except FAILS as problem:  # a loose sensor must not stop the board
            given, problems = {}, dict.fromkeys(self.names, problem)
        for name in self.names:
            try:
                if name not in problems:
                    self._values[name] = _number(given.get(name))
            except Exception as problem:
                problems[name] = problem
        self.errors = {name: described(problem) for name, problem in problems.items()}
        return self._values, problems


class Part:
    """A function that sets up sensors and controls.

    Attributes:
        due: When it is to be called, or None.
    """

    def __init__(self, set_up):
        self.set_up, self.due = set_up, 0
        self.error = ""  # None once it has been set up
        name = getattr(set_up, "__name__", "<")
        self.name = "sensor" if name[0] == "<" else name[:30]


class Sensors:
    """All channels of a board.

    Args:
        report: Called with a name and an exception, the first time that something fails in this way.

    Attributes:
        changes: Counts what changes in `told()`.
    """

    def __init__(self, report=None):
        self.changes = 0
        self._report, self._reported = report, {}
        self._units, self._sensors = {}, {}  # by the names of the channels
        self._parts, self._setting_up = [], None

    def add(self, read, channels, every):
        """``read()`` returns a number, or a dict of them; what raises, or is no number, is no value."""
        if not isinstance(channels, dict) or not channels:
            raise ValueError('A sensor needs its channels with their units, such as {"humidity": "%"}.')
        if not whole(every, 0, LONGEST):
            raise ValueError("The least time between two reads must be 0 to 3600000 milliseconds.")
        for name, unit in channels.items():
            check_name(name, self._units, MOST_CHANNELS)
            if type(unit) is not str or len(unit) > 32:
                raise ValueError('A unit is a text of at most 32 characters, such as "lx".')
        before = self.told()
        sensor = Sensor(read, list(channels), every, self._setting_up)
        for name, unit in channels.items():
            former = self._sensors.get(name)
            if former and name in former.errors:  # it fails until it has been read
                sensor.errors[name] = former.errors[name]
            self._units[name], self._sensors[name] = unit, sensor
        self.changes += self.told() != before

    def add_part(self, set_up):
        """``set_up(device)`` adds sensors; it is called in `step`, again if it raises or they fail."""
        self._parts.append(Part(set_up))

    @property
    def due(self):
        """When `step` has something to do, or None."""
        return min([part.due for part in self._parts if part.due is not None] or [None])

    def step(self, now, device):
        """Set up what is due."""
        for part in self._parts:
            if part.due is not None and now >= part.due:
                part.due = None
                if part.error is not None or self._fails(part):
                    self._set_up(part, now, device)

    def _fails(self, part):
        return any(sensor.part is part and sensor.errors for sensor in self._sensors.values())

    def _set_up(self, part, now, device):
        self._setting_up, before = part, self.told()
        try:
            part.set_up(device)
            part.error = None
        except FAILS as problem:
            part.due, part.error = now + TRY_AGAIN, described(problem)
            self._tell(part.name, part.error, problem)
        self._setting_up = None
        self.changes += self.told() != before

    @property
    def names(self):
        """Of the channels that have been set up."""
        return self._units.keys()

    def value(self, name, now):
        """A finite number, or None."""
        sensor = self._sensors.get(name)
        return sensor and self._read(sensor, now).get(name)

    def values(self, now):
        """The numbers of the channels that have one."""
        read, found = {}, {}
        for name, sensor in self._sensors.items():
            if sensor not in read:
                read[sensor] = self._read(sensor, now)
            if name in read[sensor]:
                found[name] = read[sensor][name]
        return found

    def _read(self, sensor, now):
        former = sensor.errors
        values, problems = sensor.values(now)
        for name, problem in problems.items():
            alike = [each for each in sensor.names if problems.get(each) is problem]
            if name == alike[0]:
                self._tell(", ".join(alike), sensor.errors[name], problem)
        if problems and sensor.part and sensor.part.due is None:
            sensor.part.due = now + TRY_AGAIN
        self.changes += sensor.errors != former
        return values

    def told(self):
        """What `info` says of each channel; a part whose channels are not known yet, by its own name."""
        channels = {}
        for name, unit in self._units.items():
            channels[name], sensor = {"unit": unit}, self._sensors[name]
            if sensor.every:
                channels[name]["every"] = sensor.every
            if name in sensor.errors:
                channels[name]["error"] = sensor.errors[name]
        for part in self._parts:
            if part.error and not self._fails(part):
                # `temperature()` is to set up "temperature", which is the chip's own until then.
                name = part.name + "()" if part.name in channels else part.name
                channels[name] = {"unit": "", "error": part.error}
        return channels

    def _tell(self, name, error, problem):
        """Once, and again when it is another problem."""
        if self._report and self._reported.get(name) != error:
            self._reported[name] = error
            self._report(name, problem)


def check_name(name, others, most):
    """Raise ValueError with a plain sentence unless the panel takes one more of this name.

    As `a_name` in the panel's payloads.py: what it refuses would make the whole board unreadable.
    """
    if type(name) is not str or not 1 <= len(name) <= 32:
        raise ValueError("A channel or control needs a name of 1 to 32 characters.")
    if name[0] in " =+-@":
        raise ValueError("The name %s must not begin with a space, =, +, - or @." % name)
    if any(c in '<>&"' or _unseen(ord(c)) for c in name):
        raise ValueError('The name %s must not contain <, >, & or ", nor unseen characters.' % name)
    if name not in others and len(others) >= most:
        raise ValueError("%s is one too many: a board has at most %d of its kind." % (name, most))


def _unseen(code):
    """Control characters, and in Unicode those that turn or hide others; halves of a character."""
    return code < 32 or 127 <= code <= 160 or 0x2000 <= code < 0x2070 or 0xD800 <= code < 0xE000


def whole(value, least, most=None):
    """Whether it is a whole number in range. True and 5.0 are not."""
    return type(value) is int and least <= value and (most is None or value <= most)


def described(problem, kind=True):
    """An exception in one short line: its kind, which may be left out where it has words, and these."""
    name = type(problem).__name__
    try:
        text = str(problem).strip()
        text = "%s: %s" % (name, text) if kind and text else text
        text = "".join([c if c >= " " else " " for c in text[:ERROR_BYTES]])
        while len(text.encode()) > ERROR_BYTES:
            text = text[:-1]
    except FAILS:  # its own words cannot be written
        text = ""
    return text or name


def _number(value):
    value = float(value)
    if not -3.4e38 < value < 3.4e38:
        raise ValueError("no finite number: %s" % value)
    return value
