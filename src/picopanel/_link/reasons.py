"""Every sentence about the way to a broker: what is wrong, and what to do next.

A broker refuses or ends by reason codes: a connection (CONNACK, DISCONNECT), a subscription (SUBACK) or a
command (PUBACK, PUBREC, PUBCOMP). They are from the tables of the standard: MQTT 5.0, 3.2.2.2, 3.14.2.1,
2.4, 3.9.3, 3.4.2.1, 3.5.2.1 and 3.7.2.1; MQTT 3.1.1, 3.2.2.3 and 3.9.3; a code of one broker's own stands
at the end of its table.
A code is known by its number and the version it was said in: libraries name them in words of their own, and
turn one version's numbers into the other's. What goes wrong without a code, `troubles.py` finds out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong, under the name by which the code knows it, and what to do next.

    `…` stands for what was found, or what the broker added; in the next step of what it refuses, for the ID.
    """

    problem: str
    sentence: str
    next: str

    @property
    def final(self) -> bool:
        """Whether trying again cannot mend it: then the user is asked to."""
        return "run the cell again" in self.next.lower()


TROUBLES: dict[str, Reason] = {}  # all there are, by their names

_PHRASES = {
    "again": "It is tried again by itself.",
    "asked": "It is asked again by itself.",
    "back": "It is connected again by itself.",
    "ask": "Ask whoever runs the broker, then run the cell again.",
    "changed": "A proxy on the way may change what is sent; else please report it as a bug.",
    "less": "Fewer panels, or longer intervals at the boards, send less.",
    "list": "A wall with a list of IDs needs no search: PicoWall(['ada', 'bob'], broker=...).",
    "log": "Whoever runs the broker finds the cause in its log.",
    "permission": "The user's permissions at the broker must allow …/#; ask whoever runs it.",
    "retry": "Try the command again.",
    "rules": "Its rules may not take the ID: letters, digits and hyphens are taken everywhere.",
}
_ROW = re.compile(r"^(?:0x(\w\w) )?([\w-]+): (.+?\.)\s+(.+(?:\n    .+)*)$", re.M)


def _table(rows: str) -> dict[int, Reason]:
    """Note each row: its code, if it has one, its name, what is wrong (one sentence), and what to do next.

    Returns:
        Those that have a code, by it.
    """
    found = {}
    for code, problem, sentence, step in _ROW.findall(rows.format(**_PHRASES)):
        reason = TROUBLES[problem] = Reason(problem, sentence, step.replace("\n    ", " "))
        if code:
            found[int(code, 16)] = reason
    return found


_CONNACK_5 = _table("""
0x80 unspecified: The broker refused the connection and does not say why. {log} {again}
0x81 malformed: The broker could not read what PicoPanel greeted it with. {changed} {again}
0x82 protocol: The broker says that PicoPanel's greeting breaks the rules of MQTT. {changed} {again}
0x83 own-rules: The broker does not take this connection, for a reason of its own. {log} {again}
0x84 version: The broker does not speak MQTT 5 or 3.1.1. Use another broker.
0x85 client-id: The broker does not take the name under which PicoPanel connects.
    Its rules must allow client IDs such as picopanel-1a2b3c4d5e6f. {ask}
0x86 password: The broker refused the user name or password.
    Check both (they are the broker's, not your e-mail's), then run the cell again.
0x87 not-authorized: The broker refused the user name or password, or this user altogether.
    Check both (they are the broker's, not your e-mail's), then what the user is permitted there. Then run
    the cell again.
0x88 unavailable: The broker answers, but its service is not available now.
    It may be starting, or in maintenance. {again}
0x89 busy: The broker is too busy for this connection. It may pass. {again}
0x8A banned: The broker has banned this user or computer. {ask}
0x8C authentication: The broker wants another way to sign in than with user name and password.
    PicoPanel knows no other. {ask}
0x90 will-topic: The broker does not take the topic of a last will. {ask}
0x95 greeting-too-long: The broker finds PicoPanel's greeting too long.
    User name or password are longer than it takes. {ask}
0x97 full: The broker is full. Closing other notebooks frees connections. {again}
0x99 will-payload: The broker does not take the words of a last will. {ask}
0x9A will-retained: The broker keeps no messages, and so no last will to be kept. {ask}
0x9B will-qos: The broker does not take a last will of this QoS. {ask}
0x9C elsewhere: The broker asks to use another one for now: …. Give that address as broker=, or wait. {again}
0x9D moved: The broker has moved for good: ….
    Give the new address as broker=, and to the board. Then run the cell again.
0x9F too-often: The broker takes no more new connections for now: too many came at once.
    It passes when a class has connected. {again}
""")

