"""An experiment as a declaration: checked as a whole, then done step by step, with the board's answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from picopanel import ExperimentEnded, InvalidExperiment, NotConnected, Pico
from picopanel._device import experiment_file
from picopanel._device.device import Device
from picopanel._device.experiment import Board, check, duration
from picopanel._device.experiment_run import Run
from picopanel._page.conversation import Conversation
from picopanel._page.news import panel_state
from picopanel._protocol.payloads import Control

from .hand import Hand, HandLink

CONTROLS = {"led": {"type": "switch"}, "heat": {"type": "range", "min": 0, "max": 100, "step": 1}}
INFO = {"protocol": 1, "boot": "b1", "interval": 1000, "channels": {"temperature": {"unit": "Cel"}}}
BOARD = Board(("temperature",), (Control("led", "switch"), Control("heat", "range", 0, 100, 1)))


class Bench:
    """A board whose answers and readings a test delivers by hand, and an experiment on it."""

    def __init__(self, hand: Hand, link: HandLink) -> None:
        self.hand, self.link, self._seq = hand, link, 0
        self.device = Device("ada", link, clock=hand.clock)
        link.connect()
        link.deliver("ada/info", INFO | {"controls": CONTROLS}, retained=True)
        link.deliver("ada/status", "online", retained=True)
        hand.advance(1)

    def run(self, given: object) -> Run:
        return self.device.start_experiment(check(given, self.device.board))

    def measures(self, value: float, up: int | None = None) -> None:
        up = round((self.hand.seconds - 1000) * 1000) if up is None else up
        sample = {"boot": "b1", "seq": self._seq, "up": up, "ts": None, "led": "off"}
        self.link.deliver("ada/telemetry", sample | {"values": {"temperature": value}})
        self.device.catch_up()
        self._seq += 1

    def passes(self, seconds: int, value: float = 20) -> None:
        """So many seconds, with a reading in each."""
        for _ in range(seconds):
            self.hand.advance(1)
            self.measures(value)

    def answers(self, ok: bool = True, **more: object) -> None:
        ack = {"experiment_id": self.link.last_command()["experiment_id"], "ok": ok, "boot": "b1", "up": 1}
        self.link.deliver("ada/ack", {**ack, "led": "on", "values": {}, **more})
        self.device.catch_up()

    @property
    def sent(self) -> list[Any]:
        commands = [json.loads(payload) for topic, payload, _ in self.link.published if topic == "ada/cmd"]
        return [{k: v for k, v in it.items() if k in ("led", "set", "blink")} for it in commands]

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [dict(event) for _, event in self.device.store.since(0).events if event["kind"] == kind]


@pytest.fixture
def bench(hand: Hand, link: HandLink) -> Bench:
    return Bench(hand, link)


def test_a_command_waits_for_the_boards_answer_and_a_wait_for_its_time(bench: Bench) -> None:
    run = bench.run(["on", {"wait": "2 s"}, {"mark": "cooled"}, "off"])
    bench.hand.advance(5)
    assert (run.nth, bench.sent) == (1, [{"led": "on"}]), "the answer is due: nothing goes on before it"
    bench.answers()
    assert run.nth == 2
    bench.passes(1)
    assert (run.nth, len(bench.sent)) == (2, 1)
    bench.passes(1)
    assert bench.sent == [{"led": "on"}, {"led": "off"}]
    assert run.state == "running", "off has not been answered yet"
    bench.answers(led="off")
    assert (run.state, run.error) == ("done", None)
    assert [event["text"] for event in bench.events("mark")] == ["cooled"]


def test_what_was_run_is_in_the_log_with_its_declaration_and_each_steps_time(bench: Bench) -> None:
    given = {"name": "Cooling", "steps": [{"repeat": 2, "steps": [{"wait": 1}]}, {"mark": "over"}]}
    bench.run(given)
    bench.passes(2)
    begun, done = bench.events("experiment")
    assert (begun["state"], begun["declaration"], begun["of"]) == ("begun", given, 3)
    assert (done["state"], done["name"]) == ("done", "Cooling")
    rows = bench.device.store.since(0)
    steps = [
        (round(rows.times[row - rows.first] / 1000) % 1000, event["step"], event["place"], event["does"])
        for row, event in rows.events
        if event["kind"] == "step"
    ]
    begin = steps[0][0]
    assert [(time - begin, *rest) for time, *rest in steps] == [
        (0, 1, "1", "repeat 2 times"),
        (0, 1, "1.1", "wait 1 s"),
        (1, 2, "1.1", "wait 1 s"),
        (2, 3, "2", "mark 'over'"),
    ]


def test_wait_until_goes_on_with_the_first_reading_of_its_own_time(bench: Bench) -> None:
    bench.passes(2, 35)
    bench.hand.advance(0.6)
    run = bench.run(
        [{"wait_until": {"channel": "temperature", "above": 30, "within": "1 min"}}, {"set": {"heat": 0}}]
    )
    bench.hand.advance(0.4)
    assert bench.sent == [], "35 was measured before it began"
    bench.measures(35, up=3300)
    assert bench.sent == [], "and so was what has only come late"
    bench.passes(3, 29)
    assert bench.sent == []
    bench.passes(1, 30.5)
    assert bench.sent == [{"set": {"heat": 0}}]
    bench.answers()
    assert run.state == "done"


def test_a_value_that_does_not_come_in_time_ends_it_and_says_what_the_value_was(bench: Bench) -> None:
    run = bench.run(
        {
            "steps": [{"wait until": {"channel": "temperature", "above": 30, "within": 3}}, "toggle"],
            "finally": ["off"],
        }
    )
    bench.passes(3, 21)
    assert (run.state, bench.sent) == ("ending", [{"led": "off"}])
    bench.answers(led="off")
    assert run.state == "failed"
    assert isinstance(run.error, TimeoutError)
    assert str(run.says).startswith("step 1, wait until temperature above 30: No answer")
    assert "the last value was 21" in str(run.says)


def test_a_limit_stops_at_any_step_and_what_stands_under_finally_is_done(bench: Bench) -> None:
    run = bench.run(
        {"stop": {"channel": "temperature", "above": 60}, "steps": ["on", {"wait": 100}], "finally": ["off"]}
    )
    bench.answers()
    bench.passes(3, 60)
    assert run.state == "running", "60 is not above 60"
    bench.passes(1, 61)
    bench.answers(led="off")
    assert (run.state, run.says) == ("stopped", "temperature above 60: it was 61 °C.")
    assert bench.sent == [{"led": "on"}, {"led": "off"}]


def test_a_pause_holds_the_clock_of_a_wait_and_limits_are_watched_all_the_while(bench: Bench) -> None:
    run = bench.run({"stop": {"channel": "temperature", "above": 60}, "steps": [{"wait": 10}, "on"]})
    bench.passes(4)
    run.pause()
    assert run.left == 6
    bench.passes(100)
    assert (run.state, run.left, bench.sent) == ("paused", 6, [])
    run.resume()
    bench.passes(5)
    assert bench.sent == []
    bench.passes(1)
    assert bench.sent == [{"led": "on"}]
    bench.answers()
    again = bench.run({"stop": {"channel": "temperature", "above": 60}, "steps": [{"wait": 10}]})
    again.pause()
    bench.passes(1, 99)
    assert again.state == "stopped"


def test_a_pause_lets_a_command_be_answered_and_goes_no_further(bench: Bench) -> None:
    run = bench.run(["on", "off"])
    run.pause()
    bench.answers()
    assert (run.state, bench.sent) == ("paused", [{"led": "on"}])
    run.resume()
    assert bench.sent == [{"led": "on"}, {"led": "off"}]


def test_abort_does_what_stands_under_finally_and_a_second_one_leaves_that(bench: Bench) -> None:
    given = {"steps": [{"wait": 100}], "finally": ["off", {"wait": 50}]}
    run = bench.run(given)
    run.abort("Ended by hand.")
    assert (run.state, bench.sent) == ("ending", [{"led": "off"}])
    bench.answers(led="off")
    assert run.state == "ending"
    run.abort()
    assert (run.state, run.says) == ("aborted", "Ended by hand.")


def test_a_blinking_that_is_aborted_is_ended_at_the_board(bench: Bench) -> None:
    run = bench.run([{"blink": {"n": 9, "on": 1, "off": 1}}])
    bench.answers()
    bench.passes(2)
    run.abort()
    assert bench.sent[-1] == {"led": "off"}


def test_a_board_that_is_away_is_waited_for_before_a_command_and_nothing_is_sent_meanwhile(
    bench: Bench,
) -> None:
    run = bench.run([{"wait": 2}, "toggle"])
    bench.link.deliver("ada/status", "offline")
    bench.hand.advance(10)
    assert (run.says, bench.sent) == ("Waits for the board.", [])
    bench.link.deliver("ada/status", "online")
    bench.passes(1)
    assert (run.says, bench.sent) == (None, [{"led": "toggle"}])
    bench.answers()
    assert run.state == "done"


def test_patience_ends_and_the_declaration_says_when(bench: Bench) -> None:
    run = bench.run({"patience": "5 s", "steps": ["toggle"], "finally": [{"mark": "end"}]})
    bench.answers()
    run = bench.run({"patience": "5 s", "steps": [{"wait": 1}, "toggle"], "finally": [{"mark": "end"}]})
    bench.link.deliver("ada/status", "offline")
    bench.hand.advance(7)
    assert run.state == "failed"
    assert isinstance(run.error, NotConnected)
    assert "the board was away for 5 s" in str(run.says)
    assert [event["text"] for event in bench.events("mark")] == ["end", "end"]


def test_a_connection_that_breaks_under_a_command_ends_it_for_the_board_may_have_done_it(
    bench: Bench,
) -> None:
    run = bench.run(["toggle", "toggle"])
    bench.link.lose()
    assert run.state == "failed"
    assert "may have carried it out" in str(run.says)
    assert len(bench.sent) == 1


def test_a_refusal_of_the_board_ends_it_with_the_boards_words(bench: Bench) -> None:
    run = bench.run([{"set": {"heat": 40}}, "on"])
    bench.answers(ok=False, error="set: too hot")
    assert (run.state, bench.sent) == ("failed", [{"set": {"heat": 40}}])
    assert "too hot" in str(run.says)


def test_a_panel_that_closes_sends_what_stands_under_finally_once(bench: Bench) -> None:
    run = bench.run({"steps": ["on", {"wait": 100}], "finally": [{"set": {"heat": 0}}, "off", {"wait": 5}]})
    bench.answers()
    bench.device.close()
    assert bench.sent == [{"led": "on"}, {"set": {"heat": 0}}, {"led": "off"}]
    assert (run.state, run.says) == ("aborted", "The panel was closed.")


def test_one_at_a_time(bench: Bench) -> None:
    bench.run([{"wait": 100}])
    with pytest.raises(ExperimentEnded, match=r"under way.*panel.experiment.abort"):
        bench.run(["on"])


def test_a_page_is_told_of_it_and_pauses_and_ends_it(bench: Bench) -> None:
    page = Conversation(bench.device, lambda *_: None)
    run = bench.run({"name": "Cooling", "steps": [{"wait": 10}, {"wait": 20}]})
    shown = panel_state(bench.device)["experiment"]
    assert (shown["name"], shown["step"], shown["of"], shown["does"]) == ("Cooling", 1, 2, "wait 10 s")
    assert shown["until"] == pytest.approx(bench.hand.unix + 30_000, abs=1)

    def press(click: str, does: str, run_id: object = run.id) -> str:
        page.handle({"type": "experiment", "click": click, "run": run_id, "does": does})
        return str(panel_state(bench.device)["experiment"]["state"])

    assert press("a", "pause") == "paused"
    assert press("b", "resume") == "running"
    assert press("a", "pause") == "running", "the same click twice is one"
    assert press("c", "abort", "another") == "running", "a page may be of an earlier run"
    assert press("d", "explode") == "running"
    assert press("e", "abort") == "aborted"
    assert panel_state(bench.device)["experiment"]["says"] == "Ended in the panel."


def test_what_a_page_is_told_stays_the_same_while_nothing_happens(bench: Bench) -> None:
    bench.run([{"wait": 100}])
    told = panel_state(bench.device)["experiment"]
    bench.hand.advance(5.013)
    assert panel_state(bench.device)["experiment"] == told


def repeated(times: int) -> list[Any]:
    """Return repetitions within each other."""
    return [{"repeat": 2, "steps": repeated(times - 1)}] if times else ["on"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "steps must be a list"),
        ("on", "steps must be a list"),
        ({"steps": ["on"], "finaly": ["off"]}, "no 'finaly' here. Did you mean 'finally'"),
        (["toggel"], "step 1: 'toggel' is no step. Did you mean 'toggle'"),
        ([True], "quotes"),
        ([{"wait": "soon"}], "'500 ms', '30 s'"),
        ([{"wait": -1}], "at least 0.05|from 0.05"),
        ([{"wait": float("nan")}], "not nan"),
        ([{"wait": 1, "mark": "x"}], "each step is an item of its own"),
        ([{"toggle": 3}], "toggle takes nothing"),
        (["set"], "set needs what it is for"),
        ([{"set": {"heat": 500}}], "heat must be a number from 0 to 100"),
        ([{"set": {"heet": 5}}], "no control 'heet'. Did you mean 'heat'"),
        ([{"wait until": {"channel": "temprature", "above": 3, "within": 5}}], "Did you mean 'temperature'"),
        ([{"wait until": {"channel": "temperature", "above": 3}}], "needs within"),
        ([{"wait until": {"channel": "temperature", "above": 3, "below": 2, "within": 5}}], "one of above"),
        ([{"wait until": "temperature > 30"}], "takes a channel, and above or below"),
        ([{"mark": ""}], "1 to 200 characters"),
        ([{"record": "/etc/passwd"}], "ends with .jsonl or .parquet"),
        ([{"record": "../run.jsonl"}], "in this folder or below"),
        ([{"record": "C:\\run.jsonl"}], "in this folder or below"),
        ([{"record": "~/run.jsonl"}], "in this folder or below"),
        ([{"repeat": 3, "steps": [{"mark": "x"}]}], "needs a wait or a command"),
        ([{"repeat": 0, "steps": ["on"]}], "repeat must be a whole number"),
        ([{"repeat": 100_000, "steps": ["on", "off"]}], "more than 100,000 steps"),
        ([{"repeat": 2}], "steps must be a list"),
        (repeated(4), "more than 3 repetitions within each other"),
        (["on"] * 201, "at most 200 steps"),
        ({"steps": ["on"], "stop": {"channel": "temperature"}}, "one of above and below"),
        ({"steps": ["on"], "finally": [{"repeat": 2, "steps": ["on"]}]}, "finally is for what ends"),
        ({"steps": ["on"], "name": "x" * 61}, "1 to 60 characters"),
        ({"steps": ["on"], "patience": "long"}, "patience must be"),
        ({"steps": ["on"], "description": "x" * 20_000}, "longer than 16 KiB"),
    ],
)
def test_what_is_wrong_is_named_before_anything_is_done(given: object, said: str) -> None:
    with pytest.raises(InvalidExperiment, match=said.replace(".", r"\.")):
        check(given, BOARD)


def test_three_repetitions_may_be_within_each_other() -> None:
    assert sum(step.count for step in check(repeated(3), BOARD).steps) == 8


def test_all_that_is_wrong_is_told_at_once_and_what_a_board_has_not_told_is_not_guessed() -> None:
    with pytest.raises(InvalidExperiment) as caught:
        check(["toggel", {"wait": 0}, {"mark": 3}])
    assert len(caught.value.problems) == 3
    check([{"set": {"anything": 1}}, {"wait until": {"channel": "any", "below": 1, "within": 1}}])
    with pytest.raises(InvalidExperiment, match="course layer only"):
        check([{"set": {"heat": 1}}], Board(course=True))


YAML = """\
name: Warm, then cool
steps:
  - on
  - wait: 2 min
  - repeat: 3
    steps:
      - toggle
      - wait: 0.5
  - blink: {n: 2, on: 0.2 s, off: 200 ms}
