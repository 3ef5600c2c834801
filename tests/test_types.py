"""What a user's own type checker makes of the verbs, as strict as it can be."""

from __future__ import annotations

import sys
from pathlib import Path

from mypy import api

WELL = """
from picopanel import Answers, Channel, Limit, Pico, PicoPanel, PicoWall, Reading, Reply

with PicoPanel.demo() as panel, Pico.demo("other") as pico:
    led: bool | None = panel.on().led
    answers: list[Reply] = [panel.off(), panel.toggle(timeout=3), pico.read(), pico.blink(0.1, n=2)]
    answers.append(panel.set(brightness=40, color="#ff8800"))
    answers.append(panel.set({"timeout": 3}, timeout=5))
    perhaps: Reply | None = panel.on(wait=False)
    names: tuple[str, ...] = panel.channels
    values: dict[str, float | None] = {name: panel[name].value for name in panel if "temp" in name}
    limits: tuple[Limit, ...] = panel.limits
    readings: list[Reading] = list(panel.readings(n=1))
    text: str | None = panel.to_csv()
    channel: Channel = panel["temperature"]
    with panel.record("run.jsonl"):
        panel.mark("lamp on")
    if panel.doctor():
        print([finding.step for finding in panel.doctor().failed])
wall = PicoWall.demo(count=2)
all_of_them: Answers = wall.on()
temperatures = [wall[each].temperature for each in wall]
print(len(wall), "board-01" in wall, wall.attendance.to_csv())
"""

ILL = {
    'panel.on(timeout="3")': 'argument type "str"',
    "panel.on(wait=False).led": 'has no attribute "led"',
    "panel.limit(lo=3)": "Unexpected keyword argument",
    "panel.sleep()": "Missing positional argument",
    'PicoPanel("ada", "mqtts://h")': 'expected "Never"',
}


def checked(code: str, folder: Path) -> str:
    """Return what mypy says of a program of a user's; nothing if all is well."""
    file = folder / "mine.py"
    file.write_text(code)
    cache = Path(__file__).parents[1] / ".mypy_cache" / "of-a-user"
    options = ["--strict", "--no-error-summary", "--config-file=", f"--cache-dir={cache}"]
    said, complaint, _ = api.run([*options, f"--python-executable={sys.executable}", str(file)])
    assert not complaint, complaint
    return str(said)


def test_a_users_program_passes_the_strictest_check(tmp_path: Path) -> None:
    assert checked(WELL, tmp_path) == ""


def test_what_cannot_be_is_seen_before_it_runs(tmp_path: Path) -> None:
    said = checked("from picopanel import PicoPanel\npanel = PicoPanel.demo()\n" + "\n".join(ILL), tmp_path)
    errors = [line for line in said.splitlines() if ": error:" in line]
    for line, (number, complaint) in zip(errors, enumerate(ILL.values(), 3), strict=True):
        assert f":{number}: error" in line and complaint in line
