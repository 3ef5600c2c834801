"""LED buttons and a streaming chart for a Raspberry Pi Pico W over MQTT, in one notebook cell."""

from ._broker import Broker
from ._device.command import Reply
from ._device.following import Reading
from ._device.messages import Message
from ._errors import (
    CommandRefused,
    ExperimentEnded,
    InvalidArgument,
    InvalidBroker,
    InvalidCommand,
    InvalidDescription,
    InvalidDeviceID,
    InvalidExperiment,
    NoAnswer,
    NoBroker,
    NoChannel,
    NotARecording,
    NotConnected,
    NotPickled,
    NotWritten,
    PanelClosed,
    PicoPanelError,
    RecordingFailed,
)
from ._panel.board_setup import BoardSetup
from ._panel.panel import PicoPanel
from ._pico.mark import Mark
from ._pico.measured import Channel
from ._pico.pico import Pico
from ._serve.serve import serve
from ._setup.certificates import Certificate, cert
from ._setup.files import board_bundle
from ._store.export import read_recording
from ._store.limit import Limit
from ._store.spectrum import Spectrum
from ._store.trigger import Trigger
from ._version import __version__
from ._wall.commands import Answers
from ._wall.wall import PicoWall

__all__ = [
    "Answers",
    "BoardSetup",
    "Broker",
    "Certificate",
    "Channel",
    "CommandRefused",
    "ExperimentEnded",
    "InvalidArgument",
    "InvalidBroker",
    "InvalidCommand",
    "InvalidDescription",
    "InvalidDeviceID",
    "InvalidExperiment",
    "Limit",
    "Mark",
    "Message",
    "NoAnswer",
    "NoBroker",
    "NoChannel",
    "NotARecording",
    "NotConnected",
    "NotPickled",
    "NotWritten",
    "PanelClosed",
    "Pico",
    "PicoPanel",
    "PicoPanelError",
    "PicoWall",
    "Reading",
    "RecordingFailed",
    "Reply",
    "Spectrum",
    "Trigger",
    "__version__",
    "board_bundle",
    "cert",
    "read_recording",
    "serve",
]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell a Jupyter server what to load."""
    return [{"module": "picopanel._page.server"}]
