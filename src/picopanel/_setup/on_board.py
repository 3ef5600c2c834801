"""Short programs that run on the board itself, given to its raw REPL by the kernel or by a page.

Each step's program prints one line of JSON: what there is to say of it, or what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable

from .micropython import BY_HAND, MODELS, OLDEST

BEFORE = "before_picopanel"
"""The folder on the board that keeps what was there. Renaming needs no space, and so no secret
of the board's former program comes to this computer."""

_LOOK = """
import sys, json
try:
    import network
    wifi = hasattr(network, "WLAN")
except ImportError:
    wifi = False
about = sys.implementation
machine = getattr(about, "_machine", sys.platform)
found = {"name": about[0], "version": ".".join(str(part) for part in about[1][:3]), "machine": machine}
found["model"] = model = MODELS[1 if "RP2350" in machine else 0]
is_other, is_old = about[0] != "micropython", tuple(about[1][:2]) < OLDEST
is_esp = sys.platform.startswith("esp")
without = NEEDS_WIFI if is_esp else NO_WIFI
wrong = OTHER if is_other else without if not wifi else OLD if is_old else ""
if wrong:
    install = ELSEWHERE if is_esp else INSTALL.format(model=model)
    found["wrong"] = wrong.format(install=install, **found)
found["renew"] = wrong == OLD and machine.startswith(("Raspberry Pi Pico W", "Raspberry Pi Pico 2 W"))
found["says"] = "{machine}, MicroPython {version}.".format(**found)
print(json.dumps(found))
"""

_OTHER = "The board runs {name} and not MicroPython. {install}"
_OLD = "The board's MicroPython {version} is older than 1.22. {install}"
_NO_WIFI = (
    "The board's MicroPython ({machine}) knows no Wi-Fi: it is a Pico without W, or its MicroPython is for "
    "one. If a W is printed on it: {install} If none is, it speaks over USB: `picopanel pico ID --serial "
    "PORT`, and *Another board* in docs/board.md."
)

_NEEDS_WIFI = "The board's MicroPython ({machine}) knows no Wi-Fi. {install}"
_ELSEWHERE = (
    "Get the newest one for it from https://micropython.org/download/. A board of another kind is not set up "
    "as a Pico W is: *Another board* in docs/board.md."
)

_CHECK = """
import json, time
from hashlib import sha256
from binascii import hexlify, b2a_base64
def read(name):
    try:
        with open(name, "rb") as f:
            return f.read()
    except OSError:
        return None
sums, certificates, filled = {}, {}, []
for name in NAMES:
    data = read(name)
    sums[name] = None if data is None else hexlify(sha256(data).digest()).decode()
for name in CERTIFICATES:
    data = read(name)
    if data is not None:
        certificates[name] = b2a_base64(data).decode().strip()
try:
    import my_secrets
    filled = [name for name in dir(my_secrets) if name.isupper() and getattr(my_secrets, name)]
except Exception:
    pass
print(json.dumps({"sums": sums, "certificates": certificates, "filled": filled, "year": time.gmtime()[0]}))
"""

_FILES = """
import os, json
def there(name):
    try:
        os.stat(name)
        return True
    except OSError:
        return False
def listed(name):
    if not there(name):
        return []
    with open(name) as f:
        try:
            return json.load(f)
        except ValueError:  # of an earlier version, whose plug was pulled
            return []
def write_down(names, name):
    with open(name + ".new", "w") as f:
        json.dump(names, f)
    os.rename(name + ".new", name)
def remove(names):
    for name in names:
        if there(name):
            os.remove(name)
def remove_empty_folders(names):
    for folder in sorted({name.rpartition("/")[0] for name in names} - {""}, reverse=True):
        try:
            os.rmdir(folder)
        except OSError:
            pass
def make_folders(name):
    parts = name.split("/")[:-1]
    for end in range(1, len(parts) + 1):
        if not there("/".join(parts[:end])):
            os.mkdir("/".join(parts[:end]))
"""

