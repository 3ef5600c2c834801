"""The `ssl` module of a Pico, over the `tls` module that native MicroPython has.

It refuses PEM as a Pico's does, whose mbedTLS is built without `MBEDTLS_PEM_PARSE_C` up to MicroPython
1.28 (`extmod/mbedtls/mbedtls_config_common.h`; switched on by commit 8356e6732f); `tests/chip` shows the
same of the real image. Debian's is built with it.
"""

import tls

CERT_NONE, CERT_REQUIRED = tls.CERT_NONE, tls.CERT_REQUIRED
PROTOCOL_TLS_CLIENT = tls.PROTOCOL_TLS_CLIENT


class SSLContext:
    def __init__(self, protocol):
        self._context = tls.SSLContext(protocol)
        self._context.verify_mode = CERT_NONE

    @property
    def verify_mode(self):
        return self._context.verify_mode

    @verify_mode.setter
    def verify_mode(self, mode):
        self._context.verify_mode = mode

    def load_verify_locations(self, cafile=None, cadata=None):
        self._context.load_verify_locations(_der(cadata, "invalid cert"))

    def load_cert_chain(self, certfile, keyfile):
        self._context.load_cert_chain(_der(certfile, "invalid cert"), _der(keyfile, "invalid key"))

    def wrap_socket(self, sock, server_side=False, do_handshake_on_connect=True, server_hostname=None):
        return self._context.wrap_socket(
            sock,
            server_side=server_side,
            do_handshake_on_connect=do_handshake_on_connect,
            server_hostname=server_hostname,
        )


def _der(data, refusal):
    if b"-----BEGIN" in data:
        raise ValueError(refusal)
    return data