_CONNACK_311 = {old: _CONNACK_5[it] for old, it in {1: 0x84, 2: 0x85, 3: 0x88, 4: 0x86}.items()} | _table("""
0x05 not-authorized-311: The broker refused to let this user in.
    It may be the password, a missing permission or a full broker. Check them in this order, then run the
    cell again.
""")

# What ends a connection is tried again: should it be for good, the next CONNACK says so.
_DISCONNECT_5 = {code: _CONNACK_5[code] for code in (0x8C, 0x9C, 0x9D, 0x9F)} | _table("""
0x00 ended: The broker ended the connection, without trouble. {back}
0x80 ended-unspecified: The broker ended the connection and does not say why. {log} {back}
0x81 ended-malformed: The broker could not read what was sent to it. {changed} {again}
0x82 ended-protocol: The broker says that something sent to it breaks the rules of MQTT. {changed} {again}
0x83 ended-own-rules: The broker could not carry out what was sent to it, for a reason of its own.
    {log} {back}
0x87 ended-not-authorized: The broker ended the connection: this user is not permitted what was asked for.
    The user's permissions there must allow the board's topics; ask whoever runs it. {back}
0x89 ended-busy: The broker is too busy to go on. It may pass. {back}
0x8B shutting-down: The broker is shutting down. It may be restarting. {back}
0x8D silent: The connection to the broker went dead. Check this computer's network. {back}
0x8E taken-over: Another client took this connection over. {back}
0x8F filter: The broker does not take one of the topics that were asked for. {log} {back}
0x90 topic: The broker does not take the topic of a command. {log} {back}
0x93 receive-maximum: The broker was sent more at once than it takes. {less} {again}
0x94 topic-alias: The broker does not know a short name that was used for a topic. {changed} {again}
0x95 too-large: Something sent to the broker was larger than it takes. Its limit is too low. {back}
0x96 too-fast: The broker was sent more in a second than it takes. {less} {again}
0x97 quota: A limit that the broker sets this user is reached. It may be an amount for a day. {less} {again}
0x98 administrative: Whoever runs the broker ended the connection. They know why. {back}
0x99 format: The broker says that a message is not what it claims to be. {changed} {again}
0x9A no-retain: The broker keeps no messages, and was asked to keep one. {changed} {again}
0x9B qos: The broker does not take messages of this QoS. {changed} {again}
0x9E no-shared: The broker has no shared subscriptions, and was asked for one. {changed} {again}
0xA0 time-is-up: The broker's longest time for one connection is over. {back}
0xA1 no-identifiers: The broker numbers no subscriptions, and was asked to. {changed} {again}
0xA2 no-wildcards: The broker does not let anyone listen to many topics at once. {list} {back}
""")

_SUBACK_5 = _table("""
0x80 listen-unspecified: The broker refuses the topics that it is asked for, and does not say why.
    It may be a missing permission, for …/#. {log} {asked}
0x83 listen-own-rules: The broker does not give the topics that it is asked for, for a reason of its own.
    {log} {asked}
0x87 listen-permission: The broker does not let this user listen to the board.
    {permission} It is asked again by itself: a cluster that has lost a node may refuse for a while.
0x8F listen-filter: The broker does not take the name of a topic that it is asked for. {rules} {asked}
0x91 listen-number: The broker says that a question for topics has the number of another. {changed} {asked}
0x97 listen-quota: The broker gives this user no more topics: a limit that it sets is reached.
    Close panels that are not needed. {asked}
0x9E listen-shared: The broker takes the topics for a shared subscription, and has none. {changed} {asked}
0xA1 listen-identifiers: The broker says that the question for topics was numbered, and numbers none.
    {changed} {asked}
0xA2 listen-wildcards: The broker does not let anyone listen to many topics at once. {list} {asked}
""")

