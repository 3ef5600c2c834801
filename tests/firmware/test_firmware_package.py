"""`package.json`: what `mpremote mip install` puts on a board, by mpremote's own installer."""

import json
import os
import re
import shutil
import subprocess
import sys

import behaviours
import pytest
from bench import WireBench
from harness import FIRMWARE, installed

PINNED = r"https://[^/]+/peterhinch/micropython-mqtt/[0-9a-f]{40}/mqtt_as/__init__\.py"
MIP = """
import sys
from types import SimpleNamespace
from mpremote.mip import do_mip

class Cable:
    def fs_exists(self, path): return False
    def fs_mkdir(self, path): print("folder", path)
    def fs_writefile(self, path, data, progress_callback): print("file", path, len(data))

state = SimpleNamespace(did_action=lambda: None, ensure_raw_repl=lambda: None, transport=Cable())
do_mip(state, SimpleNamespace(command=["install"], packages=sys.argv[1:], index=None, target="", mpy=None))
"""


@pytest.fixture
def manifest():
    return json.loads((FIRMWARE / "package.json").read_text())


def test_it_lists_every_file_and_one_mqtt_as_by_commit(manifest):
    assert set(manifest) == {"urls", "version"}
    ours = {
        str(file.relative_to(FIRMWARE)) for file in FIRMWARE.rglob("*.*") if file.suffix in (".py", ".der")
    }
    local = {target: source for target, source in manifest["urls"] if ":" not in source}
    assert set(local.values()) == ours - {"my_secrets.example.py"}
    assert all(target == source for target, source in local.items())
    (other,) = [(target, source) for target, source in manifest["urls"] if ":" in source]
    assert other[0] == "mqtt_as/__init__.py"
    assert re.fullmatch(PINNED, other[1]), f"expected mqtt_as pinned to a commit, not {other[1]}"


def test_mip_puts_each_file_in_its_place(manifest, tmp_path):
    """`mqtt_as` lies beside the others for once: a test fetches nothing from its home."""
    shutil.copytree(FIRMWARE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "mqtt_as_here.py").write_text("VERSION = (0, 8, 3)\n")
    urls = [[to, "mqtt_as_here.py" if ":" in source else source] for to, source in manifest["urls"]]
    (tmp_path / "package.json").write_text(json.dumps({**manifest, "urls": urls}))
    environment = {**os.environ, "PYTHONPATH": str(installed("mpremote"))}
    mip = [sys.executable, "-c", MIP, str(tmp_path / "package.json")]
    result = subprocess.run(mip, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    lines = result.stdout.splitlines()
    written = {f"file /{target} {(tmp_path / source).stat().st_size}" for target, source in urls}
    assert {line for line in lines if line.startswith("file ")} == written
    assert {"folder /mqtt_as", "folder /pico"} <= set(lines)


@pytest.mark.micropython
def test_beside_the_files_of_an_earlier_version_and_from_its_main_it_runs_all_the_same(room):
    """As where they were copied by hand. A main.py of one's own begins as it began then."""

    def prepare(folder):
        for name in ("board", "link", "trust", "pico_device", "pico_checks", "pico_samples", "pico_sensors"):
            (folder / f"{name}.py").write_text("raise RuntimeError('an earlier version')\n")
        main = (folder / "main.py").read_text()
        assert main.count("from pico.board import") == 1
        (folder / "main.py").write_text(main.replace("from pico.board import", "from wiring import"))

    broker = room.broker()
    notebook = room.notebook(broker, "updated")
    room.board(broker, "updated", run="main", prepare=prepare)
    assert behaviours.command(WireBench(notebook, None), led="on")["led"] == "on"
    notebook.close()
