"""A real broker, a real MicroPython and a notebook's client, for one test each or for many."""

import itertools
import json
import os
import queue
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import paho.mqtt.client as paho
from get_micropython import micropython

from tests.support.cache import CACHE, made_once
from tests.support.ending import end, ended_on_failure
from tests.support.mqtt_as import mqtt_as_folder
from tests.support.ports import free_port, is_open
from tests.support.waiting import eventually

HERE = Path(__file__).parent
FIRMWARE = HERE.parents[1] / "firmware"


def installed(package: str) -> Path:
    """A package in a folder of its own, never beside the tests' own packages."""
    with made_once(package, "installing") as folder:
        if folder:
            pip = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--upgrade",
                "--target",
                folder,
                package,
            ]
            subprocess.run(pip, check=True)
    return CACHE / package


class Broker:
    """Mosquitto on a free port; `start` and `stop` keep its port and its folder."""

    def __init__(self, folder: Path, settings: str = "allow_anonymous true"):
        self.folder, self.settings = folder, settings
        self.port, self.process = free_port(), None

    def start(self) -> "Broker":
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"user root\nset_tcp_nodelay true\nlog_dest none\n"
            f"listener {self.port} 127.0.0.1\n{self.settings}\n"
        )
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
        assert program, "mosquitto is needed: apt-get install mosquitto"
        self.process = subprocess.Popen([program, "-c", str(config)], stderr=subprocess.DEVNULL)
        with ended_on_failure(self.process):
            eventually(self._answers, "Mosquitto listens")
        return self

    def _answers(self) -> bool:
        assert self.process and self.process.poll() is None, "Mosquitto ended at its start"
        return is_open(self.port)

    def stop(self) -> None:
        if self.process:
            end(self.process)
            self.process = None


class TimeServer:
    """NTP on loopback.

    Attributes:
        unix_ms: Where its time stands still; the computer's time if None.
        head: How an answer begins: a server's of version 4, and its stratum.
    """

    def __init__(self, unix_ms: int | None = None, head: bytes = bytes([0x24, 2])):
        self.unix_ms, self.head = unix_ms, head
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                query, address = self._socket.recvfrom(48)
            except OSError:
                return  # closed
            assert len(query) == 48
            assert query[0] & 7 == 3, "a client's question"
            seconds, rest = divmod(self.unix_ms or time.time_ns() // 1_000_000, 1000)
            now = struct.pack("!II", (seconds + 2208988800) % 2**32, rest * 2**32 // 1000 + 1)
            self._socket.sendto(self.head.ljust(40, b"\0") + now, address)

    def close(self) -> None:
        self._socket.close()


class MicroPythonBoard:
    """The firmware in native MicroPython, in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        secrets: dict,
        *,
        run: str = "session",
        heap: str = "2M",
        clock: TimeServer | None = None,
        kind: str = "rp2",
    ):
        self.folder, self.lines, self._kind = folder, [], kind
        self._clock = clock or TimeServer()
        self._run, self._heap = run, heap
        shutil.copytree(FIRMWARE, folder, dirs_exist_ok=True, ignore=lambda *_: ["__pycache__"])
        (folder / "session.py").write_text(
            "import my_secrets\nfrom pico.board import Board\nBoard(my_secrets).run()\n"
        )
        (folder / "my_secrets.py").write_text(
            "".join(f"{name} = {value!r}\n" for name, value in secrets.items())
        )

    def start(self) -> "MicroPythonBoard":
        self.process = self.popen(
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def popen(self, **streams: object) -> subprocess.Popen:
        path = f".frozen:{self.folder}:{HERE / 'shims'}:{HERE / 'parts'}:{mqtt_as_folder()}"
        environment = {
            "MICROPYPATH": path,
            "BOARD_ID": self.folder.name[-8:],
            "TZ": "UTC",
            "BOARD_KIND": self._kind,
        }
        environment["NTP_PORT"] = str(self._clock.port)
        command = [*micropython(), "-X", f"heapsize={self._heap}"]
        program = [*command, str(HERE / "shims/start.py"), self._run]
        return subprocess.Popen(program, cwd=self.folder, env=environment, **streams)

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def lit(self) -> bool:
        """Whether its LED is lit."""
        return any(self._led(self.lines)[-1:])

    @property
    def flashes(self) -> list[float]:
        """When its LED went on, by its own clock, in seconds."""
        return self.flashes_since(0)

    def flashes_since(self, line: int) -> list[float]:
        """The flashes after so many lines of its console."""
        return [at for at in self._led(self.lines[line:]) if at]

    def _led(self, lines: list[str]) -> list[float]:
        """When the LED went on; 0 where it went off."""
        changes = [line.split()[1:] for line in lines if line.startswith("[led]")]
        return [int(lit) * int(milliseconds) / 1000 for lit, milliseconds in changes]

    def says(self, words: str, after: int = 0, seconds: float = 20) -> int:
        """Wait for a console line with these words; returns the number of lines up to it."""

        def found() -> int:
            return next((i + 1 for i, line in enumerate(self.lines[after:], after) if words in line), 0)

        expected = f"the board prints {words!r}"
        return eventually(found, expected, within=seconds, seen=lambda: self.lines)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)
        self._reader.join(10)
        self._clock.close()


class Notebook:
    """A client that collects what a board publishes."""

    def __init__(self, broker: Broker, device_id: str, user: str = "", password: str = "", tls: str = ""):
        self.id, self.messages = device_id, queue.Queue()
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        if user:
            self._client.username_pw_set(user, password)
        if tls:
            self._client.tls_set(ca_certs=tls)
        subscribed = threading.Event()
        self._client.on_message = self._received
        self._client.on_connect = lambda client, *_: client.subscribe(f"{device_id}/#", 1)
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.connect("localhost" if tls else "127.0.0.1", broker.port)
        self._client.loop_start()
        assert subscribed.wait(10), "the test's own client got no SUBACK"

    def _received(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        self.messages.put((message.topic[len(self.id) :], message.payload, time.monotonic()))

    def send(self, end: str, payload: object, retain: bool = False) -> None:
        self._client.publish(self.id + end, payload, qos=1, retain=retain).wait_for_publish(10)

    def next(self, seconds: float) -> tuple[str, bytes]:
        return self.messages.get(timeout=seconds)[:2]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def grouped(flashes: list[float]) -> list[int]:
    """How many there were between two pauses of over a second."""
    pauses = [end for end, (a, b) in enumerate(itertools.pairwise(flashes), 1) if b - a > 1]
    return [end - begin for begin, end in itertools.pairwise(pauses)]


def secrets(broker: Broker, device_id: str, **more: object) -> dict:
    """What a board's my_secrets.py says, for a plain broker unless told otherwise."""
    return {
        "SSID": "lab",
        "PASSWORD": "wifi-password",
        "COUNTRY": "US",
        "COURSE_ID": device_id,
        "HIVEMQ_HOST": "127.0.0.1",
        "HIVEMQ_PORT": broker.port,
        "HIVEMQ_USERNAME": "",
        "HIVEMQ_PASSWORD": "",
        "HIVEMQ_TLS": False,
        **more,
    }


def decoded(end: str, payload: bytes | str) -> object:
    """JSON where the topic carries it, text elsewhere."""
    text = payload if isinstance(payload, str) else payload.decode()
    return json.loads(text) if end in ("/info", "/telemetry", "/ack") else text
