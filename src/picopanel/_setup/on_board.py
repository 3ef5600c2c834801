"""Short programs that run on the board itself, through mpremote's `exec`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

BEFORE = "before_picopanel"
"""The folder on the board that keeps what was there. Renaming needs no space, and so no secret
of the board's former program comes to this computer."""

FACTS = """
import sys, json
try:
    import network
    wifi = hasattr(network, "WLAN")
except ImportError:
    wifi = False
about = sys.implementation
print(json.dumps({"name": about[0], "version": list(about[1])[:3], "wifi": wifi,
    "machine": getattr(about, "_machine", sys.platform)}))
"""

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
        return json.load(f)
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
with open(written, "w") as f:
    json.dump(NAMES, f)
for name in NAMES:
    make_folders(name)
remove(GONE)
print(json.dumps([name for name in NAMES if there(BEFORE + "/" + name)]))
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
    return _program(_FILES + _SAVE, BEFORE=BEFORE, NAMES=[*names, *gone], GONE=list(gone))


def restore() -> str:
    """Remove what was written, and put back what `save` moved, unless its name is taken by now.

    It can be run again, too.
    """
    return _program(_FILES + _RESTORE, BEFORE=BEFORE)


def check(names: Iterable[str], certificates: Iterable[str]) -> str:
    """Tell the checksums, certificates, and which secrets are filled in; never a secret."""
    return _program(_CHECK, NAMES=list(names), CERTIFICATES=list(certificates))


def write(name: str, data: bytes) -> str:
    return f"f = open({name!r}, 'wb'); f.write({data!r}); f.close()"


def set_clock(now: datetime) -> str:
    """Set the clock to UTC; mpremote's own way is local time."""
    moment = (now.year, now.month, now.day, now.weekday(), now.hour, now.minute, now.second, 0)
    return f"import machine; machine.RTC().datetime({moment})"


def _program(text: str, **values: object) -> str:
    return "".join(f"{name} = {value!r}\n" for name, value in values.items()) + text
