"""The public face is complete, sorted and documented, and overrides nothing of ipywidgets."""

from __future__ import annotations

import gc
import inspect
import re
import subprocess
import sys
from typing import Any

import anywidget
import pytest

import picopanel
from picopanel import Pico, PicoPanel


def test_all_names_what_is_public_sorted() -> None:
    public = sorted(name for name in vars(picopanel) if not name.startswith("_"))
    assert picopanel.__all__ == sorted([*public, "__version__"])


@pytest.mark.parametrize("name", ["send", "open", "on_msg", "unobserve_all", "add_class"])
def test_names_of_ipywidgets_stay_its_own(name: str) -> None:
    assert getattr(PicoPanel, name, None) is getattr(anywidget.AnyWidget, name, None)


@pytest.mark.parametrize(
    "verb", ["on", "off", "toggle", "read", "blink", "readings", "sleep", "figure", "mark", "limit"]
)
def test_the_panel_and_the_script_have_the_same_verbs(verb: str) -> None:
    assert getattr(Pico, verb) is getattr(PicoPanel, verb)


def test_importing_picopanel_imports_nothing_heavy() -> None:
    code = "import sys, anywidget; before = {*sys.modules}; import picopanel; print(*{*sys.modules} - before)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = set(result.stdout.split())
    assert "picopanel" in imported
    assert not imported & {"plotly", "pandas", "numpy", "IPython.display"}


def test_a_panel_that_could_not_be_made_says_one_thing_only(monkeypatch: pytest.MonkeyPatch) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    with pytest.raises(ValueError, match="placeholder"):
        PicoPanel("<your_id_here>", broker="mqtt://127.0.0.1")
    gc.collect()
    assert not complaints, "its end complains, too"


def public_callables() -> dict[str, Any]:
    """Everything that a user may call, by the name a user knows it by."""
    found: dict[str, Any] = {}
    for name in picopanel.__all__:
        thing = getattr(picopanel, name)
        found[name] = thing
        bases = [base for base in getattr(thing, "__mro__", ()) if base.__module__.startswith("picopanel")]
        members = {member for base in bases for member in vars(base) if not member.startswith("_")}
        found |= {f"{name}.{member}": getattr(thing, member) for member in sorted(members)}
    return {name: thing for name, thing in found.items() if callable(thing)}


CALLABLES = public_callables()


REFUSED = "NoReturn"
"""The type of what is taken only to be refused without showing it."""


@pytest.mark.parametrize("name", CALLABLES)
def test_a_docstring_tells_of_the_arguments_that_there_are(name: str) -> None:
    thing = CALLABLES[name]
    text = inspect.getdoc(thing) or ""
    assert text, f"{name} has no docstring"
    section = re.search(r"^Args:\n((?: {4}.*\n?|\n)+)", text, re.M)
    if section is None:
        return
    described = re.findall(r"^ {4}(\w+):", section[1], re.M)
    parameters = inspect.signature(thing).parameters.items()
    taken = [
        name for name, each in parameters if name not in ("self", "internal") and each.annotation != REFUSED
    ]
    assert described == taken, f"{name} takes {taken} and describes {described}"
