"""Certificates that a broker of the tests has, or wants."""

import subprocess
from pathlib import Path

import trustme


def demand(folder: Path) -> None:
    """Have a Mosquitto want client certificates, and make one for `ada`."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "clients.pem")
    identity(authority, folder, "ada")
    configuration = folder / "mosquitto.conf"
    wanted = f"cafile {folder / 'clients.pem'}\nrequire_certificate true\n"
    configuration.write_text(configuration.read_text().replace("certfile", f"{wanted}certfile"))


def identity(authority: trustme.CA, folder: Path, name: str) -> None:
    """Write somebody's client certificate and key."""
    made = authority.issue_cert(f"{name}@broker.example")
    made.cert_chain_pems[0].write_to_path(folder / f"{name}.pem")
    made.private_key_pem.write_to_path(folder / f"{name}.key")


def authority_without_key_usage(folder: Path) -> None:
    """As many instructions in the web make one: no key usage, no key identifiers."""
    (folder / "ca.cnf").write_text(
        "[req]\ndistinguished_name = dn\nx509_extensions = ca\n[dn]\n[ca]\nbasicConstraints = CA:TRUE\n"
    )
    request = ("req", "-newkey", "rsa:2048", "-nodes")
    made = ("-keyout", "ca.key", "-out", "ca.pem")
    openssl(folder, *request, "-x509", "-config", "ca.cnf", "-subj", "/CN=Old", *made)
    openssl(folder, *request, "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "broker.csr")
    (folder / "broker.ext").write_text("subjectAltName=DNS:localhost\n")
    sign = ("x509", "-req", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "broker.ext")
    openssl(folder, *sign, "-in", "broker.csr", "-out", "chain.pem")


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