# No command is ever sent again by itself. Somebody listens to ours, we do; most that mean 0x10 do not say it.
_PUBACK_5 = _table("""
0x10 nobody: The broker takes this user's commands and delivers them to nobody. {permission}
0x80 command-unspecified: The broker refused the command and does not say why.
    It may be a missing permission, for …/#. {log}
0x83 command-own-rules: The broker could not pass the command on, for a reason of its own. {log} {retry}
0x87 command-permission: The broker does not let this user command the board. {permission}
0x90 command-topic: The broker refused the command: it does not take its topic. {rules}
0x91 command-number: The broker refused the command: it says that it has the number of another.
    {changed} {retry}
0x92 command-forgotten: The broker took the command, and then knew nothing of it any more.
    It may have been carried out: look at the board before you try it again. {log}
0x97 command-quota: The broker took no more commands: a limit that it sets this user is reached.
    It may be an amount for a minute or a day: send fewer, or later. {retry}
0x99 command-format: The broker refused the command: it says that it is not what it claims to be.
    {changed} {retry}
""")

# Without a code, or with one that is in no table above.
_table("""
refused-unknown: The broker refused: …. {log} {again}
ended-unknown: The broker ended the connection: …. {log} {back}
listen-unknown: The broker refuses the topics that it is asked for: …. {log} {asked}
command-unknown: The broker refused the command: …. {log} {retry}
tls-settings: This computer's own settings for TLS cannot be used: ….
    Look at the variables SSLKEYLOGFILE, SSL_CERT_FILE and OPENSSL_CONF where the notebook was started.
    {again}
not-tls: The broker does not speak TLS at this port.
    Use the TLS port (usually 8883), or mqtt:// if this broker has no TLS.
unknown-host: The broker's name is not known.
    Check the host for a typing error, and that this computer is on the internet.
closed-port: Nothing listens at the broker's port.
    Check the port (8883 with TLS, 1883 without) and that the broker runs.
blocked-port: The broker's port does not answer.
    A firewall may block it: try another network, or wss:// on port 443 or 8884.
network: The broker cannot be reached. Check this computer's network. {again}
host-name: This cannot be the name of a broker.
    Between two dots stand 1 to 63 letters, digits or hyphens. Check the host for a typing error.
files: This notebook has too many connections: it may have … open.
    Close panels that are not needed, or start it with more (ulimit -n). {again}
no-websocket: The port answers, but not as MQTT over WebSocket.
    Check port and path; many brokers use wss://host:8884/mqtt.
unopened: The browser could not open a connection to the broker, and tells no page why.
    Check host, port and path; many brokers use wss://host:8884/mqtt. If the broker's certificate is not one
    that browsers trust, open … in a tab of this browser, and accept it there. {again}
hung-up-page: The broker's WebSocket opened, and was closed again without a word.
    In Firefox a Mosquitto with HTTP/2, such as Debian's, does so: use Chrome or Edge, or see
    docs/hosts.md under "A real broker". A broker that is full or just starting may do so, too. {again}
fault: The connection stumbled over an error: ….
    If no function of your own raised it, please report it as a bug. {again}
no-paho: paho-mqtt, through which MQTT goes here, cannot be loaded.
    Run  %pip install "paho-mqtt>=2.1"  and restart the kernel.
no-answer: The broker's port is open, and nobody answers there.
    The broker may be overloaded, or it is a TLS port (8883): then write mqtts:// instead of mqtt://.
    {again}
hung-up: Something answers at the broker's port, and hangs up without a word.
    If it is a TLS port (8883), write mqtts:// instead of mqtt://. A broker that is full or just starting
    may do so, too: it is tried again by itself.
no-mqtt: The port answers, but not as an MQTT broker.
    Check host and port. If it is a TLS port (8883), write mqtts:// instead of mqtt://.
closed: The broker closed the connection.
    It may be restarting, or a proxy on the way ends quiet connections. {back}
garbled: The broker sent something that cannot be read, so the connection was ended here. {changed} {back}
certificate: The broker's certificate is not signed by anyone this computer trusts.
    Give the broker's own authority with Broker(url, ca='ca.pem'). In TLS's words: ….
certificate-ca: The broker's certificate is not signed by the authority given as ca=.
    Ask whoever runs the broker for its authority; it may be a new one. In TLS's words: ….
certificate-host: The broker's certificate belongs to another host name.
    Write the host exactly as the broker's provider gives it. In TLS's words: ….
certificate-strict: This Python wants more in the certificates of the broker and its authority: ….
    Python 3.13 is stricter than the former ones. Make them anew as docs/security.md tells under "An
    authority of your own", or use Python 3.12.
certificate-other: The broker's certificate is not accepted: …. Show this to whoever runs the broker.
no-authorities: This computer has no list of the authorities that it trusts.
    On a Mac run Install Certificates.command in Python's own folder; elsewhere look at the variables
    SSL_CERT_FILE and SSL_CERT_DIR where the notebook was started. {again}
client-certificate: This broker wants a client certificate.
    Give yours with Broker(url, cert='me.pem', key='me.key'); whoever runs the broker makes it.
client-certificate-refused: The broker does not take the client certificate given as cert=.
    Was it made for this broker, and is it still valid? Ask whoever runs the broker. In TLS's words: ….
tls-other: The broker and this computer cannot agree on TLS: ….
    One of them may be very old: bring it up to date, or ask whoever runs the broker.
certificate-early: The broker's certificate is not valid yet.
    Check this computer's clock: it is probably wrong.
certificate-expired: The broker's certificate has expired.
    Ask whoever runs the broker to renew it, and check this computer's clock.
""")

