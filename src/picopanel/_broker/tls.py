"""TLS as a broker is reached with it."""

from __future__ import annotations

import ssl


class CertificateWanted(ssl.SSLError):
    """The broker has broken the handshake off, and a client certificate is what it missed."""


class _Socket(ssl.SSLSocket):
    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except ssl.SSLError as error:
            # Up to TLS 1.2 there is one alert for all. With a cipher agreed on, only the certificate is left.
            if (error.reason or "").endswith("ALERT_HANDSHAKE_FAILURE") and self.cipher():
                wanted = CertificateWanted(*error.args)
                wanted.reason = error.reason
                raise wanted from None
            raise


def new_context(authority: str | None, verify: bool) -> ssl.SSLContext:
    """Return a context that checks certificate and host name, or neither."""
    context = ssl.create_default_context(cadata=authority)
    context.sslsocket_class = _Socket
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
