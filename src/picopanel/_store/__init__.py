"""Rows that are kept, recorded, exported and drawn as a figure."""

from .store import EVENT, NO_CLOCK, Origin, Rows, Store

__all__ = ["EVENT", "NO_CLOCK", "Origin", "Rows", "Store"]
