"""The board's own files. In a checkout they are in the top folder `firmware`."""

from pathlib import Path

FOLDER = Path(__file__).parent
if not (FOLDER / "main.py").exists():
    FOLDER = FOLDER.parents[2] / "firmware"
    __path__.append(str(FOLDER))
