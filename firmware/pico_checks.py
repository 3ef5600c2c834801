"""What a board accepts: its own ID, and commands. Pure functions."""

SHORTEST, LONGEST = 50, 3_600_000  # milliseconds between samples
BLINK_SHORTEST = 10


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
    if type(name) is not str or not 1 <= len(name) <= 64 or any(ord(c) > 127 for c in name):
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
