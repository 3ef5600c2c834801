"""The way to the broker: `mqtt_as` 0.7.1 or 0.8, unmodified, with its known holes guarded.

Everything that can go wrong becomes an OSError, which is what `mqtt_as` retries,
and a sentence on the console that says what to do.
"""

import asyncio
import os
import socket

import mqtt_as
import network
from mqtt_as import MQTT_base, MQTTClient

from . import certificates, hardware

MQTT_AS = ".".join(str(part) for part in mqtt_as.VERSION)
WIFI, TIME, BROKER, REFUSED, ONLINE = 1, 2, 3, 4, 0  # stages; also how often the LED flashes
CODE_SHOWN = 6000  # two rounds of flashes, so that one of them is whole
ECONNABORTED, ECONNRESET = 103, 104
LONGEST_MESSAGE, SHORT, SPARE = 4096, 256, 8192  # bytes
LONGEST_PAUSE = 30
KEEPALIVE = 20
HUNG_UP = ("ALERT", "-30592", "-104", "ECONNRESET")  # an alert, or what is left when it was cut off
OWN_CERTIFICATE = "Is it restarting? Or it wants the board's own certificate: `picopanel board setup --cert`."
OTHER_ROOT = "Check HIVEMQ_HOST, and whether ca.der is its authority's root."
NEW_FILES = "`picopanel board setup` writes it anew, in DER."
WIFI_TROUBLE = {
    "password": "the password was refused: check PASSWORD in my_secrets.py",
    "network": "no such network: check SSID in my_secrets.py; the board hears 2.4 GHz only, not 5 GHz",
    "address": "no address from the router: restart it, or too many devices are on it",
}


