"""Every command with an ID refuses what the protocol refuses, before it does anything else."""

import pytest

from picopanel._cli import main

from ..unit.hand import CONTRACT

COMMANDS = {
    "pico": lambda bad: ["pico", bad, "--broker", "mqtt://127.0.0.1:1"],
    "doctor": lambda bad: ["doctor", "--id", bad, "--broker", "mqtt://127.0.0.1:1"],
    "board setup": lambda bad: ["board", "setup", "--id", bad],
    "board setup, dry run": lambda bad: ["board", "setup", "--dry-run", "--id", bad],
    "board bundle": lambda bad: ["board", "bundle", bad],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("bad", CONTRACT["device_ids"]["refused"], ids=ascii)
def test_a_bad_id_is_refused(command, bad, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_ID", "another")
    assert main(COMMANDS[command](bad)) == 1
    said = "".join(capsys.readouterr())
    assert " ID " in said or "placeholder" in said, f"it is told what is wrong with the ID: {said!r}"
    assert "another" not in said, "what was given is not replaced by what is elsewhere"
    assert not list(tmp_path.iterdir()), "no file is written"
