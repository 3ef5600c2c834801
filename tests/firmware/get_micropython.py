"""Get a native MicroPython, once.

Where the system packages it, its own package manager installs it. Debian 12
does not; there the next release's package is unpacked into `.cache/` by an apt
with lists of its own, which leaves the system's untouched.
"""

import os
import shutil
import subprocess

from tests.support.cache import CACHE, made_once

HOME = CACHE / "micropython"
RELEASE = "trixie"
PACKAGES = ["micropython", "libmbedcrypto16", "libmbedtls21", "libmbedx509-7", "libc6", "libffi8"]
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def micropython() -> list[str]:
    """The command that starts MicroPython; installs it where it is missing."""
    return _on_path() or _fetched()


def _fetched() -> list[str]:
    with made_once("micropython", "fetching") as folder:
        if folder and not _from_package_manager():
            _from_next_release()
    command = _on_path() or _unpacked()
    assert command, f"MicroPython was unpacked into {HOME}, yet its program is not there"
    return command


def _on_path() -> list[str] | None:
    found = shutil.which("micropython")
    return [found] if found else None


def _unpacked() -> list[str] | None:
    loaders = sorted(HOME.glob("root/**/ld-linux-*.so.*"))
    program = HOME / "root/usr/bin/micropython"
    if not (loaders and program.exists()):
        return None
    libraries = sorted({str(path.parent) for path in HOME.glob("root/**/*.so.*")})
    return [str(loaders[0]), "--library-path", ":".join(libraries), str(program)]


def _from_package_manager() -> list[str] | None:
    if not shutil.which("apt-cache"):
        raise SystemExit("No MicroPython here and no apt: put `micropython` on the PATH.")
    policy = subprocess.run(["apt-cache", "policy", "micropython"], capture_output=True, text=True)
    if "Candidate:" not in policy.stdout or "Candidate: (none)" in policy.stdout:
        return None
    _run(["apt-get", "install", "-y", "micropython"])
    return _on_path()


def _from_next_release() -> None:
    for part in ("lists/partial", "cache/archives/partial", "sourceparts", "root", "state"):
        (HOME / part).mkdir(parents=True, exist_ok=True)
    sources = HOME / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {_mirror()} {RELEASE} main\n")
    (HOME / "state/status").touch()
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": HOME / "sourceparts",
        "Dir::State": HOME / "state",
        "Dir::State::lists": HOME / "lists",
        "Dir::State::status": HOME / "state/status",
        "Dir::Cache": HOME / "cache",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", *(f"-o{key}={value}" for key, value in options.items())]
    _run([*apt, "update"])
    _run([*apt, "download", *PACKAGES])
    for package in HOME.glob("*.deb"):
        _run(["dpkg-deb", "-x", str(package), str(HOME / "root")])
        package.unlink()
    shutil.rmtree(HOME / "lists")


def _mirror() -> str:
    """Where this machine takes its Debian packages from."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(SITE)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for line in targets.splitlines():
        origin, _, site = line.partition(" ")
        if origin == "Debian" and "security" not in site:
            return site
    raise SystemExit("apt knows no Debian mirror: run `apt-get update` first.")


def _run(command: list[str]) -> None:
    print("+", *command, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=True, cwd=HOME if HOME.exists() else None, env=quiet)