finally: [off]
"""


def test_yaml_is_read_as_people_mean_it() -> None:
    plan = check(experiment_file.parse(YAML, "warm.yaml"), BOARD, "warm.yaml")
    assert [(step.does, step.line) for step in plan.steps] == [
        ("on", 3),
        ("wait 2 min", 4),
        ("repeat 3 times", 5),
        ("blink 2 times", 9),
    ]
    assert [step.kind for step in plan.last] == ["off"]
    assert sum(step.lasts for step in plan.steps) == pytest.approx(120 + 1.5 + 0.8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps:\n  - on\n  - wiat: 3\n", r"line 3, step 2: 'wiat' is no step\. Did you mean 'wait"),
        ("steps: [\n", "line 2: this is no YAML"),
        ("a: &x [1]\nsteps: *x\n", r"line 2: an alias \(\*\)"),
        ("steps:\n  - !!python/object/apply:os.system [ls]\n", r"line 2: a tag"),
        ("steps: [on]\nsteps: [off]\n", "line 2: 'steps' is there twice"),
        ("steps:\n  - wait: 1:30\n", "line 2, step 1: wait must be seconds"),
        ("[" * 2000, "nested too deep|no YAML"),
        ("? [a]\n: b\n", "a key that is no word"),
        ("", "steps must be a list"),
        (
            "steps:\n  - repeat: 2\n    steps:\n      - on\n      - mark: 7\n",
            r"line 5, step 1\.2: mark takes",
        ),
        ("finally:\n  - wait until: {}\nsteps: [on]\n", "line 2, step finally 1"),
    ],
)
def test_what_is_wrong_in_a_file_has_its_line(text: str, said: str) -> None:
    with pytest.raises(InvalidExperiment, match=said):
        check(experiment_file.parse(text, "x.yaml"), BOARD, "x.yaml")


def test_a_recording_takes_no_experiment() -> None:
    with Pico.replay(speed=100) as show, pytest.raises(NotConnected, match="recording"):
        show.run(["on"])


@pytest.mark.parametrize("name", ["no.yaml", "notes.txt"])
def test_a_file_that_is_not_there_or_not_yaml(name: str) -> None:
    with Pico.demo("experiment-files") as pico, pytest.raises(InvalidExperiment, match=name):
        pico.run(name)


def test_times_are_written_as_people_write_them() -> None:
    assert [duration(it) for it in (0.25, 30, 90, 100, 5400, 7200)] == [
        "0.25 s",
        "30 s",
        "1.5 min",
        "100 s",
        "1.5 h",
        "2 h",
    ]
