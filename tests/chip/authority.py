"""Certificates as a hosted broker has them: a root that nobody sends, one between, and the broker's own."""

from datetime import datetime, timedelta, timezone

import trustme
from trustme import KeyType

HOST = "broker.example"


class Authority:
    """One that can issue under a root of each kind, as a board's `ca.der` may have several.

    Args:
        kind: Of what kind the certificates are that it issues, unless another is asked for.
        name: For whom, likewise.
    """

    def __init__(self, kind=KeyType.ECDSA, name=HOST):
        self.roots = {kind: trustme.CA(key_type=kind) for kind in KeyType}
        self._kind, self._name = kind, name

    def write(self, folder, kind=None, name=None, **more):
        """Give a broker its certificates, of this kind and for this name."""
        kind, name = kind or self._kind, name or self._name
        between = self.roots[kind].create_child_ca(key_type=kind)
        own = between.issue_cert(name, key_type=kind, **{"not_before": days_ago(1), **more})
        roots = b"".join(root.cert_pem.bytes() for root in self.roots.values())
        write(folder, roots, own, [pem.bytes() for pem in own.cert_chain_pems])


def days_ago(days):
    """As a certificate tells it; trustme's own are good from 2000 on, where a board's clock may start."""
    return datetime.now(timezone.utc) - timedelta(days=days)


def write(folder, roots, own, chain):
    """Where a broker looks for them."""
    assert len(chain) == 2
    (folder / "ca.pem").write_bytes(roots)
    (folder / "chain.pem").write_bytes(b"".join(chain))
    own.private_key_pem.write_to_path(str(folder / "key.pem"))
