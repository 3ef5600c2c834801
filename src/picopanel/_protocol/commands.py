"""Commands out."""

from __future__ import annotations

import json

COURSE_COMMANDS = ("on", "off", "toggle")


def format_command(
    experiment_id: str, *, boot: str | None = None, until: int | None = None, **action: object
) -> bytes:
    """Return a payload for `{id}/cmd`.

    Args:
        experiment_id: 1 to 64 ASCII characters; a board acts once on each.
        boot: The board's boot, once known.
        until: The board's `up`, in ms, after which the command has expired.
        action: `led`, `blink`, `set`, `interval`, `read` or `since`, as PicoPanel's wire has them.

    Example:
        >>> format_command("1f2e3d4c", led="on")
        b'{"experiment_id":"1f2e3d4c","led":"on"}'
    """
    known = {"boot": boot, "until": until}
    message = {"experiment_id": experiment_id}
    message |= {name: value for name, value in known.items() if value is not None}  # type: ignore[misc]
    return json.dumps(message | action, separators=(",", ":")).encode()
