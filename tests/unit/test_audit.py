"""`tools/audit.py`: what is shipped may have no known vulnerability, and silence is no clean bill."""

import importlib.util
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("audit", Path(__file__).parents[2] / "tools" / "audit.py")
audit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(audit)

CLEAN = {"name": "paho-mqtt", "version": "2.1.0", "vulns": []}
SKIPPED = {"name": "anywidget", "skip_reason": "Dependency not found on PyPI"}
BAD = {"name": "plotly", "version": "5.24.1", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["6.0"]}]}


@pytest.mark.parametrize(
    ("packages", "said", "bad"),
    [
        ([CLEAN, CLEAN], "no vulnerability of the 2 packages", False),
        ([SKIPPED, SKIPPED], "could not be asked", False),
        ([CLEAN, SKIPPED], "knows nothing of 1 of 2 packages", False),
        ([CLEAN, SKIPPED, BAD], "plotly 5.24.1 (PYSEC-2026-1)", True),
        ([], "could not be asked", False),
        (None, "could not be asked", False),
    ],
)
def test_a_known_vulnerability_of_what_is_installed_fails_the_check_and_silence_is_told(packages, said, bad):
    finding = audit.from_pypi(None if packages is None else {"dependencies": packages})
    assert said in finding.text
    assert finding.bad is bad


@pytest.mark.parametrize(
    ("report", "said", "bad"),
    [
        ({"vulnerabilities": {}}, "no vulnerability", False),
        ({"vulnerabilities": {"esbuild": {}}}, "of nothing that is shipped: esbuild", False),
        ({"vulnerabilities": {"d3-color": {}, "plotly.js": {}}}, "plotly.js", True),
        ({"message": "405 Method Not Allowed", "statusCode": 405}, "could not be asked", False),
        (None, "could not be asked", False),
    ],
)
def test_npms_word_on_tools_is_told_and_on_plotly_fails_the_check(report, said, bad):
    finding = audit.from_npm(report)
    assert said in finding.text
    assert finding.bad is bad


def test_all_that_is_installed_with_the_package_is_asked_about():
    names = dict(audit.needed("picopanel"))
    assert {"paho-mqtt", "plotly", "anywidget", "ipywidgets", "traitlets"} <= names.keys()
    assert "pytest" not in names, "a tool is not installed with it"
