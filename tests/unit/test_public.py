"""The public face is complete, sorted and documented, and overrides nothing of ipywidgets."""

from __future__ import annotations

import gc
import inspect
import subprocess
import sys

import anywidget
import pytest

import picopanel
from picopanel import Pico, PicoPanel


def test_all_is_sorted_and_complete() -> None:
    public = sorted(name for name in vars(picopanel) if not name.startswith("_"))
    assert picopanel.__all__ == sorted([*public, "__version__"])


@pytest.mark.parametrize("name", picopanel.__all__)
def test_what_is_public_is_documented(name: str) -> None:
    thing = getattr(picopanel, name)
    if name == "__version__":
        return
    members = [m for m in vars(thing).values() if inspect.isfunction(m) and not m.__name__.startswith("_")]
    for documented in [thing, *members]:
        assert inspect.getdoc(documented), f"{documented} has no docstring"


@pytest.mark.parametrize("name", ["send", "open", "observe", "on_msg", "unobserve", "add_class"])
def test_names_of_ipywidgets_stay_its_own(name: str) -> None:
    assert getattr(PicoPanel, name, None) is getattr(anywidget.AnyWidget, name, None)


@pytest.mark.parametrize(
    "verb", ["on", "off", "toggle", "read", "blink", "readings", "sleep", "figure", "mark", "limit"]
)
def test_the_panel_and_the_script_have_the_same_verbs(verb: str) -> None:
    assert getattr(Pico, verb) is getattr(PicoPanel, verb)


@pytest.mark.parametrize("heavy", ["plotly", "pandas", "numpy", "IPython.display"])
def test_importing_picopanel_imports_nothing_heavy(heavy: str) -> None:
    code = (
        f"import sys, anywidget; before = {heavy!r} in sys.modules; "
        f"import picopanel; print({heavy!r} in sys.modules and not before)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_a_panel_that_could_not_be_made_says_one_thing_only(monkeypatch: pytest.MonkeyPatch) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    with pytest.raises(ValueError, match="placeholder"):
        PicoPanel("<your_id_here>", broker="mqtt://127.0.0.1")
    gc.collect()
    assert not complaints, "its end complains, too"
