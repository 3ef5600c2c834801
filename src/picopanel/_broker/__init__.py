"""Where and how to connect. The only room that holds a secret, and it never prints one."""

from __future__ import annotations

from .address import Address, parse
from .broker import Broker, CertificateWanted, as_broker
from .settings import environment, find

__all__ = ["Address", "Broker", "CertificateWanted", "as_broker", "environment", "find", "parse"]
