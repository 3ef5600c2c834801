"""`serve`: a board as a device of a laboratory's framework, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal

from .._pico.pico import Pico
from .._runtime.waiting import Event
from .._serve.serve import serve
from .options import Commands, add_broker, add_command, broker_of

_LOOK_EVERY = 0.2


def add_to(commands: Commands) -> None:
    about = "a board as a device of OPC UA, SiLA 2 or ROS"
    parser = add_command(commands, "serve ID", run, about, ", until Ctrl-C. See docs/laboratory.md.")
    parser.add_argument("id", metavar="ID", help="the board's ID")
    for name, text in (
        ("opcua", "HOST:PORT to listen at; 127.0.0.1:4840"),
        ("sila", "HOST:PORT to listen at; 127.0.0.1:50052"),
        ("ros", "HOST:PORT or URL of a rosbridge; 127.0.0.1:9090"),
    ):
        parser.add_argument(f"--{name}", nargs="?", const=True, default=False, metavar="WHERE", help=text)
    for name, metavar, text in (
        ("nodesets", "DIR", "with the OPC Foundation's nodesets, for a device of LADS"),
        ("server-cert", "FILE", "the server's certificate, PEM"),
        ("server-key", "FILE", "its key, PEM"),
        ("clients", "DIR", "with the certificates of who may use the server"),
    ):
        parser.add_argument(f"--{name}", metavar=metavar, help=text)
    add_broker(parser)


def run(options: argparse.Namespace) -> int:
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # else it prints whatever a stranger's handshake lacks
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    where = {name: getattr(options, name) for name in ("opcua", "sila", "ros", "nodesets", "clients")}
    certificate = {"cert": options.server_cert, "key": options.server_key}
    with (
        Pico(options.id, broker=broker_of(options)) as pico,
        serve(pico, **where, **certificate) as serving,
    ):
        for line in serving.says:
            print(line)
        while not stopped.wait(_LOOK_EVERY):
            if pico.status == "refused":
                next(pico.readings(n=1))  # raises the reason
    print("Stopped.")
    return 0
