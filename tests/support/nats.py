"""Real NATS servers with JetStream and MQTT on free loopback ports, alone or as a cluster."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path
from urllib.request import urlopen

from .ending import end, ended_on_failure
from .ports import free_port, is_open
from .waiting import eventually

PROGRAM = shutil.which("nats-server", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")

SETTINGS = """
server_name: {name}
host: 127.0.0.1
port: {port}
http: 127.0.0.1:{monitor}
jetstream {{ store_dir: "{folder}", max_mem: 256M, max_file: 1G }}
mqtt {{ host: 127.0.0.1, port: {mqtt}, {replicas} }}
"""
CLUSTER = """
cluster {{ name: class, host: 127.0.0.1, port: {own}, routes: [{routes}] }}
"""


class Nats:
    """One server.

    Args:
        folder: Where its settings, log and streams go.
        name: Its own name in a cluster.
        cluster: The ports on which the cluster's servers talk, this one's first; alone if empty.
    """

    def __init__(self, folder: Path, *, name: str = "alone", cluster: tuple[int, ...] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self._port, self._monitor = free_port(), free_port(), free_port()
        self.log = folder / "nats.log"
        self._settings = folder / "nats.conf"
        text = SETTINGS.format(
            name=name,
            port=self._port,
            monitor=self._monitor,
            folder=folder / "streams",
            mqtt=self.port,
            replicas="stream_replicas: 3, consumer_memory_storage: true" if cluster else "",
        )
        if cluster:
            routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in cluster[1:])
            text += CLUSTER.format(own=cluster[0], routes=routes)
        self._settings.write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> "Nats":
        process = self.launch()
        with ended_on_failure(process):
            eventually(
                lambda: is_open(self.port),
                "NATS listens",
                within=20,
                seen=lambda: self.log.read_text()[-1000:],
            )
        return self

    @property
    def healthy(self) -> bool:
        """Whether it says itself that its streams are at work."""
        with (
            contextlib.suppress(OSError),
            urlopen(f"http://127.0.0.1:{self._monitor}/healthz", timeout=2) as answer,
        ):
            return bool(answer.status == 200)
        return False

    def launch(self) -> "subprocess.Popen[bytes]":
        """Start it without waiting: a cluster listens only once most of it is there."""
        assert PROGRAM, "nats-server is not installed: apt-get install nats-server"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([PROGRAM, "-c", str(self._settings)], stdout=log, stderr=log)
        return self._process

    def stop(self) -> None:
        if self._process:
            end(self._process)
            self._process = None

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(20)
            self._process = None
