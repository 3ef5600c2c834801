"""What went wrong in TLS: a code for each true cause, beside OpenSSL's own words."""

from __future__ import annotations

import ssl

from .._broker import Broker, CertificateWanted

_CERTIFICATE = {
    # X509_V_ERR_...: 18 to 21, and 2, are a chain that ends with nobody who is trusted
    9: "certificate-early",
    10: "certificate-expired",
    62: "certificate-host",
    64: "certificate-host",
    **dict.fromkeys((2, 18, 19, 20, 21), "certificate"),
    **dict.fromkeys(range(80, 95), "certificate-strict"),
}
_NO_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG")
_NO_TLS_EITHER = ("RECORD_LAYER_FAILURE", "UNEXPECTED_EOF_WHILE_READING", "")
_ABOUT_OURS = (
    *("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNSUPPORTED_CERTIFICATE", "CERTIFICATE_REVOKED"),
    *("CERTIFICATE_EXPIRED", "CERTIFICATE_UNKNOWN", "UNKNOWN_CA", "ACCESS_DENIED", "DECRYPT_ERROR"),
)
"""Alerts by which a broker speaks of the client's certificate: only what it has been sent can it mean."""


def tls_problem(error: ssl.SSLError, broker: Broker) -> tuple[str, str]:
    """Return the problem's code and OpenSSL's own words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = _CERTIFICATE.get(error.verify_code, "certificate-other")
        if problem == "certificate" and broker.authority is not None:
            problem = "certificate-ca"
        return problem, error.verify_message.rstrip(".")
    reason: str = getattr(error, "reason", None) or ""  # one that Python itself raises has none
    words = reason.replace("_", " ").lower() or str(error)
    alert = reason.partition("_ALERT_")[2]
    if alert in _ABOUT_OURS or isinstance(error, CertificateWanted):
        return "client-certificate" if broker.cert is None else "client-certificate-refused", words
    return "not-tls" if reason in (*_NO_TLS, *_NO_TLS_EITHER) else "tls-other", words