_SAVE = """
written = BEFORE + "/written.json"
ours = listed(written)
former = [name for name in ours if name not in NAMES]
remove(former)
remove_empty_folders(former)
for name in NAMES:
    if name not in ours and there(name):
        make_folders(BEFORE + "/" + name)
        os.rename(name, BEFORE + "/" + name)
make_folders(written)
write_down(NAMES, written)
for name in NAMES:
    make_folders(name)
remove(GONE)
saved = ", ".join(name for name in NAMES if there(BEFORE + "/" + name))
print(json.dumps({"says": KEPT.format(saved) if saved else "It had nothing of its own."}))
"""

_KEPT = f"{{}}: now in {BEFORE}/ on the board. `picopanel board restore` puts it back."

VERIFY = """
import json
from hashlib import sha256
from binascii import hexlify
def sum_of(name):
    sum_ = sha256()
    try:
        with open(name, "rb") as f:
            while part := f.read(1024):
                sum_.update(part)
    except OSError:
        return ""
    return hexlify(sum_.digest()).decode()
other = [name for name in SUMS if sum_of(name) != SUMS[name]]
if other:
    print(json.dumps({"wrong": "Not as it was sent: " + ", ".join(other) + ". Try it again."}))
else:
    print(json.dumps({"says": "{} files, each with its checksum.".format(len(SUMS))}))
"""

START = """
import machine, json
machine.RTC().datetime(NOW)
print(json.dumps({"says": "Clock set, board restarted."}))
"""

_RESTORE = """
def files(folder):
    for name in os.listdir(folder) if there(folder) else []:
        path = folder + "/" + name
        if os.stat(path)[0] & 0x4000:
            yield from files(path)
        else:
            yield path
todo, half_done = BEFORE + "/written.json", BEFORE + "/restoring.json"
remove([todo + ".new"])
if there(todo):
    remove(listed(todo))
    os.rename(todo, half_done)
names = listed(half_done)
kept = [path[len(BEFORE) + 1:] for path in files(BEFORE) if path != half_done]
back = [name for name in kept if not there(name)]
for name in back:
    make_folders(name)
    os.rename(BEFORE + "/" + name, name)
names += [name for name in back if name not in names]
remove([half_done])
remove_empty_folders([BEFORE + "/" + name for name in names] + [half_done] + names)
print(json.dumps([name for name in names if there(name)] if names else None))
"""

RESET = "import time, machine; time.sleep_ms(100); machine.reset()"


def save(names: Iterable[str], gone: Iterable[str] = ()) -> str:
    """Move what has the names of our files out of the way, and make our folders.

    What an earlier set-up has written and this one does not is removed, as is what is `gone`. It can be
    interrupted anywhere and run again: what was there is moved before anything is written down as ours.
    """
    return given(_FILES + _SAVE, BEFORE=BEFORE, KEPT=_KEPT, NAMES=[*names, *gone], GONE=list(gone))


def look() -> str:
    """Tell what the board is, and whether our program can run there."""
    sentences = {"OTHER": _OTHER, "OLD": _OLD, "NO_WIFI": _NO_WIFI, "NEEDS_WIFI": _NEEDS_WIFI}
    sentences |= {"INSTALL": BY_HAND, "ELSEWHERE": _ELSEWHERE}
    return given(_LOOK, OLDEST=OLDEST, MODELS=tuple(MODELS.values()), **sentences)


def restore() -> str:
    """Remove what was written, and put back what `save` moved, unless its name is taken by now.

    It can be run again, too.
    """
    return given(_FILES + _RESTORE, BEFORE=BEFORE)


def check(names: Iterable[str], certificates: Iterable[str]) -> str:
    """Tell the checksums, certificates, and which secrets are filled in; never a secret."""
    return given(_CHECK, NAMES=list(names), CERTIFICATES=list(certificates))


def write(name: str, data: bytes) -> str:
    return f"f = open({name!r}, 'wb'); f.write({data!r}); f.close()"


def given(text: str, **values: object) -> str:
    """Return a program with the values that it needs."""
    return "".join(f"{name} = {value!r}\n" for name, value in values.items()) + text
