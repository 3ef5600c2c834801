"""`picopanel doctor`; its causes, one by one, are in tests/troubleshooting."""

from picopanel import Pico
from picopanel._doctor import examine
from picopanel._link.virtual import VirtualLink
from picopanel._link.virtual_board import VirtualBoard

from ..support.certificates import demand
from ..troubleshooting.doubles import Grudging

STEPS = [
    *("ID", "name", "TCP", "TLS", "time", "MQTT", "password", "subscribe", "publish"),
    *("presence", "answer", "alone", "burst", "readings", "round trip"),
]


def doctor(run, broker_url, board_id, *options):
    program = run("-m", "picopanel", "doctor", "--id", board_id, "--broker", broker_url, *options)
    code = program.finish()
    results = {line[:10].strip(): line[11:19].strip() for line in program.lines if not line.startswith(" ")}
    return code, results


def test_passes_every_step_on_the_way_to_a_board(run, tls_broker):
    url, ca = tls_broker.url("mqtts"), ("--ca", tls_broker.ca)
    run("-m", "picopanel", "pico", "dr-1", "--broker", url, *ca).wait_for("Online")
    code, results = doctor(run, url, "dr-1", *ca)
    assert results == dict.fromkeys(STEPS, "passed")
    assert code == 0


def test_w2_doctor_and_virtual_board_show_a_client_certificate(run, start):
    broker = start(listeners=["mqtts"], prepare=demand)
    url, ca = broker.url("mqtts"), ("--ca", broker.ca)
    shown = ("--cert", broker.folder / "ada.pem", "--key", broker.folder / "ada.key")
    run("-m", "picopanel", "pico", "dr-9", "--broker", url, *ca, *shown).wait_for("Online")
    assert doctor(run, url, "dr-9", *ca, *shown)[0] == 0
    code, results = doctor(run, url, "dr-9", *ca)
    assert (code, results["MQTT"]) == (1, "failed")


def test_a_broker_that_hangs_up_on_our_question_did_not_pass_it_on(run):
    broker = Grudging(0, hangs_up=True)
    code, results = doctor(run, f"mqtt://127.0.0.1:{broker.port}", "dr-6")
    broker.close()
    assert (code, results["subscribe"], results["publish"]) == (1, "passed", "failed")


def test_skips_what_stands_on_a_step_that_failed(run):
    code, results = doctor(run, "mqtt://127.0.0.1:1", "dr-2")
    assert results["name"] == "passed"
    assert results["TCP"] == "failed"
    assert {results[step] for step in STEPS[3:]} == {"skipped"}
    assert code == 1


def test_changes_nothing_on_the_board(run, broker, spy):
    run("-m", "picopanel", "pico", "dr-3", "--broker", broker.url()).wait_for("Online")
    assert doctor(run, broker.url(), "dr-3")[0] == 0
    assert spy.on("dr-3/onboard_led/state") == ["off"]
    assert spy.on("dr-3/onboard_led") == []


def test_passes_a_board_of_the_course(run, broker, board):
    board("course_board.py", "dr-4")
    code, results = doctor(run, broker.url(), "dr-4")
    assert (code, results["readings"]) == (0, "skipped")


def test_leaves_a_panel_of_the_same_board_open(run, broker):
    run("-m", "picopanel", "pico", "dr-8", "--broker", broker.url()).wait_for("Online")
    with Pico("dr-8", broker=broker.url()) as pico:
        assert pico.on().led is True
        assert not [each for each in examine("dr-8", pico._device.link) if each.result == "failed"]
        assert pico.read().led is True


def test_looks_at_a_virtual_pico_without_a_network():
    findings = {each.step: each.result for each in examine("dr-5", VirtualLink(VirtualBoard("dr-5")))}
    assert list(findings) == STEPS
    assert set(findings.values()) == {"passed", "skipped"}


def test_never_shows_the_password(run, locked_broker):
    program = run(
        "-m", "picopanel", "doctor", "--id", "dr-6", "--broker", locked_broker.url(login="ada:s3cret")
    )
    assert program.finish() == 1
    assert "s3cret" not in "\n".join(program.lines)


def test_what_it_says_can_be_kept_in_a_file_on_windows(run):
    """A file and a pipe have an encoding there that has few of the world's letters."""
    asked = ("-m", "picopanel", "doctor", "--broker", "mqtt://127.0.0.1:1", "--id", "доска-7")
    program = run(*asked, PYTHONIOENCODING="cp1252")
    assert program.finish() == 1
    steps = [line.split()[0] for line in program.lines if line[:1] != " "]
    assert steps == [step.split()[0] for step in STEPS], program.lines
