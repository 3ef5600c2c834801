"""The MQTT client of the board's program, which is on no registry by itself."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from .cache import CACHE, made_once

SDL_DEMO = "self-driving-lab-demo==0.8.13"


def mqtt_as_folder() -> Path:
    """The folder with `mqtt_as`: PICOPANEL_MQTT_AS, or 0.7.1 out of a wheel that carries it."""
    if named := os.environ.get("PICOPANEL_MQTT_AS"):
        return Path(named).resolve()
    with made_once("mqtt_as-0.7.1", "fetching") as folder:
        if folder:
            folder.mkdir(exist_ok=True)
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", SDL_DEMO]
            subprocess.run([*pip, "--dest", str(folder)], check=True)
            wheel = next(folder.glob("*.whl"))
            with zipfile.ZipFile(wheel) as archive:
                (folder / "mqtt_as.py").write_bytes(archive.read("public_mqtt_sdl_demo/lib/mqtt_as.py"))
            wheel.unlink()
    return CACHE / "mqtt_as-0.7.1"


def mqtt_as_package() -> Path:
    """The folder with its files, as `board setup --mqtt-as` takes it: 0.7.1 is one, 0.8 a package."""
    folder = mqtt_as_folder()
    return folder / "mqtt_as" if (folder / "mqtt_as").is_dir() else folder
