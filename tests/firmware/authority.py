"""Certificates made for one test."""

import trustme


class Authority:
    """A certificate authority and its broker's files, in the broker's own folder."""

    def __init__(self, name="localhost", **options):
        self.ca = trustme.CA()
        self.certificate = self.ca.issue_cert(name, **options)

    def write(self, folder):
        self.ca.cert_pem.write_to_path(str(folder / "ca.pem"))
        self.certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
        chain = b"".join(blob.bytes() for blob in self.certificate.cert_chain_pems)
        (folder / "chain.pem").write_bytes(chain)

    def der(self):
        from cryptography.hazmat.primitives.serialization import Encoding
        from cryptography.x509 import load_pem_x509_certificate

        return load_pem_x509_certificate(self.ca.cert_pem.bytes()).public_bytes(Encoding.DER)


class TlsRoom:
    """Makes a TLS broker with an authority's certificate, and boards that trust an authority."""

    def __init__(self, room):
        self._room, self.notebook = room, room.notebook

    def broker(self, authority):
        broker = self._room.broker()
        broker.stop()
        authority.write(broker.folder)
        files = f"certfile {broker.folder}/chain.pem\nkeyfile {broker.folder}/key.pem"
        broker.settings = f"allow_anonymous true\n{files}"
        return broker.start()

    def board(self, broker, device_id, trusted, **more):
        """A board with `trusted`, or these very bytes, as its `ca.der`; with the shipped roots if None."""

        def prepare(folder):
            if trusted:
                content = trusted if isinstance(trusted, bytes) else trusted.der()
                (folder / "ca.der").write_bytes(content)

        tls = {"HIVEMQ_TLS": True, "HIVEMQ_HOST": "localhost"}
        return self._room.board(broker, device_id, prepare=prepare, **tls, **more)
