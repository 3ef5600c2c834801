"""What the board does, and nothing else: no pins, no network, no clock.

Messages and the time go in; messages to publish come out. The very same file runs on the board and,
in a notebook, as the virtual Pico.

A message is ``(topic, payload, qos, retain)``. All times are whole milliseconds: ``now`` counts from
the start and never wraps. The board's floats, of single precision, could not hold them.
"""

import json

from .commands import Controls, Led, command_id, refusal
from .samples import LONGEST, SHORTEST, Samples, Stream
from .sensors import Sensors, whole

FIRMWARE = "0.2.0"
COMMAND_BYTES = 4096
REMEMBERED = 64  # commands, so that one delivered twice is carried out once
NEWS_EVERY = 250  # what is retained is published at most this often
AGAIN_EVERY = 10_000  # and said again this often at a broker that keeps nothing


class PicoDevice:
    """One board: its LED, its samples and its answers.

    Args:
        device_id: The course ID.
        boot: A word that no earlier start of this board has used.
        reset: Why it started, e.g. ``"power"`` or ``"watchdog"``.
        interval: Milliseconds between samples, 50 to 3 600 000.
        keep: How many of the latest samples are kept for ``since``.
        memory: Bytes that they may take; it then decides about ``keep``.
        report: Called with a name and an exception, the first time that a sensor fails in this way.
        announce: True tells Home Assistant what the board has, False takes that back.

    Attributes:
        kept: Whether the broker keeps what is published as retained.
        online: Whether it has been heard by a broker, until whoever owns the connection says otherwise.
        led: Whether the LED is lit. Whoever owns the pin copies it after every call.
        rssi: Signal strength in dBm for the telemetry, or None.
        refused: How many messages made no sense.
    """

    def __init__(
        self,
        device_id,
        *,
        boot,
        reset="power",
        board="",
        micropython="",
        mqtt_as="",
        virtual=False,
        interval=2000,
        keep=600,
        memory=None,
        report=None,
        announce=None,
    ):
        _check_id(device_id)
        if not whole(interval, SHORTEST, LONGEST):
            raise ValueError("The interval must be 50 to 3600000 milliseconds.")
        self.id, self.boot = device_id, boot
        self.rssi, self.refused, self.kept = None, 0, True
        self._led = Led()
        self._about = {
            "protocol": 1,
            "firmware": FIRMWARE,
            "board": board,
            "micropython": micropython,
            "mqtt_as": mqtt_as,
            "boot": boot,
            "reset": reset,
            "virtual": virtual,
        }
        self._controls = Controls()
        self.control("led", self._led.set, type="switch")
        self._sensors = Sensors(report)
        self._stream = Stream(Samples(self._sensors.values, keep, memory), interval)
        self._clock = None  # Unix time at the start
        self.online, self._told, self._news_at, self._again_at = False, (None, None, None), 0, 0
        self._done = []  # (experiment_id, error) of the latest commands
        self._course_answer = None
        self._announces, self._announced, self._to_announce = announce, [], []
        self._announced_for = None  # milliseconds between samples

    def channel(self, name, read, unit=""):
        """Add a sensor: ``read()`` returns a number. ``"temperature"`` answers the course."""
        self._sensors.add(read, {name: unit}, 0)

    def sensor(self, read, channels, every=0):
        """Add one with several channels, ``{name: unit}``: ``read()`` returns ``{name: number}``.

        It is not read again before ``every`` milliseconds are over; until then the last values count.
        """
        self._sensors.add(read, channels, every)

    def add(self, set_up):
        """Have ``set_up(self)`` add sensors and controls; again every 10 s while it raises, or they fail."""
        self._sensors.add_part(set_up)

    def control(self, name, set, type="range", min=0, max=100, step=1):
        """Add an actuator: ``set(value)`` gets a number, ``"#rrggbb"`` or a bool."""
        control = {"type": type}
        if type == "range":
            control.update({"min": min, "max": max, "step": step})
        self._controls.add(name, set, control)

    @property
    def led(self):
        """Whether the LED is lit. Setting it ends a blink, e.g. for a button on the board."""
        return self._led.lit

    @led.setter
    def led(self, lit):
        self._led.set(lit)

    @property
    def topics(self):
        """What to subscribe to: ``[(topic, qos)]``."""
        return [(self.id + end, 1) for end in ("/onboard_led", "/cmd", "/status")]

    @property
    def will(self):
        """What the broker is to publish when the board is gone."""
        return self._presence("offline")

    @property
    def next_tick(self):
        """When ``tick`` next has something to do; the past means at once."""
        if self._stream.asked or (self.online and self._to_announce):
            return 0
        due = [self._stream.sample_at]
        if self._sensors.due is not None:
            due.append(self._sensors.due)
        if self._led.edge_at is not None:
            due.append(self._led.edge_at)
        if self.online and self._told != self._news():
            due.append(self._news_at)
        if self.online and not self.kept:
            due.append(self._again_at)
        return min(due)

    def set_time(self, unix_ms, now):
        """Tell the time of day. Until then ``ts`` is null."""
        self._clock = unix_ms - now

    def connected(self, now):
        """After every SUBACK: what this board is, its LED, and that it is here."""
        self.online, self._stream.asked = True, []
        self._told, self._news_at = self._news(), now + NEWS_EVERY
        self._again_at = now + AGAIN_EVERY
        self._announce_all(again=True)
        return [self._info(), self._state(), self._presence("online")]

    def stopping(self):
        """Before a clean disconnect."""
        self.online = False
        return [self.will]

    def receive(self, topic, payload, retained, now):
        """Answer one message. Nothing in it can raise."""
        try:
            return self._receive(_text(topic), _bytes(payload), retained, now)
        except Exception:
            self.refused += 1
            return []

    def tick(self, now, busy=False):
        """Do what is due: blink, sample, send, send again, tell what has changed.

        Args:
            busy: The network has not taken the former messages yet: what can wait, waits.
        """
        self._sensors.step(now, self)
        self._led.step(now)
        self._stream.sample(now, self.led, self._sensors.names)
        messages = [self._telemetry(run) for run in self._stream.new()]
        if busy:
            return messages
        more = self._send_again(now) + self._send_news(now) + self._say_again(now)
        return messages + (more or self._announce())

    # What arrives

    def _receive(self, topic, payload, retained, now):
        if topic == self.id + "/status":
            unseen = self.online and _text(payload) == "offline"
            return [self._presence("online")] if unseen else []
        if retained:  # it would be carried out again at every reconnect
            return []
        if topic == self.id + "/onboard_led":
            return self._answer_course(payload, now)
        if topic == self.id + "/cmd":
            return self._command(payload, now)
        return []

    def _answer_course(self, payload, now):
        if payload in (b"on", b"off", b"toggle"):
            self._led.switch(_text(payload))
        value = self._sensors.value("temperature", now)
        if value is not None:
            self._course_answer = "%.1f" % value
        if self._course_answer is None:  # never measured, and no number is made up
            return []
        return [self._message("/onboard_temp", self._course_answer)]

    def _command(self, payload, now):
        if len(payload) > COMMAND_BYTES:
            raise ValueError("too long")
        given = json.loads(_text(payload))
        command = {key: value for key, value in given.items() if value is not None}
        name = command_id(command)
        error = self._outcome(name, command, now)
        if name in self._stream.asked:  # acknowledged when all is sent
            return []
        return [self._ack(name, now, {} if error is None else {"error": error})]

    def _outcome(self, name, command, now):
        for known, error in self._done:
            if known == name:
                return error
        error = refusal(command, self.boot, now, self._controls)
        if error is None:
            error = self._act(name, command, now)
        self._done.append((name, error))
        if len(self._done) > REMEMBERED:
            self._done.pop(0)
        return error

    def _act(self, name, command, now):
        if "led" in command:
            self._led.switch(command["led"])
        if "blink" in command:
            blink = command["blink"]
            self._led.blink(now, blink.get("n"), blink.get("on", 500), blink.get("off", 500))
        if "interval" in command:
            self._stream.set_interval(command["interval"], now)
        if "since" in command:
            self._stream.ask(command["since"].get("seq", 0), name)
        return self._controls.set(command.get("set", {}))

    # What is sent

    def _send_again(self, now):
        """One message a tick, so that a long refill needs little memory."""
        if not self._stream.asked:
            return []
        message = self._stream.again(self._telemetry)
        if message:
            return [message]
        names, self._stream.asked = self._stream.asked, []
        oldest = {"oldest": self._stream.samples.oldest}
        return [self._ack(name, now, oldest) for name in names]

    def _news(self):
        return (self.led, self._stream.interval, self._sensors.changes)

    def _send_news(self, now):
        told, news = self._told, self._news()
        if not self.online or now < self._news_at or news == told:
            return []
        self._told, self._news_at = news, now + NEWS_EVERY
        if news[1:] != told[1:]:
            self._announce_all()
        state = [self._state()] if news[0] != told[0] else []
        return state + ([self._info()] if news[1:] != told[1:] else [])

    def _say_again(self, now):
        """For whoever has come since, where the broker keeps nothing for them."""
        if self.kept or not self.online or now < self._again_at:
            return []
        self._again_at = now + AGAIN_EVERY
        return [self._info(), self._state()]

    def _announce_all(self, again=False):
        """Home Assistant is to be told what is here, one message a tick, and of what has gone that it has."""
        if self._announces is None:
            return
        from . import announce  # a board that does not want it has no memory for it

        things = announce.things(self._sensors.names, self._controls.told)
        if again or things != self._announced or self._stream.interval != self._announced_for:
            gone = [thing for thing in self._announced if thing not in things]
            self._announced, self._announced_for = things, self._stream.interval
            self._to_announce = things + gone

    def _announce(self):
        if not self.online or not self._to_announce:
            return []
        from . import announce

        thing, payload = self._to_announce.pop(0), ""
        if self._announces and thing in self._announced:
            payload = announce.told(
                self.id, self._about, self._stream.interval, thing, self._sensors.told(), self._controls.told
            )
        return [(announce.topic(self.id, thing), payload, 1, self.kept)]

    def _telemetry(self, run):
        run["boot"] = self.boot
        run["ts"] = None if self._clock is None else self._clock + run["up"]
        if self.rssi is not None:
            run["rssi"] = self.rssi
        return self._message("/telemetry", run, qos=0)

    def _ack(self, name, now, more):
        ack = {
            "experiment_id": name,
            "ok": "error" not in more,
            "boot": self.boot,
            "up": now,
            "led": self._led_word(),
            "values": self._sensors.values(now),
        }
        ack.update(more)
        return self._message("/ack", ack)

    def _info(self):
        info = {"interval": self._stream.interval, "controls": self._controls.told}
        info.update(self._about)
        info["channels"] = self._sensors.told()
        return self._message("/info", info, retain=True)

    def _state(self):
        return self._message("/onboard_led/state", self._led_word(), retain=True)

    def _presence(self, word):
        return self._message("/status", word, retain=True)

    def _led_word(self):
        return "on" if self.led else "off"

    def _message(self, end, payload, qos=1, retain=False):
        if isinstance(payload, dict):
            payload = json.dumps(payload, separators=(",", ":"))
        return (self.id + end, payload, qos, retain and self.kept)


def _check_id(device_id):
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


def _bytes(payload):
    return payload.encode() if isinstance(payload, str) else bytes(payload)


def _text(payload):
    """Strict UTF-8; raises where it is not."""
    return _bytes(payload).decode("utf-8")