NO_LISTENING, NO_COMMANDING, NOBODY = _SUBACK_5[0x87], _PUBACK_5[0x87], _PUBACK_5[0x10]
PERMISSION = (NO_LISTENING, NO_COMMANDING, NOBODY)

FAILURE = 0x80  # from here on a code of MQTT 5, or of a SUBACK, is a refusal

OTHER_VERSION = ("version", "unspecified", "malformed", "protocol", "own-rules")
"""What a broker may say to MQTT 5 that would take 3.1.1."""

HUNG_UP = ("hung-up", "hung-up-page")


def connack(code: int, version: int) -> Reason:
    """Return what a CONNACK's code means that is not 0.

    Example:
        >>> connack(0x88, 5).problem, connack(3, 4).problem, connack(1, 5).problem, connack(0x7F, 5).problem
        ('unavailable', 'unavailable', 'version', 'refused-unknown')
    """
    if version == 5 and code in _CONNACK_311:  # one that speaks 3.1.1 alone answers in its own numbers
        return TROUBLES["version"]
    return (_CONNACK_5 if version == 5 else _CONNACK_311).get(code, TROUBLES["refused-unknown"])


def disconnect(code: int) -> Reason:
    """Return what a DISCONNECT's code means; only MQTT 5 has them."""
    return _DISCONNECT_5.get(code, TROUBLES["ended-unknown"])


def suback(code: int, version: int | None) -> Reason:
    """Return what a SUBACK's code means that refuses a topic.

    Example:
        >>> suback(0x97, 5).problem, suback(0x80, 4).problem, suback(0x80, 5).problem
        ('listen-quota', 'listen-permission', 'listen-unspecified')
    """
    if version == 4:  # it has no other: this is how its brokers refuse what is not permitted
        return NO_LISTENING
    return _SUBACK_5.get(code) or _quoting("listen-unknown", code)


def puback(code: int) -> Reason:
    """Return what a PUBACK's, PUBREC's or PUBCOMP's code means that is not 0; only MQTT 5 has them."""
    return _PUBACK_5.get(code) or _quoting("command-unknown", code)


def _quoting(problem: str, code: int) -> Reason:
    reason = TROUBLES[problem]
    return replace(reason, sentence=reason.sentence.replace("…", f"reason code 0x{code:02X}"))
