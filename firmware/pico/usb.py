"""The way to the broker of a board without a radio: over USB, to a computer with `picopanel pico --serial`.

One message a line, a JSON array ``[topic, payload, qos, retain]``, both ways. A line of one number is the
computer's own word: the time while it has a broker, in Unix milliseconds, or 0. Any other line is for people.
"""

import asyncio
import json
import select
import sys

from . import hardware

MQTT_AS = ""
BROKER, ONLINE = 3, 0  # stages; also how often the LED flashes
SILENT = 30_000  # milliseconds after which the computer is taken for gone
LONGEST_LINE = 8192  # bytes


class Link:
    """As `link.Link`, which has a radio.

    Attributes:
        queue: What comes, as ``(topic, payload, retained)``.
    """

    keeps = clock_set = True
    subscribing = False

    def __init__(self, secrets, will, on_time):
        self.stage, self.queue, self.up = BROKER, self, asyncio.Event()
        self._on_time = on_time
        self._uptime, self._heard_at = hardware.Uptime(), 0
        self._input = sys.stdin.buffer
        self._came = select.poll()
        self._came.register(sys.stdin, select.POLLIN)
        self._line = bytearray()

    async def join(self):
        print("USB: waiting for `picopanel pico --serial` on the computer.")

    async def listen(self, topics):
        """The computer has subscribed."""
        self.stage = ONLINE

    async def send(self, message):
        if self.stage == ONLINE:
            print(json.dumps(message))

    def signal(self):
        """There is none."""

    def fetch_time(self):
        """The computer tells it by itself."""

    def close(self):
        """Nothing is open."""

    def __aiter__(self):
        return self

    async def __anext__(self):
        while True:
            line = self._read()
            if line is None:
                self._miss_the_computer()
                await asyncio.sleep_ms(5)
                continue
            said = _parsed(line)
            if len(said) == 4:
                topic, payload, _, retained = said
                return topic, payload, retained
            if len(said) == 1 and type(said[0]) is int:
                self._hear(said[0])

    def _read(self):
        """A whole line, or None: reading waits for what has not come, so each byte is asked for."""
        while self._came.poll(0):
            byte = self._input.read(1)
            if byte == b"\n":
                line, self._line = self._line, bytearray()
                return bytes(line) if len(line) <= LONGEST_LINE else b""
            if not byte:
                return None
            if len(self._line) <= LONGEST_LINE:
                self._line += byte
        return None

    def _hear(self, unix_ms):
        """What the computer itself says: the time, or 0 without a broker."""
        self._heard_at = self._uptime.now()
        if not unix_ms:
            self._lose("it has no broker")
        else:
            self._on_time(unix_ms)
            if self.stage != ONLINE:
                print("USB: connected.")
                self.up.set()

    def _miss_the_computer(self):
        if self._uptime.now() - self._heard_at > SILENT:
            self._lose("it is silent")

    def _lose(self, why):
        if self.stage == ONLINE:
            self.stage = BROKER
            print("USB: the computer is lost,", why)


def _parsed(line):
    """What a line says, if it is an array; what is not for this program says nothing."""
    try:
        said = json.loads(line)
    except ValueError:
        return ()
    return said if isinstance(said, list) else ()
