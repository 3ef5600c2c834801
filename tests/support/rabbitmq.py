"""A real RabbitMQ with its MQTT plugin on a free loopback port, with everything it writes in one folder."""

import os
import shutil
import subprocess
from pathlib import Path

from .ending import end, ended_on_failure
from .ports import free_port, is_open
from .waiting import eventually

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # the one on the PATH switches to its own user

SETTINGS = """
listeners.tcp = none
mqtt.listeners.tcp.default = 127.0.0.1:{port}
mqtt.allow_anonymous = true
mqtt.default_user = guest
mqtt.default_pass = guest
"""


class RabbitMQ:
    """One node, and the name server of its own that Erlang wants."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.log = folder / "rabbitmq.log"
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        (folder / "rabbitmq.conf").write_text(SETTINGS.format(port=self.port))
        (folder / "plugins").write_text("[rabbitmq_mqtt].\n")

    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> "RabbitMQ":
        assert PROGRAM.exists(), "RabbitMQ is not installed: apt-get install rabbitmq-server"
        names = free_port()
        environment = os.environ | {
            "HOME": str(self._folder),
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "test@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self._folder / "logs"),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
        }
        with self.log.open("ab") as log:
            for program in ([shutil.which("epmd") or "epmd"], [str(PROGRAM)]):
                process = subprocess.Popen(program, env=environment, stdout=log, stderr=log)
                self._processes.append(process)
        with ended_on_failure(*reversed(self._processes)):
            eventually(
                lambda: is_open(self.port),
                "RabbitMQ listens",
                within=90,
                seen=lambda: self.log.read_text()[-2000:],
            )
        return self

    def stop(self) -> None:
        for process in reversed(self._processes):
            end(process)
