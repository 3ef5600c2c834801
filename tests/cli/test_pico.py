"""`picopanel pico`: a virtual Pico on a real broker."""

import json
from itertools import pairwise

import pytest

from picopanel import Pico, PicoPanelError
from picopanel._cli.virtual import cpu_sensor

from ..support.waiting import eventually


def online(run, broker, board_id, *options):
    program = run("-m", "picopanel", "pico", board_id, "--broker", broker.url(), *options)
    program.wait_for("Online")
    return program


def test_answers_and_says_that_it_is_virtual(run, broker, spy):
    program = online(run, broker, "vp-1")
    with Pico("vp-1", broker=broker.url()) as pico:
        assert pico.on().led is True
    program.wait_for("LED on")
    eventually(lambda: spy.on("vp-1/info"), "it says what it is")
    assert json.loads(spy.on("vp-1/info")[-1])["virtual"] is True


def test_samples_at_the_interval_asked_for(run, broker, spy):
    online(run, broker, "vp-2", "--interval", "500")
    eventually(lambda: spy.on("vp-2/info"), "it says what it is")
    assert json.loads(spy.on("vp-2/info")[-1])["interval"] == 500
    times = lambda: [json.loads(each)["up"] for each in spy.on("vp-2/telemetry")]  # noqa: E731
    eventually(
        lambda: 500 in [right - left for left, right in pairwise(times())], "two are 500 ms apart", seen=times
    )


def test_of_the_course_layer_answers_the_course_and_says_nothing_else(run, broker, spy):
    online(run, broker, "vp-3", "--course")
    spy.publish("vp-3/onboard_led", "toggle")
    eventually(lambda: spy.on("vp-3/onboard_temp"), "one number comes")
    assert {heard.topic for heard in spy.messages} == {"vp-3/onboard_led", "vp-3/onboard_temp"}


def test_ends_cleanly_and_says_offline(run, broker, spy):
    program = online(run, broker, "vp-4")
    program.stop()
    assert program.finish() == 0
    eventually(lambda: spy.on("vp-4/status") == ["online", "offline"], "it has said both")


def test_killed_is_told_offline_by_the_broker(run, broker, spy):
    program = online(run, broker, "vp-5")
    eventually(lambda: spy.on("vp-5/status") == ["online"], "it has presented itself")
    program.kill()
    eventually(lambda: spy.on("vp-5/status") == ["online", "offline"], "the will comes")


def test_comes_back_after_the_broker(run, broker):
    program = online(run, broker, "vp-6")
    broker.kill()
    program.wait_for("The broker closed the connection.")
    broker.start()
    eventually(lambda: sum(line.startswith("Online") for line in program.lines) == 2, "it is online again")


def test_refused_by_the_broker_ends_with_the_reason(run, locked_broker):
    program = run("-m", "picopanel", "pico", "vp-7", "--broker", locked_broker.url(login="ada:wrong"))
    assert program.finish() == 1
    assert "refused" in program.lines[-1], program.lines


def test_takes_the_password_from_the_environment(run, locked_broker):
    url = locked_broker.url(login="ada")
    run("-m", "picopanel", "pico", "vp-8", "--broker", url, HIVEMQ_PASSWORD="right").wait_for("Online")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["pico", "<your_id_here>"], 1, "placeholder"),
        (["pico", "a/#"], 1, "wildcards"),
        (["pico", "a", "--interval", "3"], 2, "50 to 3600000"),
        (["pico", "a", "--broker", "http://x"], 1, "Write ws:// instead of http://"),
        (["pico", "a"], 1, "No broker was given"),
    ],
)
def test_arguments_that_cannot_work_get_a_sentence_and_no_traceback(run, arguments, status, said):
    program = run("-m", "picopanel", *arguments)
    assert program.finish() == status
    assert said in " ".join(program.lines)
    assert not any("Traceback" in line for line in program.lines), program.lines


def test_the_processors_own_temperature_can_be_the_sensor(tmp_path):
    zone = tmp_path / "thermal_zone0"
    zone.mkdir()
    (zone / "temp").write_text("48312\n")
    assert cpu_sensor(tmp_path)() == 48.312


def test_says_where_the_processor_tells_no_temperature(tmp_path):
    with pytest.raises(PicoPanelError, match="tells no temperature"):
        cpu_sensor(tmp_path)


def test_announces_itself_to_home_assistant_and_takes_that_back(run, broker, spy):
    topics = [f"homeassistant/{it}/config" for it in ("light/vp-ha/led", "sensor/vp-ha/temperature")]
    program = online(run, broker, "vp-ha", "--announce")
    eventually(lambda: all(map(spy.on, topics)), "both are told")
    assert json.loads(spy.on(topics[1])[-1])["dev_cla"] == "temperature"
    program.stop()
    program.finish()
    online(run, broker, "vp-ha", "--take-back")
    eventually(
        lambda: [spy.on(topic)[-1] for topic in topics] == ["", ""],
        "both are gone",
        seen=lambda: spy.messages,
    )


def test_a_course_board_tells_nothing_of_itself(run, broker):
    program = run("-m", "picopanel", "pico", "vp", "--broker", broker.url(), "--course", "--announce")
    program.wait_for("The course's own board tells nothing of itself: leave out --course.")
