"""What the doctor shows in a notebook: a table that grows, once, in the output of its cell."""

import pytest

from .conftest import KERNELS

pytestmark = pytest.mark.parametrize("python", KERNELS, indirect=True)


def tables(kernel):
    """The tables that stand in a cell's output; one that is renewed counts once."""
    shown = [output for output in kernel.outputs if output["kind"] != "update_display_data"]
    return [output for output in shown if "text/html" in output.get("data", {})]


def test_c4_the_doctors_findings_show_themselves_once_and_are_a_value(kernel):
    kernel.run("from picopanel import PicoPanel\npanel = PicoPanel.demo()")
    printed = kernel.run("panel.doctor()")
    assert printed == "", "nothing stands there twice"
    assert len(tables(kernel)) == 1
    newest = kernel.outputs[-1]["data"]
    assert "<td" in newest["text/html"] and "✓ passed" in newest["text/html"]
    assert "round trip passed" in newest["text/plain"]
    assert kernel.run("findings = panel.doctor()\nprint(bool(findings), findings.failed)") == "True ()\n"
    assert len(tables(kernel)) == 1, "it shows also where it is not the last line"
    kernel.run("findings")
    assert len(tables(kernel)) == 1, "a later cell shows it when it is asked for"
    assert kernel.run("findings = panel.doctor()\nfindings") == ""
    assert len(tables(kernel)) == 1
