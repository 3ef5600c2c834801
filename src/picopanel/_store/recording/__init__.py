"""A store's rows in a file that people and pandas can read: one line of JSON a row."""

from pathlib import Path

from .appender import Appender
from .lines import lines
from .reading import Recording, read_file

__all__ = ["BUNDLED", "Appender", "Recording", "lines", "read_file"]

BUNDLED = Path(__file__).with_name("bundled.jsonl")
"""A lesson with a virtual Pico, made by tools/bundled_recording.py."""
