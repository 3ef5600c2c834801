"""A real Mosquitto on free loopback ports."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import trustme

from .ending import end, ended_on_failure
from .ports import free_port, is_open
from .waiting import eventually

PROGRAM = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


class Mosquitto:
    """A broker that can be stopped, killed and started again on the same ports.

    Args:
        folder: Where its configuration, log, certificates and password file go.
        listeners: Of `mqtt`, `mqtts`, `ws` and `wss`; each gets a port in `ports`.
        users: Passwords by user name; anybody may connect if empty.
        acl: Lines of its access control file.
        max_connections: More clients are refused.
        certificate_for: The host name in the certificate of `mqtts` and `wss`.
        more: Lines of its configuration that nothing above stands for.
    """

    def __init__(
        self,
        folder: Path,
        *,
        listeners: Sequence[str] = ("mqtt",),
        users: Mapping[str, str] | None = None,
        acl: Sequence[str] = (),
        max_connections: int | None = None,
        certificate_for: str = "localhost",
        more: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.ports = {kind: free_port() for kind in listeners}
        self.log = folder / "mosquitto.log"
        self.ca = folder / "ca.pem"
        folder.mkdir(parents=True, exist_ok=True)
        if {"mqtts", "wss"} & set(listeners):
            self._make_certificate(certificate_for)
        lines = [
            "allow_anonymous " + ("false" if users else "true"),
            "set_tcp_nodelay true",
            "persistence false",
            *more,
        ]
        if os.geteuid() == 0:
            lines.append("user root")  # it would drop to its own user, who may not read the test's files
        if users:
            lines.append(f"password_file {self._make_passwords(users)}")
        if acl:
            (folder / "acl").write_text("\n".join(acl) + "\n")
            lines.append(f"acl_file {folder / 'acl'}")
        for kind in listeners:
            lines += self._listener(kind, max_connections)
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """The port of its first listener."""
        return next(iter(self.ports.values()))

    def url(self, kind: str = "mqtt", login: str = "") -> str:
        """Return its address, with `user:password` if given."""
        host = "localhost" if kind in ("mqtts", "wss") else "127.0.0.1"
        return f"{kind}://{login and login + '@'}{host}:{self.ports[kind]}"

    def start(self) -> "Mosquitto":
        assert PROGRAM, "mosquitto is not installed: apt-get install mosquitto"
        with self.log.open("ab") as log:
            command = [PROGRAM, "-v", "-c", str(self.folder / "mosquitto.conf")]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        with ended_on_failure(self._process):
            eventually(
                lambda: all(is_open(port) for port in self.ports.values()),
                "Mosquitto listens",
                seen=lambda: self.log.read_text()[-1000:],
            )
        return self

    def stop(self) -> None:
        """End it as its own service manager would."""
        if self._process:
            end(self._process)
            self._process = None

    def kill(self) -> None:
        """End it without a farewell to anybody."""
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def set_users(self, users: Mapping[str, str]) -> None:
        """Have other users from now on, while it runs."""
        self._make_passwords(users)
        assert self._process
        self._process.send_signal(signal.SIGHUP)

    def _listener(self, kind: str, max_connections: int | None) -> list[str]:
        lines = [f"listener {self.ports[kind]} 127.0.0.1"]
        lines.append(f"protocol {'websockets' if kind.startswith('ws') else 'mqtt'}")
        if kind in ("mqtts", "wss"):
            lines += [f"certfile {self.folder / 'chain.pem'}", f"keyfile {self.folder / 'key.pem'}"]
        if max_connections is not None:
            lines.append(f"max_connections {max_connections}")
        return lines

    def _make_certificate(self, host: str) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert(host)
        authority.cert_pem.write_to_path(self.ca)
        certificate.private_key_pem.write_to_path(self.folder / "key.pem")
        for pem in certificate.cert_chain_pems:
            pem.write_to_path(self.folder / "chain.pem", append=True)

    def _make_passwords(self, users: Mapping[str, str]) -> Path:
        path = self.folder / "passwords"
        path.write_text("".join(f"{user}:{password}\n" for user, password in users.items()))
        subprocess.run(["mosquitto_passwd", "-U", str(path)], check=True)
        return path
