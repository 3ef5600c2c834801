"""What a board accepts: its own ID, its sensors and actuators, and commands. Pure functions."""

SHORTEST, LONGEST = 50, 3_600_000  # milliseconds between samples
BLINK_SHORTEST = 10
MOST_CHANNELS, MOST_CONTROLS = 32, 16  # the panel takes no more


def check_id(device_id):
    """Raise ValueError with a plain sentence unless this can be a course ID."""
    if not 1 <= len(device_id.encode()) <= 60:
        raise ValueError("The course ID must be 1 to 60 bytes long.")
    if "<" in device_id and device_id.find("<") < device_id.rfind(">"):
        raise ValueError("The course ID is still the placeholder: put your own in its place.")
    if "+" in device_id or "#" in device_id:
        raise ValueError("The course ID must not contain + or #: they would listen to everybody.")
    if any(ord(c) < 32 or 127 <= ord(c) < 160 for c in device_id):
        raise ValueError("The course ID must not contain control characters.")
    if device_id[0] in "$/" or device_id[-1] == "/":
        raise ValueError("The course ID must not begin with $ or /, nor end with /.")


def check_channel(name, unit, others):
    """Raise ValueError with a plain sentence unless the panel takes one more channel like this."""
    _check_name(name, others, MOST_CHANNELS)
    if type(unit) is not str or len(unit) > 32:
        raise ValueError('A unit is a text of at most 32 characters, such as "lx".')


def check_control(name, control, others):
    """Raise ValueError with a plain sentence unless the panel takes one more control like this."""
    _check_name(name, others, MOST_CONTROLS)
    if control["type"] not in ("range", "color", "switch"):
        raise ValueError('A control is a "range", a "color" or a "switch".')
    if control["type"] == "range":
        least, most, step = control["min"], control["max"], control["step"]
        if not (_finite(least) and _finite(most) and _finite(step) and least < most and step > 0):
            raise ValueError("A range needs numbers: min below max, and a step above 0.")


def _check_name(name, others, most):
    """As `a_name` in the panel's checks.py: what it refuses would make the whole board unreadable."""
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


def _finite(value):
    return type(value) in (int, float) and -3.4e38 < value < 3.4e38


def whole(value, least, most=None):
    """Whether it is a whole number in range. True and 5.0 are not."""
    return type(value) is int and least <= value and (most is None or value <= most)


def fits(value, control):
    """Whether a control as described in ``info`` takes this value."""
    if control["type"] == "switch":
        return type(value) is bool
    if control["type"] == "color":
        return (
            type(value) is str
            and len(value) == 7
            and value[0] == "#"
            and all(c in "0123456789abcdefABCDEF" for c in value[1:])
        )
    return type(value) in (int, float) and control["min"] <= value <= control["max"]


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
    return _blink_refusal(blink) or _set_refusal(values, controls)


def _blink_refusal(blink):
    times = blink.get("n")
    if (
        (times is None or whole(times, 1))
        and whole(blink.get("on", 500), BLINK_SHORTEST, LONGEST)
        and whole(blink.get("off", 500), BLINK_SHORTEST, LONGEST)
    ):
        return None
    return "blink: n of 1 or more, on and off 10 to 3600000 milliseconds"


def _set_refusal(values, controls):
    for name, value in values.items():
        if name not in controls:
            return "set: this board has no such control"
        if not fits(value, controls[name]):
            return "set: not a value of this control"
    return None
