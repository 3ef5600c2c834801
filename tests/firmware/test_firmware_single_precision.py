"""The board's floats are of single precision: the logic must not notice."""

import builtins
import json
import struct
import sys

import behaviours
import pytest
from bench import LogicBench
from harness import FIRMWARE

MODULES = ["pico.samples", "pico.sensors", "pico.commands", "pico.device"]


def rounded(value):
    return struct.unpack("f", struct.pack("f", value))[0]


class Single(float):
    """A float that is rounded to single precision after every operation."""

    def __new__(cls, value=0.0):
        return super().__new__(cls, rounded(builtins.float(value)))


def _operation(name):
    plain = getattr(builtins.float, name)
    return lambda self, *others: Single(plain(self, *others))


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "mod", "floordiv"):
    setattr(Single, f"__{_name}__", _operation(f"__{_name}__"))


@pytest.fixture
def single_precision(monkeypatch):
    """The logic's files, loaded with a `float` and a `json` of single precision."""
    parsed = type(sys)("json")
    parsed.dumps = json.dumps
    parsed.loads = lambda text: json.loads(text, parse_float=Single)
    monkeypatch.setitem(sys.modules, "json", parsed)
    for name in MODULES:
        module = type(sys)(name)
        module.float, module.__package__ = Single, "pico"
        monkeypatch.setitem(sys.modules, name, module)
        code = compile(FIRMWARE.joinpath(*name.split(".")).with_suffix(".py").read_text(), name, "exec")
        exec(code, module.__dict__)
    return sys.modules["pico.device"].PicoDevice


def make(device_class):
    device = device_class("alice", boot="b1", interval=1000)
    device.channel("temperature", lambda: Single(23.42), unit="Cel")
    return device


@pytest.mark.parametrize("behaviour", behaviours.ALL, ids=lambda b: b.__name__)
def test_behaviour(behaviour, single_precision):
    """With floats as coarse as a Pico's."""
    behaviour(LogicBench(make(single_precision)))


def test_times_are_exact_after_ten_years(single_precision):
    ten_years = 10 * 365 * 86_400_000
    device = make(single_precision)
    device.set_time(2_000_000_000_123 + ten_years, ten_years)
    sample = json.loads(device.tick(ten_years + 7)[0][1])
    assert (sample["up"], sample["ts"]) == (ten_years + 7, 2_000_000_000_130 + ten_years)
