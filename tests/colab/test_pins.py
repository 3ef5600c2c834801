"""Installing PicoPanel on Colab changes nothing that is there, so Colab asks for no restart."""

from .conftest import ADDED, COLAB


def test_installing_the_wheel_changes_none_of_colabs_versions(colab):
    pins = dict(line.split("==") for line in COLAB)
    changed = {
        name: (version, colab.after.get(name))
        for name, version in colab.before.items()
        if colab.after.get(name) != version
    }
    assert not changed, f"installing changed {changed}"
    assert {name: colab.after[name] for name in pins} == pins


def test_installing_the_wheel_adds_what_it_needs_and_no_more(colab):
    assert set(colab.after) - set(colab.before) == set(ADDED)
