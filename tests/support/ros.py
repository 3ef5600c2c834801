"""A real ROS 2 out of PyPI's wheels, and a real rosbridge to it.

The rosbridge is `rosbridge-server-rs`, made for ROS 2 as its distribution installs it. The wheels have one of
its libraries under another name, and some of theirs expect to be loaded by a Python: its environment gives it
both.
"""

import sysconfig
from pathlib import Path

from .environments import Environment
from .ports import free_port, is_open
from .programs import Program
from .waiting import eventually

_REQUIREMENTS = (
    "ros-rclpy==9.1.2",
    "ros-rmw-fastrtps-cpp==9.3.3",
    "ros-sensor-msgs==5.5.1",
    "ros-std-msgs==5.5.1",
    "ros-std-srvs==5.5.1",
    "rosbridge-server-rs==0.1.6",
)
_OPTIONS = "--no-rosapi", "--bind"
_RUN = "import os, sys; os.chmod(sys.argv[1], 0o755); os.execv(sys.argv[1], sys.argv[1:])"


def environment(*more: str) -> Environment:
    return Environment("ros", [*_REQUIREMENTS, *more])


class Rosbridge:
    """A rosbridge on a port of its own, with a ROS 2 that only this computer hears.

    Args:
        folder: For its logs.
        more: What its nodes need besides, as pip takes it.
    """

    def __init__(self, folder: Path, *more: str) -> None:
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._environment = environment(*more)
        self._domain = {
            "ROS_DOMAIN_ID": str(self.port % 100 + 1),
            "ROS_LOCALHOST_ONLY": "1",
            # One that is killed leaves its shared memory behind, locked, and the next waits for it for ever.
            "FASTDDS_BUILTIN_TRANSPORTS": "UDPv4",
            "ROS_LOG_DIR": str(folder),
            "HOME": str(folder),
        }
        self._started: list[Program] = []
        self._shim = folder / "libraries"
        self._shim.mkdir()
        self._lib = self._environment.folder / "lib"
        (self._shim / "librmw_implementation.so").symlink_to(self._lib / "librmw_fastrtps_cpp.so")

    def start(self) -> "Rosbridge":
        packages = next(self._lib.glob("python*/site-packages"))
        libraries = [*packages.glob("ros_*.libs"), self._lib, self._shim]
        symbols = Path(sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME"))
        assert symbols.suffix != ".a" and symbols.exists(), f"{symbols}: this Python has no shared library"
        self._program = Program(
            ["-c", _RUN, packages / "rosbridge_server_rs/rosbridge_server_rs_jazzy", *_OPTIONS, self.address],
            LD_LIBRARY_PATH=":".join(map(str, libraries)),
            LD_PRELOAD=str(symbols),
            AMENT_PREFIX_PATH=str(self._environment.folder),
            **self._domain,
        )
        self._started.append(self._program)
        eventually(
            lambda: is_open(self.port), "the rosbridge listens", seen=lambda: self._program.lines[-20:]
        )
        return self

    def node(self, *arguments: object) -> Program:
        """Start a Python program that may be a node of this ROS."""
        self._started.append(Program(arguments, python=self._environment.python, **self._domain))
        return self._started[-1]

    @property
    def complaints(self) -> list[str]:
        """What it has refused."""
        return [line for line in self._program.lines if " ERROR " in line]

    def hang(self) -> None:
        self._program.hang()

    def go_on(self) -> None:
        self._program.go_on()

    def kill(self) -> None:
        """End it as a pulled plug does, and the nodes that it has started."""
        for program in self._started:
            program.kill()
