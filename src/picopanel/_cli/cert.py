"""`cert HOST`: the root certificate that a board needs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .._setup.certificates import FILES, Certificate, cert, read
from .options import Commands


def add_to(commands: Commands) -> None:
    parser = commands.add_parser("cert", help="the root certificate that a board needs", description=__doc__)
    parser.add_argument("host", metavar="HOST[:PORT]", help="the broker; port 8883 if not given")
    parser.add_argument("--ca", metavar="FILE", help="the certificate authority to trust, PEM")
    parser.add_argument("--out", metavar="DIR", default=".", help="where to write " + ", ".join(FILES))
    parser.add_argument(
        "--unverified",
        action="store_true",
        help="take what the broker sends without checking it; anybody in between could have sent it",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    former = Path(options.out) / FILES[-1]
    before = former.read_bytes() if former.exists() else None
    root = cert(options.host, ca=options.ca, out=options.out, verify=not options.unverified)
    if before is not None and before != root.der:
        _tell_former(before)
    how = "NOT verified" if options.unverified else "verified"
    print(f"Subject: {root.subject}\nExpires: {root.expires:%Y-%m-%d}\nPath:    {how}")
    _warn(root)
    for path in root.files:
        print(f"Written: {path}")
    return 0


def _tell_former(before: bytes) -> None:
    print(f"Warning: the former {FILES[-1]} was another one, now replaced.", file=sys.stderr)
    try:
        _warn(read(before)[0])
    except ValueError as error:
        print(f"Warning: {error}", file=sys.stderr)


def _warn(certificate: Certificate) -> None:
    for sentence in certificate.warnings():
        print(f"Warning: {sentence}", file=sys.stderr)
