"""The way to the broker's door: name, TCP, TLS and the clock that certificates need."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime, timezone

from .._broker import Broker
from .._link import LinkStatus
from .._link.troubles import from_exception, tls_context
from .finding import Failed, Skipped

TIMEOUT = 5.0
_DATES = ("certificate-expired", "certificate-early")


class NetworkVisit:
    """Goes to a broker's port; None stands for a link without a network."""

    def __init__(self, broker: Broker | None) -> None:
        self._broker = broker
        self._tls: LinkStatus | None = None
        """Why the handshake failed."""
        self._shook_hands = False

    @property
    def checks(self) -> dict[str, Callable[[], str]]:
        """The steps in order."""
        return {"name": self.name, "TCP": self.tcp, "TLS": self.tls, "time": self.time}

    def name(self) -> str:
        """The broker's name has an address."""
        broker = self._needed()
        try:
            found = socket.getaddrinfo(broker.host, broker.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Failed.of(from_exception(error, broker)) from None
        return f"{broker.host} is {found[0][4][0]}."

    def tcp(self) -> str:
        """Something listens there."""
        broker = self._needed()
        try:
            socket.create_connection((broker.host, broker.port), TIMEOUT).close()
        except (OSError, UnicodeError) as error:
            raise Failed.of(from_exception(error, broker)) from None
        return f"Port {broker.port} answers."

    def tls(self) -> str:
        """It speaks TLS, with a certificate that is trusted."""
        broker = self._needed()
        if not broker.tls:
            where = "on this computer, fine" if broker.loopback else "the password travels in clear"
            raise Skipped(f"This broker is used without TLS: {where}.")
        try:
            with socket.create_connection((broker.host, broker.port), TIMEOUT) as connection:
                context = tls_context(broker)
                with context.wrap_socket(connection, server_hostname=broker.host) as tls:
                    version = tls.version()
        except (OSError, UnicodeError) as error:
            self._tls = from_exception(error, broker)
            raise Failed.of(self._tls) from None
        self._shook_hands = True
        trust = "its certificate is trusted" if broker.verify else "its certificate is NOT checked"
        return f"{version}; {trust}."

    def time(self) -> str:
        """This computer's clock lies within the certificate's dates; tells also why TLS failed."""
        clock = f"This computer's clock says {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC"
        if self._tls is not None and self._tls.problem in _DATES:
            raise Failed(f"{clock}, outside of the certificate's dates.", "Is that the time? If not, set it.")
        if not self._shook_hands:
            raise Skipped("Only a certificate needs the time, and none was checked.")
        return f"{clock}, within the certificate's dates."

    def _needed(self) -> Broker:
        if self._broker is None:
            raise Skipped("The virtual Pico is in this process and needs no network.")
        return self._broker
