"""What is shipped: whole, built without Node from the sdist, quick to import."""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from .support.pythons import empty_environment, install, pythons

ROOT = Path(__file__).parents[1]
SHIPPED = {
    "picopanel/static/panel-loader.js",
    "picopanel/static/setup-loader.js",
    "picopanel/static/setup.js.gz",
    "picopanel/static/panel.js.gz",
    "picopanel/static/wall-loader.js",
    "picopanel/static/wall.js.gz",
    "picopanel/static/THIRD-PARTY-NOTICES.txt",
    "picopanel/_firmware/pico/device.py",
    "picopanel/_store/bundled.jsonl",
    "picopanel/py.typed",
    "picopanel-{version}.data/data/etc/jupyter/jupyter_server_config.d/picopanel.json",
}
# What an import and a demo need, as old as it may be, with Colab's IPython.
FLOORS = {"anywidget": "0.9.21", "ipython": "7.34.0", "paho-mqtt": "2.1.0", "traitlets": "5.7.1"}


def build(folder, into, *targets, **environment):
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(into)]
    subprocess.run(
        command + [part for target in targets for part in ("-t", target)],
        cwd=folder,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="session")
def dist(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    build(ROOT, folder, "sdist", "wheel")
    return folder


@pytest.fixture(scope="session")
def wheel(dist):
    return next(dist.glob("*.whl"))


def test_the_wheel_has_front_end_firmware_lesson_and_types_and_no_secrets(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {name.format(version=wheel.name.split("-")[1]) for name in SHIPPED}
    assert names >= shipped, f"missing: {shipped - names}"
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert not [name for name in names if name.endswith("my_secrets.py")], "a developer's secrets are shipped"


def test_sdist_builds_the_same_wheel_without_node(dist, wheel, tmp_path):
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path)
    source = next(tmp_path.iterdir())
    assert not list(source.rglob("node_modules"))
    build(source, tmp_path / "again", "wheel", PATH="/nonexistent")
    again = tmp_path / "again" / wheel.name
    assert again.read_bytes() == wheel.read_bytes(), "the wheel from the sdist differs from that of the tree"


def test_releases_are_built_reproducibly(dist, tmp_path):
    """Elsewhere, later and from the sources alone, front end included: the same bytes."""
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path)
    source = next(tmp_path.iterdir())
    for name in ("src/picopanel/static/panel-loader.js", "src/picopanel/static/panel.js.gz", "PKG-INFO"):
        (source / name).unlink()  # what a build makes
    for path in source.rglob("*"):
        os.utime(path, (2e9, 2e9))
    (source / "js/node_modules").symlink_to(ROOT / "js/node_modules")
    subprocess.run(["npm", "run", "--silent", "build"], cwd=source / "js", check=True)
    (source / "js/node_modules").unlink()
    build(source, tmp_path / "again", "sdist", "wheel")
    built = sorted(dist.iterdir())
    assert len(built) == 2
    for first in built:
        again = tmp_path / "again" / first.name
        assert again.read_bytes() == first.read_bytes(), f"{first.name} differs when built again"


def test_missing_front_end_without_node_is_one_plain_sentence(dist, tmp_path):
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path)
    source = next(tmp_path.iterdir())
    (source / "src/picopanel/static/panel.js.gz").unlink()
    with pytest.raises(subprocess.CalledProcessError) as failure:
        build(source, tmp_path / "again", "wheel", PATH="/nonexistent")
    message = failure.value.stderr.decode().strip()
    assert "needs Node.js 18 or newer" in message
    assert "Traceback" not in message


def test_it_works_at_its_floors_and_imports_nothing_heavy(wheel, tmp_path):
    """In the oldest Python's empty environment: nothing is used that the metadata does not declare."""
    python = empty_environment(tmp_path, min(pythons()))
    install(python, str(wheel), *(f"{name}=={version}" for name, version in FLOORS.items()))
    code = """
import json, sys, picopanel
print(json.dumps([picopanel.__file__, *sys.modules]))
panel = picopanel.PicoPanel.demo()
assert panel.on().led is True
panel.close()
"""
    shown = subprocess.run([python, "-I", "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    file, *modules = json.loads(shown.stdout)
    assert Path(file).is_relative_to(tmp_path)
    assert not {"plotly", "pandas", "numpy"} & set(modules)
    command = subprocess.run(
        [python.with_name("picopanel"), "--help"], check=False, capture_output=True, text=True
    )
    assert command.returncode == 0, command.stderr
