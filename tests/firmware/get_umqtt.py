"""Get `umqtt.simple`, once: its package index has it in a form that pip itself refuses to unpack."""

import hashlib
import io
import re
import tarfile
from pathlib import Path
from urllib.parse import urljoin

from tests.support.cache import CACHE, made_once

NAME, VERSION = "micropython-umqtt.simple", "1.3.4"
INSIDE = "umqtt/simple.py"


def umqtt_folder() -> Path:
    """The folder `umqtt`, as `mip` puts it on a board."""
    name = f"umqtt.simple-{VERSION}"
    with made_once(name, "fetching") as folder:
        if folder:
            _unpack(folder / "umqtt")
    return CACHE / name / "umqtt"


def _unpack(folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(_download())) as archive:
        member = archive.extractfile(f"{NAME}-{VERSION}/{INSIDE}")
        assert member, f"{NAME} {VERSION} has no {INSIDE}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "simple.py").write_bytes(member.read())


def _download() -> bytes:
    """The archive, from the index that this machine's pip uses, by pip's own way through proxies."""
    from pip._internal.commands import create_command

    pip = create_command("download")
    options, _ = pip.parse_args([])
    page = options.index_url.rstrip("/") + "/" + re.sub(r"[-_.]+", "-", NAME) + "/"
    with pip.main_context():
        session = pip.get_default_session(options)
        listing = session.get(page)
        listing.raise_for_status()
        found = re.search(rf'href="([^"#]*{re.escape(NAME)}-{VERSION}\.tar\.gz)#sha256=(\w+)"', listing.text)
        assert found, f"the package index has no {NAME} {VERSION}"
        archive = session.get(urljoin(page, found[1])).content
    assert hashlib.sha256(archive).hexdigest() == found[2], f"{NAME} arrived broken"
    return archive
