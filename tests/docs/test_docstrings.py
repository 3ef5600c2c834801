"""The examples in docstrings run; `panel` in them is a panel of a virtual Pico."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re

import pytest

import picopanel

OF_THE_BOARD = r"\._firmware\.|__main__$"
NEEDS_THE_NETWORK = {"picopanel._setup.certificates.cert", "picopanel._setup.files.board_bundle"}
NEEDS_THE_NETWORK |= {"picopanel._wall.wall.PicoWall.discover"}


def with_examples():
    names = [module.name for module in pkgutil.walk_packages(picopanel.__path__, "picopanel.")]
    modules = [importlib.import_module(name) for name in names if not re.search(OF_THE_BOARD, name)]
    found = [test for module in modules for test in doctest.DocTestFinder().find(module)]
    return {test.name: test for test in found if test.examples}


EXAMPLES = with_examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    test = EXAMPLES[name]
    skipped = [example for example in test.examples if doctest.SKIP in example.options]
    assert bool(skipped) == (name in NEEDS_THE_NETWORK), "only what needs the network is left out"
    with picopanel.PicoPanel.demo("docstring") as panel:
        test.globs |= {"picopanel": picopanel, "PicoPanel": picopanel.PicoPanel, "panel": panel}
        complaints: list[str] = []
        failed, _ = doctest.DocTestRunner().run(test, out=complaints.append)
        assert not failed, "".join(complaints)


def test_what_a_student_types_has_an_example():
    names = {name.rpartition(".")[2] for name in EXAMPLES}
    assert names >= {"PicoPanel", "Pico", "Broker", "toggle", "readings", "Faults", "board_bundle", "cert"}