class Link(MQTTClient):
    """One connection that never gives up.

    Attributes:
        stage: Where it is stuck, or ONLINE.
        keeps: Whether the broker keeps what is published as retained.
    """

    def __init__(self, secrets, will, on_time):
        self.stage, self.clock_set, self._failures = WIFI, False, 0
        self.keeps, self._hung_up = True, 0
        self._tls = getattr(secrets, "HIVEMQ_TLS", True)
        self._on_time = on_time
        self._bare = False  # whether the socket is new, and TLS to be put over it
        network.country(getattr(secrets, "COUNTRY", "XX"))
        mqtt_as.config.update(_config(secrets, will))
        super().__init__(mqtt_as.config)
        hardware.chip.prepare_wifi(self._sta_if)

    async def join(self):
        """Connect for the first time; from then on `mqtt_as` reconnects by itself."""
        while True:
            try:
                return await self.connect(quick=True)
            except OSError:
                await asyncio.sleep(1)

    async def listen(self, topics):
        """Subscribe to all; raises OSError if the broker refuses or is gone."""
        try:
            for topic, qos in topics:
                await MQTT_base.subscribe(self, topic.encode(), qos)
        except OSError:
            self._reconnect()
            raise
        self.stage, self._failures = ONLINE, 0

    @property
    def subscribing(self):
        """Whether there is a connection that has not taken every subscription yet."""
        return self._isconnected and self.stage != ONLINE

    async def send(self, message):
        """Publish, or drop it if the connection breaks: no old answer after a reconnect."""
        topic, payload, qos, retain = message
        if self.stage != ONLINE:
            return
        try:
            await MQTT_base.publish(self, topic.encode(), payload.encode(), retain, qos)
        except OSError:
            self._reconnect()

    def signal(self):
        """Strength of the Wi-Fi in dBm, or None."""
        try:
            return int(self._sta_if.status("rssi"))
        except (OSError, ValueError, TypeError):
            return None

    # What mqtt_as calls

    async def wifi_connect(self, quick=False):
        if self._sta_if.isconnected():
            return
        if self.stage == WIFI:  # after a broker's failure it is connect() that pauses
            await self._pause()
        try:
            await super().wifi_connect(True)
        except Exception as problem:
            self.stage, status = WIFI, self._sta_if.status()
            trouble = WIFI_TROUBLE.get(hardware.chip.WIFI_CODES.get(status, ""))
            self._say("Wi-Fi: " + (trouble or "%s (status %s)" % (problem, status)))
            raise OSError("Wi-Fi")
        print("Wi-Fi: connected,", self._sta_if.ifconfig()[0])
        if self.stage == WIFI:
            self.stage, self._failures = BROKER, 0

    async def connect(self, *, quick=False):
        await self.wifi_connect()
        if not self.clock_set:
            await self._set_clock()
        await self._pause()
        self._find_broker()
        await super().connect(quick=True)
        print("Broker: connected.")

    async def _connect(self, clean):
        # One that keeps nothing hangs up on a will to be kept; as may one that is full: so that comes first.
        self.keeps = self._lw_retain = self._hung_up % 3 < 2
        try:
            self._bare = self._tls
            await super()._connect(clean)
            self._hung_up = 0
        except Exception as problem:  # a ValueError would end all reconnecting
            self._hung_up = self._hung_up + 1 if _is_hang_up(problem) else 0
            self._explain(problem)
            raise OSError("broker")
        if not self.keeps:
            print("Broker: it keeps no messages. The board says every 10 s what it is.")

    async def wait_msg(self):
        try:
            await super().wait_msg()
        except Exception as problem:  # an AssertionError would leave the board deaf
            if "SUBACK" in str(problem):
                self.stage = REFUSED
                self._say("Broker: this user may not subscribe. Check its permissions there.")
            elif self._isconnected:
                print("Broker: %r" % problem)
            raise OSError("message")

    async def _as_write(self, bytes_wr, length=0, sock=None):
        if self._bare:  # mqtt_as's own way to TLS takes a single root
            self._bare = False
            self._sock = certificates.wrap(self._sock, self.server)
        await super()._as_write(bytes_wr, length, sock)

    async def _as_read(self, n, sock=None):
        if n <= SHORT or _fits(n):
            return await super()._as_read(n, sock)
        while n > 0:  # too long, or the queue holds too many long ones: read past it
            await super()._as_read(min(n, SHORT), sock)
            n -= SHORT
        return b""

    async def _await_pid(self, pid):
        for _ in range(self._response_time // 10):  # mqtt_as itself looks every 100 ms only
            if pid not in self.rcv_pids:
                return True
            if not self.isconnected():
                return False
            await asyncio.sleep_ms(10)
        return False

    def _reconnect(self):
        if self._isconnected:
            if self.stage == ONLINE:
                self.stage = BROKER if self._sta_if.isconnected() else WIFI
            print("Broker: connection lost.")
        super()._reconnect()

    # Steps

    async def _set_clock(self):
        stuck, self.stage = self.stage, TIME
        self.fetch_time()
        if not self.clock_set:
            await asyncio.sleep_ms(CODE_SHOWN)
        self.stage = stuck

    def fetch_time(self):
        """Set the clock, and hand on Unix time. Without it no certificate can be checked."""
        try:
            self._on_time(hardware.fetch_time())
        except OSError:
            if not self.clock_set:
                self._say(
                    "Time: not to be had, going on without. A network with a login page, "
                    "or one that blocks NTP (UDP port 123)?"
                )
        else:
            if not self.clock_set:
                print("Time: set.")
            self.clock_set = True

    def _find_broker(self):
        try:  # at every connection: mqtt_as would keep the first address for ever
            self._addr = socket.getaddrinfo(self.server, self.port)[0][-1]
        except OSError:
            self.stage = BROKER
            self._say("Broker: no address for %s. Check HIVEMQ_HOST." % self.server)
            raise

    def _explain(self, problem):
        text = str(problem).strip()
        self.stage, what, advice = self._cause(problem, text)
        self._say(("Broker: %s (%s). %s" % (what, text, advice)).strip())

    def _cause(self, problem, text):
        if "0x2002" in text or "reason code" in text:
            return REFUSED, "refused", "Check HIVEMQ_USERNAME and HIVEMQ_PASSWORD."
        if isinstance(problem, certificates.Unusable):
            return REFUSED, "a certificate file of the board is unusable", NEW_FILES
        if self._tls and any(word in text for word in HUNG_UP):
            return REFUSED, "it hung up", OWN_CERTIFICATE
        if not ("CERT" in text.upper() or "X509" in text or isinstance(problem, ValueError)):
            return BROKER, "%s port %d does not answer" % (self.server, self.port), ""
        if not self.clock_set and ("future" in text or "expired" in text):
            return REFUSED, "its certificate cannot be checked, for the board has no time, see above", ""
        return REFUSED, "its certificate is not trusted", OTHER_ROOT

    def _say(self, sentence):
        self._failures += 1
        print(sentence)

    async def _pause(self):
        """Before another try, longer each time; boards of one class do not try in step."""
        if self._failures:
            longest = min(LONGEST_PAUSE, 2 ** min(self._failures, 5))
            await asyncio.sleep_ms(500 * longest + os.urandom(1)[0] * 2 * longest)


def _is_hang_up(problem):
    return "closed by host" in str(problem) or problem.args[:1] in ((ECONNRESET,), (ECONNABORTED,))


def _fits(n):
    """Whether a message can be read and copied, and something left for everything else."""
    try:
        return n <= LONGEST_MESSAGE and bool(bytearray(2 * n + SPARE))
    except MemoryError:
        return False


def _config(secrets, will):
    topic, payload, qos, retain = will
    standard_port = 8883 if getattr(secrets, "HIVEMQ_TLS", True) else 1883
    return {
        "ssid": secrets.SSID,
        "wifi_pw": secrets.PASSWORD,
        "server": secrets.HIVEMQ_HOST,
        "port": getattr(secrets, "HIVEMQ_PORT", 0) or standard_port,
        "user": secrets.HIVEMQ_USERNAME.encode(),
        "password": secrets.HIVEMQ_PASSWORD.encode(),
        "client_id": "picopanel-" + hardware.UNIQUE_ID,
        "will": (topic.encode(), payload.encode(), retain, qos),
        "clean": True,  # 0.8.3 never reconnects otherwise
        "keepalive": KEEPALIVE,
        "queue_len": 64,
    }
