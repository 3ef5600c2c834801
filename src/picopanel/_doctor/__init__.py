"""The doctor: each step of the way to the board, looked at in order."""

from .findings import show, tell
from .steps import examine

__all__ = ["examine", "show", "tell"]
