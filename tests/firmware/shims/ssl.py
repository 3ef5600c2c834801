"""The `ssl` module of a Pico, over the `tls` module that native MicroPython has."""

import tls

CERT_NONE, CERT_REQUIRED = tls.CERT_NONE, tls.CERT_REQUIRED


def wrap_socket(
    sock,
    server_side=False,
    key=None,
    cert=None,
    cert_reqs=CERT_NONE,
    cadata=None,
    server_hostname=None,
    do_handshake=True,
):
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    context.verify_mode = cert_reqs
    if cadata is not None:
        context.load_verify_locations(cadata)
    return context.wrap_socket(
        sock, server_side=server_side, server_hostname=server_hostname, do_handshake_on_connect=do_handshake
    )
