"""What a broker means by the reason codes with which it refuses or ends what is asked of it.

That is a connection (CONNACK, DISCONNECT), a subscription (SUBACK) or a command (PUBACK, PUBREC). From the
tables of the standard: MQTT 5.0, 3.2.2.2, 3.14.2.1, 2.4, 3.9.3, 3.4.2.1 and 3.5.2.1; MQTT 3.1.1, 3.2.2.3 and
3.9.3; a code of one broker's own stands at the end of its table. A code is known by its number and the
version it was said in: libraries name them in words of their own, and turn one version's numbers into the
other's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Reason:
    """What a code means.

    In the sentence `…` stands for what the broker added, in the next step for the ID that it is about.
    """

    problem: str
    sentence: str
    next: str
    final: bool = False
    """Whether trying again cannot mend it."""


AGAIN = "It is tried again by itself."
_LOG = "Whoever runs the broker finds the cause in its log."
_ASK = "Ask whoever runs the broker, then run the cell again."
_REPORT = f"A proxy on the way may change what is sent; else please report it as a bug. {AGAIN}"
_LESS = f"Fewer panels, or longer intervals at the boards, send less. {AGAIN}"
SELF = "It is connected again by itself."
_LIST = "A wall with a list of IDs needs no search: PicoWall(['ada', 'bob'], broker=...)."

_VERSION = Reason("version", "The broker does not speak MQTT 5 or 3.1.1.", "Use another broker.")
_CLIENT_ID = Reason(
    "client-id",
    "The broker does not take the name under which PicoPanel connects.",
    "Its rules must allow client IDs such as picopanel-1a2b3c4d5e6f. " + _ASK,
    final=True,
)
_PASSWORD = Reason(
    "password",
    "The broker refused the user name or password.",
    "Check both (they are the broker's, not your e-mail's), then run the cell again.",
    final=True,
)
_UNAVAILABLE = Reason(
    "unavailable",
    "The broker answers, but its service is not available now.",
    f"It may be starting, or in maintenance. {AGAIN}",
)
_BUSY = Reason("busy", "The broker is too busy for this connection.", f"It may pass. {AGAIN}")
_FULL = Reason("full", "The broker is full.", f"Closing other notebooks frees connections. {AGAIN}")
_AUTHENTICATION = Reason(
    "authentication",
    "The broker wants another way to sign in than with user name and password.",
    "PicoPanel knows no other. " + _ASK,
    final=True,
)
_ELSEWHERE = Reason(
    "elsewhere",
    "The broker asks to use another one for now: ….",
    f"Give that address as broker=, or wait. {AGAIN}",
)
_MOVED = Reason(
    "moved",
    "The broker has moved for good: ….",
    "Give the new address as broker=, and to the board. Then run the cell again.",
    final=True,
)
_TOO_OFTEN = Reason(
    "too-often",
    "The broker takes no more new connections for now: too many came at once.",
    f"It passes when a class has connected. {AGAIN}",
)

_CONNACK_5 = {
    0x80: Reason("unspecified", "The broker refused the connection and does not say why.", f"{_LOG} {AGAIN}"),
    0x81: Reason("malformed", "The broker could not read what PicoPanel greeted it with.", _REPORT),
    0x82: Reason("protocol", "The broker says that PicoPanel's greeting breaks the rules of MQTT.", _REPORT),
    0x83: Reason(
        "own-rules", "The broker does not take this connection, for a reason of its own.", f"{_LOG} {AGAIN}"
    ),
    0x84: _VERSION,
    0x85: _CLIENT_ID,
    0x86: _PASSWORD,
    0x87: Reason(
        "not-authorized",
        "The broker refused the user name or password, or this user altogether.",
        "Check both (they are the broker's, not your e-mail's), then what the user is permitted there. "
        "Then run the cell again.",
        final=True,
    ),
    0x88: _UNAVAILABLE,
    0x89: _BUSY,
    0x8A: Reason("banned", "The broker has banned this user or computer.", _ASK, final=True),
    0x8C: _AUTHENTICATION,
    0x90: Reason("will-topic", "The broker does not take the topic of a last will.", _ASK, final=True),
    0x95: Reason(
        "greeting-too-long",
        "The broker finds PicoPanel's greeting too long.",
        "User name or password are longer than it takes. " + _ASK,
        final=True,
    ),
    0x97: _FULL,
    0x99: Reason("will-payload", "The broker does not take the words of a last will.", _ASK, final=True),
    0x9A: Reason(
        "will-retained", "The broker keeps no messages, and so no last will to be kept.", _ASK, final=True
    ),
    0x9B: Reason("will-qos", "The broker does not take a last will of this QoS.", _ASK, final=True),
    0x9C: _ELSEWHERE,
    0x9D: _MOVED,
    0x9F: _TOO_OFTEN,
}

_CONNACK_311 = {
    1: _VERSION,
    2: _CLIENT_ID,
    3: _UNAVAILABLE,
    4: _PASSWORD,
    5: Reason(
        "not-authorized-311",
        "The broker refused to let this user in.",
        "It may be the password, a missing permission or a full broker. Check them in this order, "
        "then run the cell again.",
        final=True,
    ),
}

# What ends a connection is tried again: should it be for good, the next CONNACK says so.
_DISCONNECT_5 = {
    0x00: Reason("ended", "The broker ended the connection, without trouble.", SELF),
    0x80: Reason(
        "ended-unspecified", "The broker ended the connection and does not say why.", f"{_LOG} {SELF}"
    ),
    0x81: Reason("ended-malformed", "The broker could not read what was sent to it.", _REPORT),
    0x82: Reason(
        "ended-protocol", "The broker says that something sent to it breaks the rules of MQTT.", _REPORT
    ),
    0x83: Reason(
        "ended-own-rules",
        "The broker could not carry out what was sent to it, for a reason of its own.",
        f"{_LOG} {SELF}",
    ),
    0x87: Reason(
        "ended-not-authorized",
        "The broker ended the connection: this user is not permitted what was asked for.",
        f"The user's permissions there must allow the board's topics; ask whoever runs it. {SELF}",
    ),
    0x89: Reason("ended-busy", "The broker is too busy to go on.", f"It may pass. {SELF}"),
    0x8B: Reason("shutting-down", "The broker is shutting down.", f"It may be restarting. {SELF}"),
    0x8C: _AUTHENTICATION,
    0x8D: Reason(
        "silent",
        "The connection to the broker went dead.",
        f"Check this computer's network. {SELF}",
    ),
    0x8E: Reason("taken-over", "Another client took this connection over.", SELF),
    0x8F: Reason(
        "filter", "The broker does not take one of the topics that were asked for.", f"{_LOG} {SELF}"
    ),
    0x90: Reason("topic", "The broker does not take the topic of a command.", f"{_LOG} {SELF}"),
    0x93: Reason("receive-maximum", "The broker was sent more at once than it takes.", _LESS),
    0x94: Reason("topic-alias", "The broker does not know a short name that was used for a topic.", _REPORT),
    0x95: Reason(
        "too-large",
        "Something sent to the broker was larger than it takes.",
        f"Its limit is too low. {SELF}",
    ),
    0x96: Reason("too-fast", "The broker was sent more in a second than it takes.", _LESS),
    0x97: Reason(
        "quota",
        "A limit that the broker sets this user is reached.",
        f"It may be an amount for a day. {_LESS}",
    ),
    0x98: Reason("administrative", "Whoever runs the broker ended the connection.", f"They know why. {SELF}"),
    0x99: Reason("format", "The broker says that a message is not what it claims to be.", _REPORT),
    0x9A: Reason("no-retain", "The broker keeps no messages, and was asked to keep one.", f"{_REPORT}"),
    0x9B: Reason("qos", "The broker does not take messages of this QoS.", _REPORT),
    0x9C: _ELSEWHERE,
    0x9D: _MOVED,
    0x9E: Reason("no-shared", "The broker has no shared subscriptions, and was asked for one.", _REPORT),
    0x9F: _TOO_OFTEN,
    0xA0: Reason("time-is-up", "The broker's longest time for one connection is over.", SELF),
    0xA1: Reason("no-identifiers", "The broker numbers no subscriptions, and was asked to.", _REPORT),
    0xA2: Reason(
        "no-wildcards",
        "The broker does not let anyone listen to many topics at once.",
        f"{_LIST} {SELF}",
    ),
}

_RULES = "Its rules may not take the ID: letters, digits and hyphens are taken everywhere."
_PERMISSION = "The user's permissions at the broker must allow …/#; ask whoever runs it."
_ASKED = "It is asked again by itself."
_RETRY = "Try the command again."
_CHANGED = "A proxy on the way may change what is sent; else please report it as a bug."

NO_LISTENING = Reason(
    "listen-permission",
    "The broker does not let this user listen to the board.",
    f"{_PERMISSION} It is asked again by itself: a cluster that has lost a node may refuse for a while.",
)
NO_COMMANDING = Reason(
    "command-permission", "The broker does not let this user command the board.", _PERMISSION
)
NOBODY = Reason("nobody", "The broker takes this user's commands and delivers them to nobody.", _PERMISSION)
"""We listen to our own commands, so there is somebody. Most brokers that mean this do not say it."""

PERMISSION = (NO_LISTENING, NO_COMMANDING, NOBODY)

_SUBACK_5 = {
    0x80: Reason(
        "listen-unspecified",
        "The broker refuses the topics that it is asked for, and does not say why.",
        f"It may be a missing permission, for …/#. {_LOG} {_ASKED}",
    ),
    0x83: Reason(
        "listen-own-rules",
        "The broker does not give the topics that it is asked for, for a reason of its own.",
        f"{_LOG} {_ASKED}",
    ),
    0x87: NO_LISTENING,
    0x8F: Reason(
        "listen-filter",
        "The broker does not take the name of a topic that it is asked for.",
        f"{_RULES} {_ASKED}",
    ),
    0x91: Reason(
        "listen-number",
        "The broker says that a question for topics has the number of another.",
        f"{_CHANGED} {_ASKED}",
    ),
    0x97: Reason(
        "listen-quota",
        "The broker gives this user no more topics: a limit that it sets is reached.",
        f"Close panels that are not needed. {_ASKED}",
    ),
    0x9E: Reason(
        "listen-shared",
        "The broker takes the topics for a shared subscription, and has none.",
        f"{_CHANGED} {_ASKED}",
    ),
    0xA1: Reason(
        "listen-identifiers",
        "The broker says that the question for topics was numbered, and numbers none.",
        f"{_CHANGED} {_ASKED}",
    ),
    0xA2: Reason(
        "listen-wildcards",
        "The broker does not let anyone listen to many topics at once.",
        f"{_LIST} {_ASKED}",
    ),
}

# No command is ever sent again by itself.
_PUBACK_5 = {
    0x10: NOBODY,
    0x80: Reason(
        "command-unspecified",
        "The broker refused the command and does not say why.",
        f"It may be a missing permission, for …/#. {_LOG}",
    ),
    0x83: Reason(
        "command-own-rules",
        "The broker could not pass the command on, for a reason of its own.",
        f"{_LOG} {_RETRY}",
    ),
    0x87: NO_COMMANDING,
    0x90: Reason("command-topic", "The broker refused the command: it does not take its topic.", _RULES),
    0x91: Reason(
        "command-number",
        "The broker refused the command: it says that it has the number of another.",
        f"{_CHANGED} {_RETRY}",
    ),
    0x97: Reason(
        "command-quota",
        "The broker took no more commands: a limit that it sets this user is reached.",
        f"It may be an amount for a minute or a day: send fewer, or later. {_RETRY}",
    ),
    0x99: Reason(
        "command-format",
        "The broker refused the command: it says that it is not what it claims to be.",
        f"{_CHANGED} {_RETRY}",
    ),
}

_LISTEN_UNKNOWN = Reason(
    "listen-unknown", "The broker refuses the topics that it is asked for: ….", f"{_LOG} {_ASKED}"
)
_COMMAND_UNKNOWN = Reason("command-unknown", "The broker refused the command: ….", f"{_LOG} {_RETRY}")

FAILURE = 0x80
"""From here on a code of MQTT 5, or of a SUBACK, is a refusal."""

_UNKNOWN = Reason("refused-unknown", "The broker refused: ….", f"{_LOG} {AGAIN}")
_ENDED_UNKNOWN = Reason("ended-unknown", "The broker ended the connection: ….", f"{_LOG} {SELF}")

OTHER_VERSION = ("version", "unspecified", "malformed", "protocol", "own-rules")
"""What a broker may say to MQTT 5 that would take 3.1.1."""

OF_CONNECTIONS = (
    *(*_CONNACK_5.values(), *_CONNACK_311.values(), *_DISCONNECT_5.values()),
    *(_UNKNOWN, _ENDED_UNKNOWN),
)


def connack(code: int, version: int) -> Reason:
    """Return what a CONNACK's code means that is not 0.

    Example:
        >>> connack(0x88, 5).problem, connack(3, 4).problem, connack(1, 5).problem, connack(0x7F, 5).problem
        ('unavailable', 'unavailable', 'version', 'refused-unknown')
    """
    if version == 5:  # one that speaks 3.1.1 alone answers in its own numbers
        return _VERSION if code in _CONNACK_311 else _CONNACK_5.get(code, _UNKNOWN)
    return _CONNACK_311.get(code, _UNKNOWN)


def disconnect(code: int) -> Reason:
    """Return what a DISCONNECT's code means; only MQTT 5 has them."""
    return _DISCONNECT_5.get(code, _ENDED_UNKNOWN)


def suback(code: int, version: int | None) -> Reason:
    """Return what a SUBACK's code means that refuses a topic.

    Example:
        >>> suback(0x97, 5).problem, suback(0x80, 4).problem, suback(0x80, 5).problem
        ('listen-quota', 'listen-permission', 'listen-unspecified')
    """
    if version == 4:  # it has no other: this is how its brokers refuse what is not permitted
        return NO_LISTENING
    return _SUBACK_5.get(code) or _quoting(_LISTEN_UNKNOWN, code)


def puback(code: int) -> Reason:
    """Return what a PUBACK's or PUBREC's code means that is not 0; only MQTT 5 has them."""
    return _PUBACK_5.get(code) or _quoting(_COMMAND_UNKNOWN, code)


def _quoting(reason: Reason, code: int) -> Reason:
    return replace(reason, sentence=reason.sentence.replace("…", f"reason code 0x{code:02X}"))
