"""Opens JupyterLab on a notebook, on a free port, and says where."""

from __future__ import annotations

import os
import secrets
import socket
import sys


def free_port() -> int:
    """A port of this machine's loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main(notebook: str) -> None:
    """Becomes the JupyterLab server."""
    port = free_port()
    # In the environment, not among the arguments, which every user of the machine can list.
    token = os.environ.setdefault("JUPYTER_TOKEN", secrets.token_hex(16))
    print(f"== JupyterLab, until Ctrl-C: http://127.0.0.1:{port}/lab/tree/{notebook}?token={token}")
    sys.stdout.flush()
    options = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={os.getcwd()}",
        "--Application.log_level=ERROR",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *options, notebook])


if __name__ == "__main__":
    main(sys.argv[1])
