"""Breaks each room on purpose in one place, in a copy, and looks whether its tests notice: `make mutants`.

The copy must pass first while it is whole, and only a test that fails is a notice: a test that cannot even
begin says nothing of the mutant. Prints a line for each; fails if a broken copy passes, or if a line to
break is no longer there. `python tests/mutants.py _store js/src/wall` breaks only what has that in its name.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
FAILED = re.compile(r"^(\s+Tests\s+)?\d+ failed", re.MULTILINE)
"""In the last words of pytest and of vitest; neither says so of errors outside the tests."""


class Mutant(NamedTuple):
    """A line of a file, what it becomes, and the tests that must notice."""

    file: str
    line: str
    broken: str
    tests: str


UNIT = "tests/unit"
FEED_SKIPS = "told = told._replace(end=store.end, "
MUTANTS = [
    Mutant("src/picopanel/_protocol/payloads.py", "if not isfinite(number):", "if False:", UNIT),
    Mutant("src/picopanel/_protocol/ids.py", "if size > 60:", "if size > 600:", UNIT),
    Mutant("src/picopanel/_broker/address.py", '"mqtts": ("tcp", True', '"mqtts": ("tcp", False', UNIT),
    Mutant(
        "src/picopanel/_store/store.py",
        "if block.end - self._blocks[0].first > self._capacity:",
        "if False:",
        UNIT,
    ),
    Mutant(
        "src/picopanel/_store/figure.py", '(time - first) / 1000, "elapsed', 'time - first, "elapsed', UNIT
    ),
    Mutant("src/picopanel/_page/snapshot.py", "min(known,", "max(known,", "tests/recorded/test_recording.py"),
    Mutant("src/picopanel/_page/look.py", "if look is None:", "if False:", UNIT),
    Mutant("src/picopanel/_store/appender.py", "file.truncate(self.size)", "pass", UNIT),
    Mutant("src/picopanel/_store/recording.py", " if data.keys() <= set(FACTS) else None", "", UNIT),
    Mutant(
        "src/picopanel/_store/files.py",
        "_beside(self.path, opened.parts).unlink(missing_ok=True)",
        "pass",
        UNIT,
    ),
    Mutant("src/picopanel/_store/parquet.py", "former.parts + 1 if former", "former.parts if former", UNIT),
    Mutant("src/picopanel/_device/replay.py", "if paused is False and self.ended:", "if False:", UNIT),
    Mutant("src/picopanel/_device/recorder.py", "if first in self._past:", "if False:", UNIT),
    Mutant("src/picopanel/_device/diagnosis.py", 'is offline."),', 'is away."),', UNIT),
    Mutant("src/picopanel/_device/samples.py", " < self.offset or", " > self.offset or", UNIT),
    Mutant("src/picopanel/_device/known.py", "SILENT_AT_LEAST = 10.0", "SILENT_AT_LEAST = 99.0", UNIT),
    Mutant("src/picopanel/_device/outbox.py", "now - c.sent_at >= c.timeout", "False", UNIT),
    Mutant("src/picopanel/_device/messages.py", "KEPT = 1000", "KEPT = 100", UNIT),
    Mutant("src/picopanel/_page/news.py", "told = told._replace(end=rows.end, ", FEED_SKIPS, UNIT),
    Mutant("src/picopanel/_page/feed.py", "if now < self._on_its_way_until:", "if False:", UNIT),
    Mutant(
        "src/picopanel/_store/store.py", "self._marks[name].remove(event)", "pass", "tests/unit/test_store.py"
    ),
    Mutant("src/picopanel/_store/marks.py", ">= changes(", "<= changes(", "tests/unit/test_marks.py"),
    Mutant("src/picopanel/_device/marks.py", "changes(former) + 1)", "0)", "tests/unit/test_marks.py"),
    Mutant("src/picopanel/_store/overlay.py", "number + beyond", "number", "tests/unit/test_overlay.py"),
    Mutant(
        "src/picopanel/_store/overlay.py",
        'event["text"] and _named(event["text"], name)',
        '_named(event["text"], name)',
        "tests/unit/test_overlay.py",
    ),
    Mutant("src/picopanel/_store/spectrum.py", "there[firsts]", "there", "tests/unit/test_spectrum.py"),
    Mutant("src/picopanel/_store/spectrum.py", "if not even:", "if False:", "tests/unit/test_spectrum.py"),
    Mutant(
        "src/picopanel/_store/spectrum.py", "gaps > _GAP", "gaps > 9 * _GAP", "tests/unit/test_spectrum.py"
    ),
    Mutant("src/picopanel/_store/trigger.py", "and time >= from_", "", "tests/unit/test_trigger.py"),
    Mutant(
        "src/picopanel/_store/trigger.py",
        "below + self.margin",
        "below - self.margin",
        "tests/unit/test_trigger.py",
    ),
    Mutant("src/picopanel/_store/stretch.py", "width > 0", "width > 1", "tests/unit/test_stretch.py"),
    Mutant(
        "src/picopanel/_store/derive.py", "and time - it[0] <= reach[name]", "", "tests/unit/test_derived.py"
    ),
    Mutant("src/picopanel/_device/deriving.py", "work.late = _ALL", "pass", "tests/unit/test_derived.py"),
    Mutant(
        "src/picopanel/_device/timeline.py",
        'kind == "sent" or command not in open_',
        "True",
        "tests/unit/test_replay.py",
    ),
    Mutant("src/picopanel/_device/timeline.py", "if late else", "if False else", "tests/unit/test_replay.py"),
    Mutant(
        "src/picopanel/_device/experiment.py", "deep == _DEEPEST", "False", "tests/unit/test_experiments.py"
    ),
    Mutant(
        "src/picopanel/_device/experiment.py",
        'any(".." in each for each in parts)',
        "False",
        "tests/unit/test_experiments.py",
    ),
    Mutant(
        "src/picopanel/_device/experiment_run.py",
        "self._wait.at += stood",
        "pass",
        "tests/unit/test_experiments.py",
    ),
    Mutant(
        "src/picopanel/_device/experiment_run.py",
        "time < self._since + self._known.ahead(row) or",
        "",
        "tests/unit/test_experiments.py",
    ),
    Mutant(
        "src/picopanel/_device/experiment_file.py",
        "if self.check_event(yaml.AliasEvent):",
        "if False:",
        "tests/unit/test_experiments.py",
    ),
    Mutant("src/picopanel/_device/described.py", "if retained:", "if False:", "tests/unit/test_described.py"),
    Mutant(
        "src/picopanel/_device/listening.py",
        "len(self.found) >= MOST_NAMES",
        "False",
        "tests/unit/test_listening.py",
    ),
    Mutant(
        "src/picopanel/_wall/spread.py",
        'now - tile["at"] <= tile["stale"]',
        "True",
        "tests/unit/test_wall.py",
    ),
    Mutant("src/picopanel/_wall/look.py", "if order in ORDERS", "if order", "tests/unit/test_wall.py"),
    Mutant("src/picopanel/_wall/tiles.py", "if now == told:", "if False:", UNIT),
    Mutant(
        "src/picopanel/_runtime/loop.py", "call, context=self._context", "call", "tests/unit/test_loop.py"
    ),
    Mutant("src/picopanel/_runtime/clock.py", "self._at and not self._stopped", "self._at", UNIT),
    Mutant("src/picopanel/_errors/arguments.py", "not above < found", "not above <= found", UNIT),
    Mutant(
        "src/picopanel/_pico/verbs.py",
        "self._wait(blink.first.done if n is None else blink.over",
        "self._wait(blink.first.done",
        UNIT,
    ),
    Mutant("src/picopanel/_panel/panel.py", "self._lecture is None or ", "", UNIT),
    Mutant("src/picopanel/_page/kernel.py", " or _own_subshell()", "", "tests/colab/test_subshells.py"),
    Mutant("src/picopanel/_page/kernel.py", "return new if value is old else value", "return value", UNIT),
    Mutant("src/picopanel/_page/server.py", "settings[_SETTING] = ", "unused = ", UNIT),
    Mutant("src/picopanel/_page/server.py", "self.websocket_handler.set_nodelay(True)", "pass", UNIT),
    Mutant(
        "src/picopanel/_serve/opcua_server.py",
        "task = asyncio.create_task(processing)",
        "return await processing",
        "tests/laboratory/test_opcua.py",
    ),
    Mutant(
        "src/picopanel/_serve/access.py",
        "if not is_loopback(host)",
        "if False",
        "tests/laboratory/test_opcua.py",
    ),
    Mutant(
        "src/picopanel/_serve/sila_server.py",
        "deque(maxlen=_MOST_WAITING)",
        "deque()",
        "tests/laboratory/test_sila.py",
    ),
    Mutant(
        "src/picopanel/_serve/access.py",
        "begin + body + end if begin",
        "begin + rest if begin",
        "tests/laboratory/test_sila.py",
    ),
    Mutant(
        "src/picopanel/_serve/sila.py",
        "require_client_auth=True",
        "require_client_auth=False",
        "tests/laboratory/test_sila.py",
    ),
    Mutant(
        "src/picopanel/_serve/ros.py",
        "self._protocol, self._told = protocol, {}",
        "self._protocol = protocol",
        "tests/laboratory/test_ros.py",
    ),
    Mutant(
        "src/picopanel/_serve/ros.py",
        '"asyncio" if secure else None',
        "None",
        "tests/laboratory/test_ros.py",
    ),
    Mutant("src/picopanel/_link/reasons.py", "3: 0x88", "3: 0x86", UNIT),
    Mutant(
        "src/picopanel/_link/connection.py",
        "now >= subscription.again_at",
        "False",
        "tests/link tests/reliability/test_access.py",
    ),
    Mutant("src/picopanel/_link/virtual.py", "if self._online and self", "if self", UNIT),
    Mutant(
        "src/picopanel/_pico/verbs.py",
        "and not loop.hears_while_it_waits():",
        "and False:",
        "tests/link/test_page_socket.py",
    ),
    Mutant(
        "src/picopanel/_link/page_socket.py",
        "if not self.is_open:\n            raise BlockingIOError",
        "if False:\n            raise BlockingIOError",
        "tests/link/test_page_socket.py",
    ),
    Mutant(
        "src/picopanel/_doctor/steps.py",
        "broken = broken or step",
        "broken = None",
        "tests/cli/test_doctor.py",
    ),
    Mutant(
        "src/picopanel/_setup/certificates.py",
        "_chain(tls, broker.verify)[-1]",
        "_chain(tls, broker.verify)[0]",
        "tests/cli/test_cert.py",
    ),
    Mutant(
        "src/picopanel/_page/conversation.py",
        " or click[:64] in self._known:",
        ":",
        "tests/colab/test_kernels.py -k 7.4",
    ),
    Mutant(
        "src/picopanel/_setup/on_board.py", "remove(former)", "pass", "tests/cli/test_board.py -k earlier"
    ),
    Mutant(
        "src/picopanel/_setup/card.py",
        "            if stops:",
        "            if False:",
        "tests/cli/test_setup_card.py -k stopped_in_a_step",
    ),
    Mutant(
        "src/picopanel/_setup/setup.py",
        "device, ours = share(device_id, broker, _CAPACITY)",
        "device, ours = opened[0] if opened else Device(device_id, link), True",
        "tests/browser/test_setup_in_panel.py",
    ),
    Mutant(
        "src/picopanel/_setup/on_board.py",
        "if sum_of(name) != SUMS[name]",
        "if False",
        "tests/cli/test_setup_faults.py -k otherwise",
    ),
    Mutant(
        "src/picopanel/_setup/usb.py",
        "    os._exit(1)",
        "    pass",
        "tests/cli/test_setup_faults.py -k kernel",
    ),
    Mutant(
        "src/picopanel/_setup/micropython.py",
        "return set(ours.values()) == {len(ours)}",
        "return bool(ours)",
        "tests/cli/test_setup_faults.py -k whole",
    ),
    Mutant(
        "src/picopanel/_cli/virtual.py",
        "self._replies % 3 == 0",
        "False",
        "tests/cli/test_class.py -k fault",
    ),
    Mutant(
        "firmware/pico/commands.py",
        'return "expired"\n    until',
        "pass\n    until",
        "tests/firmware/test_firmware_logic.py",
    ),
    Mutant(
        "firmware/pico/commands.py",
        "self.lit = phase < on",
        "self.lit = phase > on",
        "tests/firmware/test_firmware_logic.py",
    ),
    Mutant("firmware/pico/samples.py", "self.next % self.keep", "0", "tests/firmware/test_firmware_logic.py"),
    Mutant("js/src/data/rows.ts", "if (batch.first > this.have) return null;", "", "vitest"),
    Mutant("js/src/chart/thin.ts", "...series.extremes(from, to),", "", "vitest"),
    Mutant("js/src/data/panel.ts", "if (rows.ahead) this.ahead = new History();", "", "vitest"),
    Mutant("js/src/chart/figure.ts", "if (range) return range;", "", "vitest"),
    Mutant("js/src/data/reading.ts", "!history.silentBetween", "Boolean", "vitest"),
    Mutant("js/src/page/host.ts", "    cut();", "", "vitest"),
    Mutant("js/src/page/contact.ts", "const POLL = 300;", "const POLL = 30_000;", "vitest"),
    Mutant("js/src/data/commands.ts", "const DUE = 12_000;", "const DUE = 1;", "vitest"),
    Mutant("js/src/messages/copies.ts", " && isPlain(topic + payload)", "", "vitest"),
    Mutant("js/src/panel/view.ts", "if (paused !== null) return words.PAUSED;", "", "vitest"),
    Mutant("js/src/board/repl.ts", "    else await this.interrupt();", "", "vitest"),
    Mutant("js/src/wall/view.ts", "at - this.usedAt <= HOLD", "false", "vitest"),
    Mutant("js/src/chart/zoom.ts", "if (!chart.reads() && x > y)", "if (x > y)", "vitest"),
    Mutant("js/src/data/pieces.ts", " || gone", "", "vitest"),
    Mutant("js/src/data/pieces.ts", "(!each && this.count > 0)", "false", "vitest"),
    Mutant("js/src/data/stretch.ts", "series.time(end) <= to", "series.time(end) < to", "vitest"),
    Mutant("js/src/data/xy.ts", " || history.silentBetween(first.row(other), second.row(at))", "", "vitest"),
    Mutant("js/src/panel/view.ts", "spectrum: 32", "spectrum: 31", "vitest"),
    Mutant(
        "js/src/panel/marking.ts", "local.draft && !local.draft.stands ? local.draft : null", "null", "vitest"
    ),
    Mutant("js/src/wall/strip.ts", "it.unit === unit", "it.unit !== null", "vitest"),
    Mutant("js/src/wall/strip.ts", "Math.min(height, ROWS - 1)", "height", "vitest"),
    Mutant("js/src/wall/order.ts", "Number(a.value === null) - Number(b.value === null)", "0", "vitest"),
    Mutant(
        "js/src/wall/fit.ts", "for (const dense of [false, true])", "for (const dense of [true])", "vitest"
    ),
    Mutant("js/src/page/once.ts", "if (localStorage.getItem(key)) return false;", "", "vitest"),
]


def main(wanted: list[str]) -> int:
    mutants = [it for it in MUTANTS if not wanted or any(part in it.file for part in wanted)]
    escaped = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        duplicate(copy)
        for tests in dict.fromkeys(mutant.tests for mutant in mutants):
            whole = run(copy, tests)
            said = whole.stdout[-2000:] + whole.stderr[-2000:]
            assert whole.returncode == 0, f"{tests} fails in a copy that is whole:\n{said}"
        for mutant in mutants:
            noticed = notices(copy, mutant)
            print("noticed" if noticed else "ESCAPED", mutant.file, "|", mutant.line.strip(), flush=True)
            if not noticed:
                escaped.append(mutant)
    print(f"{len(mutants) - len(escaped)} of {len(mutants)} broken copies were noticed")
    return 1 if escaped else 0


def duplicate(copy: Path) -> None:
    """Copy all that git does not ignore, with what is built or fetched for it."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).splitlines():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    shutil.copytree(ROOT / "src/picopanel/static", copy / "src/picopanel/static")
    (copy / "js/node_modules").symlink_to(ROOT / "js/node_modules")
    (ROOT / ".cache").mkdir(exist_ok=True)
    (copy / ".cache").symlink_to(ROOT / ".cache")


def notices(copy: Path, mutant: Mutant) -> bool:
    path = copy / mutant.file
    whole = path.read_text()
    assert mutant.line in whole, f"{mutant.file} has no {mutant.line!r} any more: choose another line"
    path.write_text(whole.replace(mutant.line, mutant.broken, 1))
    try:
        return FAILED.search(run(copy, mutant.tests).stdout) is not None
    finally:
        path.write_text(whole)


def run(copy: Path, tests: str) -> "subprocess.CompletedProcess[str]":
    if tests == "vitest":
        command, place = ["npx", "vitest", "run"], copy / "js"
    else:
        command, place = [sys.executable, "-m", "pytest", "-x", "-q", "--timeout=100", *tests.split()], copy
    ours = {"PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    environment = {**os.environ, **ours}
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
