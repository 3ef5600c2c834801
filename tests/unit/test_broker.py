"""Where to connect; and that a secret never shows."""

from __future__ import annotations

import copy
import io
import pickle
import ssl
import sys
import traceback
import types
import warnings
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from picopanel import Broker, InvalidBroker, NoBroker, Pico, PicoWall, board_bundle
from picopanel._broker import find
from picopanel._cli.board import _ask_wifi
from picopanel._cli.options import broker_of
from picopanel._pico.connect import PUBLIC, connect
from picopanel._setup.certificates import own_files

from .hand import HandLink

SECRET = "s3cret-Pa55"
Warned = Callable[[], "list[warnings.WarningMessage]"]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings from the machine that runs the tests."""
    for name in ("PICOPANEL_BROKER", "HIVEMQ_HOST", "HIVEMQ_USERNAME", "HIVEMQ_PASSWORD", "COURSE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.fixture
def warned(recwarn: pytest.WarningsRecorder) -> Warned:
    """The warnings, without those of sockets and files that earlier tests have left to be collected."""
    return lambda: [it for it in recwarn.list if it.category is not ResourceWarning]


def signed_in_as(broker: Broker) -> tuple[str, str | None]:
    seen: list[tuple[str, str | None]] = []
    broker.sign_in(lambda username, password: seen.append((username, password)))
    return seen[0]


def colab(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], kept: str = "", answers: bool = True
) -> list[str]:
    """Have Colab's secrets, as `userdata.py` of googlecolab/colabtools raises; return those asked for.

    One may be `kept` from this notebook. Without answers there is no page: each question ends after 10 s.
    """
    userdata = types.ModuleType("google.colab.userdata")
    asked: list[str] = []

    class SecretNotFoundError(Exception):
        pass

    class NotebookAccessError(Exception):
        pass

    class TimeoutException(Exception):
        pass

    def get(name: str) -> str:
        asked.append(name)
        if not answers:
            raise TimeoutException(name)
        if name == kept:
            raise NotebookAccessError(name)
        if name not in given:
            raise SecretNotFoundError(name)
        return given[name]

    userdata.get = get  # type: ignore[attr-defined]
    userdata.SecretNotFoundError = SecretNotFoundError  # type: ignore[attr-defined]
    userdata.NotebookAccessError = NotebookAccessError  # type: ignore[attr-defined]
    userdata.TimeoutException = TimeoutException  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    monkeypatch.setitem(sys.modules, "google.colab.userdata", userdata)
    return asked


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mqtts://broker.example", "mqtts://broker.example:8883"),
        ("broker.example", "mqtts://broker.example:8883"),
        ("localhost", "mqtt://localhost:1883"),
        ("127.0.0.1:1884", "mqtt://127.0.0.1:1884"),
        ("mqtt://[::1]", "mqtt://[::1]:1883"),
        ("wss://broker.example/mqtt", "wss://broker.example:443/mqtt"),
        ("ws://localhost:8080", "ws://localhost:8080/mqtt"),
    ],
)
def test_a_url_is_completed(url: str, expected: str) -> None:
    assert Broker(url).url == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://x",
        "mqtts://",
        f"mqtts://u:{SECRET}@host:port",
        f"mqtts://u:{SECRET}/@host",
        "mqtts://<host>",
        7,
    ],
)
def test_a_bad_url_gets_an_example_and_does_not_come_back(url: str) -> None:
    with pytest.raises(InvalidBroker, match="mqtts://user:password@") as caught:
        Broker(url)
    assert SECRET not in str(caught.value)


def test_a_password_never_shows() -> None:
    broker = Broker(f"mqtts://ada:{SECRET}@broker.example")
    assert signed_in_as(broker) == ("ada", SECRET)
    for text in (repr(broker), str(broker), broker.url, f"{broker!s:>60}"):
        assert SECRET not in text
        assert "ada" not in text
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(broker)


def test_special_characters_in_a_password() -> None:
    assert signed_in_as(Broker("mqtts://a%40b:p%2Fq%23@broker.example")) == ("a@b", "p/q#")
    assert signed_in_as(Broker("broker.example", username="a@b", password="p/q#")) == ("a@b", "p/q#")


def test_panels_on_equal_settings_have_equal_brokers() -> None:
    one, same = Broker("mqtts://u:p@h"), Broker("h", username="u", password="p")
    assert one == same
    assert len({one, same, Broker("mqtts://u:q@h")}) == 2


def test_certificates_are_checked_unless_that_is_spelled_out() -> None:
    assert Broker("mqtts://h").tls_context().verify_mode is ssl.CERT_REQUIRED
    assert Broker("mqtts://h").tls_context().check_hostname
    assert Broker("mqtts://h", verify=False).tls_context().verify_mode is ssl.CERT_NONE


def test_the_file_is_run_once_for_each_look_and_warns_of_no_line(
    bare: Path, capfd: pytest.CaptureFixture[str], warned: Warned
) -> None:
    text = f"""print("run")\nHIVEMQ_HOST, HIVEMQ_USERNAME, HIVEMQ_PASSWORD = "h", "ada", "{SECRET}\\d"\n"""
    (bare / "my_secrets.py").write_text(text)
    assert signed_in_as(find(None, None)[1]) == ("ada", SECRET + "\\d")
    assert tuple(capfd.readouterr()) == ("run\n", "")
    assert not warned()


@pytest.mark.parametrize("verify", [None, "", "no", 0, 1])
def test_certificates_go_unchecked_by_no_slip(verify: Any) -> None:
    with pytest.raises(InvalidBroker, match="verify= must be True or False"):
        Broker("mqtts://h", verify=verify)


@pytest.mark.parametrize("name", ["ca", "cert"])
@pytest.mark.parametrize("given", [5, b"-----BEGIN CERTIFICATE-----", ["ca.pem"]])
def test_what_is_no_path_is_no_certificate(name: str, given: Any) -> None:
    with pytest.raises(InvalidBroker, match=f"{name}= takes the path of a file"):
        Broker("mqtts://h", **{name: given})


def test_an_authority_is_read_when_it_is_given_and_must_be_pem(tmp_path: Path) -> None:
    ca, authority = tmp_path / "ca.pem", trustme.CA().cert_pem.bytes()
    with pytest.raises(InvalidBroker, match="no certificate file"):
        Broker("mqtts://h", ca=ca)
    for other in (ssl.PEM_cert_to_DER_cert(authority.decode()), b"", "ü".encode(), b"-----BEGIN"):
        ca.write_bytes(other)
        with pytest.raises(InvalidBroker, match="no certificate in PEM"):
            Broker("mqtts://h", ca=ca)
    ca.write_bytes("# Zürich\n".encode() + authority)
    broker = Broker("mqtts://h", ca=ca)
    ca.unlink()
    assert len(broker.tls_context().get_ca_certs()) == 1, "a drive that is gone ends no reconnecting"
    assert list(own_files(broker)) == ["ca.der"], "nor the set-up of a board"
    ca.write_bytes(trustme.CA().cert_pem.bytes())
    assert Broker("mqtts://h", ca=ca) != broker, "another authority is another connection"


def test_nothing_given_and_nothing_found_shows_the_ways() -> None:
    ways = r"HIVEMQ_HOST(.|\n)*my_secrets.py(.|\n)*PICOPANEL_BROKER(.|\n)*demo\(\)"
    with pytest.raises(NoBroker, match=ways):
        find("id", None)


def test_the_environment_is_looked_up_first(monkeypatch: pytest.MonkeyPatch, bare: Path) -> None:
    (bare / "my_secrets.py").write_text(f"HIVEMQ_HOST = 'c.example'\nHIVEMQ_PASSWORD = '{SECRET}'\n")
    assert find(None, None)[1].host == "c.example"
    monkeypatch.setenv("HIVEMQ_HOST", "b.example")
    monkeypatch.setenv("HIVEMQ_USERNAME", "ada")
    monkeypatch.setenv("HIVEMQ_PASSWORD", SECRET)
    monkeypatch.setenv("COURSE_ID", "ada-07")
    device_id, broker = find(None, None)
    assert (device_id, broker.url) == ("ada-07", "mqtts://b.example:8883")
    assert signed_in_as(broker) == ("ada", SECRET)
    monkeypatch.setenv("PICOPANEL_BROKER", "mqtt://localhost")
    assert find(None, None)[1].host == "localhost"
    assert find("other", "mqtt://127.0.0.1") == ("other", Broker("mqtt://127.0.0.1"))


def test_a_file_that_was_mended_is_read_anew(bare: Path) -> None:
    for password in ("wrong", SECRET):
        (bare / "my_secrets.py").write_text(
            f"HIVEMQ_HOST, HIVEMQ_USERNAME = 'h', 'ada'\nHIVEMQ_PASSWORD = '{password}'"
        )
        assert signed_in_as(find(None, None)[1]) == ("ada", password)


@pytest.mark.parametrize(
    "slip",
    [
        "HIVEMQ_PASSWORD = hunter2",
        'HIVEMQ_PASSWORD = "hunter2',
        "import hunter2",
        "exit('hunter2')",
        "hunter2\0",
    ],
)
def test_a_slip_in_the_file_is_named_by_its_line_and_not_shown(bare: Path, slip: str) -> None:
    (bare / "my_secrets.py").write_text(f'HIVEMQ_HOST = "h"\n{slip}\n')
    with pytest.raises(InvalidBroker, match=r"my_secrets.py cannot be read: \w+ in line \d") as refusal:
        find(None, None)
    shown = "".join(traceback.format_exception(refusal.value))
    assert "hunter2" not in shown
    assert "\0" in slip or "in line 2" in shown


@pytest.mark.parametrize(("host", "password"), [("b.example", SECRET), ("other.example", None)])
def test_a_command_hands_the_environments_password_to_its_own_broker_only(
    monkeypatch: pytest.MonkeyPatch, host: str, password: str | None
) -> None:
    monkeypatch.setenv("HIVEMQ_HOST", "b.example")
    monkeypatch.setenv("HIVEMQ_PASSWORD", SECRET)
    monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody there to be asked
    assert signed_in_as(broker_of(Namespace(broker=f"mqtts://ada@{host}", ca=None))) == ("ada", password)


def test_an_authority_without_its_broker_is_not_ignored() -> None:
    with pytest.raises(InvalidBroker, match="--ca goes with --broker"):
        broker_of(Namespace(broker=None, ca="ca.pem"))


def test_whoever_opens_a_board_on_a_public_broker_is_told_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("picopanel._pico.connect.shared_link", lambda broker: HandLink())
    for device_id in ("ada", "ada", "bob"):
        with pytest.warns(UserWarning, match="anyone can read and command"):
            device = connect(device_id, "mqtt://test.mosquitto.org", 100)
        assert device.known.notices == [PUBLIC]
        device.close()


def test_colabs_missing_or_forbidden_secrets_get_the_way_to_the_key_icon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {"HIVEMQ_HOST": "colab.example", "HIVEMQ_USERNAME": "ada"}
    colab(monkeypatch, given, kept="HIVEMQ_PASSWORD")
    with pytest.raises(InvalidBroker, match="key icon on the left"):
        find(None, None)
    del given["HIVEMQ_HOST"]
    with pytest.raises(NoBroker, match="key icon on the left"):
        find(None, None)


def test_where_colabs_page_does_not_answer_it_is_asked_once_and_my_secrets_are_taken(
    monkeypatch: pytest.MonkeyPatch, bare: Path
) -> None:
    asked = colab(monkeypatch, {}, answers=False)
    (bare / "my_secrets.py").write_text("HIVEMQ_HOST = 'file.example'\nCOURSE_ID = 'ada-07'")
    with pytest.warns(UserWarning, match="Colab's page did not answer") as told:
        device_id, broker = find(None, None)
    assert (device_id, broker.host) == ("ada-07", "file.example")
    assert len(asked) == len(told) == 1, "each question to a page that is not there takes 10 s"


def test_a_broker_is_not_copied_into_something_else() -> None:
    with pytest.raises(TypeError):
        copy.deepcopy(Broker("mqtts://u:p@h"))


SETTINGS = [("HIVEMQ_HOST", "h.example"), ("HIVEMQ_USERNAME", "ada"), ("HIVEMQ_PASSWORD", SECRET)]
AROUND = ["{}\n", " {}", "\t{} \r\n", '"{}"', "'{}'", ' "{}"\n', "“{}”", "\ufeff{}"]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("where", ["environment", "my_secrets.py", "Colab"])
def test_s3_white_space_and_quotes_around_a_setting_are_left_out_with_a_word(
    monkeypatch: pytest.MonkeyPatch, bare: Path, where: str, around: str
) -> None:
    given = {name: around.format(value) for name, value in [*SETTINGS, ("COURSE_ID", "ada-07")]}
    if where == "environment":
        for name, value in given.items():
            monkeypatch.setenv(name, value)
    elif where == "Colab":
        colab(monkeypatch, given)
    else:
        (bare / "my_secrets.py").write_text("\n".join(f"{name} = {value!r}" for name, value in given.items()))
    with pytest.warns(UserWarning, match="were left out") as told:
        device_id, broker = find(None, None)
    assert (device_id, broker.host, signed_in_as(broker)) == ("ada-07", "h.example", ("ada", SECRET))
    words = [str(each.message) for each in told]
    assert [text.split()[0] for text in words] == [*given]
    assert all(where in text and "were left out" in text for text in words)
    assert not any(value in text for text in words for value in ("h.example", SECRET, "ada"))
    assert "Broker(..., password=...)" in words[2]


@pytest.mark.parametrize("password", [f'"{SECRET}"', f" {SECRET}\n", "''", "“”"])
def test_s3_a_password_that_really_has_them_is_given_as_password(password: str) -> None:
    assert signed_in_as(Broker("h", username='"ada"', password=password)) == ('"ada"', password)


def test_s3_a_whole_address_loses_them_as_well(monkeypatch: pytest.MonkeyPatch, warned: Warned) -> None:
    monkeypatch.setenv("PICOPANEL_BROKER", f'"mqtts://ada:{SECRET}@h"\n')
    assert find("x", None)[1] == Broker("h", username="ada", password=SECRET)
    assert len(warned()) == 1


@pytest.mark.parametrize("value", ["{}", "a b", "a'b", '"', "it's", '"a" or "b', "’"])
def test_s3_what_belongs_to_a_setting_stays_without_a_word(
    monkeypatch: pytest.MonkeyPatch, warned: Warned, value: str
) -> None:
    for name, text in SETTINGS:
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("HIVEMQ_PASSWORD", value)
    assert signed_in_as(find("x", None)[1]) == ("ada", value)
    assert not warned()


def test_s3_a_setting_that_is_no_text_is_not_dropped_without_a_word(bare: Path) -> None:
    (bare / "my_secrets.py").write_text("HIVEMQ_HOST, HIVEMQ_USERNAME = 'h', 'ada'\nHIVEMQ_PASSWORD = 2024\n")
    with pytest.raises(InvalidBroker, match=r"HIVEMQ_PASSWORD in my_secrets[.]py must be a text") as refusal:
        find(None, None)
    assert "2024" not in str(refusal.value)


def test_s3_a_password_without_its_user_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIVEMQ_HOST", "h")
    monkeypatch.setenv("HIVEMQ_PASSWORD", SECRET)
    with pytest.warns(UserWarning, match="no HIVEMQ_USERNAME"):
        assert find("x", None)[1] == Broker("h")
    monkeypatch.setenv("HIVEMQ_HOST", "mqtts://ada@h")
    assert signed_in_as(find("x", None)[1]) == ("ada", SECRET)


def test_s3_a_device_id_with_white_space_at_its_end_is_told_of() -> None:
    with pytest.warns(UserWarning, match="begins or ends with white space"):
        Pico("ada-07 ", broker="mqtt://127.0.0.1:1").close()
    with pytest.warns(UserWarning, match="begins or ends with white space"):
        PicoWall(["ada-07 "], broker="mqtt://127.0.0.1:1").close()


def test_s3_a_command_takes_the_environments_password_without_what_is_around_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HIVEMQ_HOST", "mqtts://B.example:8883\n")
    monkeypatch.setenv("HIVEMQ_PASSWORD", f'"{SECRET}"')
    with pytest.warns(UserWarning, match="were left out"):
        broker = broker_of(Namespace(broker="mqtts://ada@b.example", ca=None))
    assert signed_in_as(broker) == ("ada", SECRET)


def test_s3_the_wi_fis_settings_lose_what_is_around_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICOPANEL_WIFI_SSID", "class room\n")
    monkeypatch.setenv("PICOPANEL_WIFI_PASSWORD", f"'{SECRET}'")
    with pytest.warns(UserWarning, match="were left out") as told:
        assert _ask_wifi() == {"SSID": "class room", "PASSWORD": SECRET}
    assert not any(SECRET in str(each.message) for each in told)
    monkeypatch.setenv("PICOPANEL_WIFI_SSID", "class room")
    monkeypatch.setenv("PICOPANEL_WIFI_PASSWORD", "")
    assert _ask_wifi()["PASSWORD"] == "", "an open network has none, and nobody is asked"


def test_s1_a_command_asks_for_a_password_and_repeats_nothing_of_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "typed")
    assert signed_in_as(broker_of(Namespace(broker=f"mqtts://{SECRET}@b.example"))) == (SECRET, "typed")
    assert asked == ["The password at b.example (it is not shown): "]
    with pytest.raises(InvalidBroker):
        broker_of(Namespace(broker=f"mqtts://ada#{SECRET}@b.example"))
    assert len(asked) == 1


@pytest.mark.parametrize("given", [7, b"mqtts://h", ["h"], {"host": "h"}])
def test_s2_what_is_no_broker_is_refused_wherever_one_is_given(given: object, tmp_path: Path) -> None:
    for take in (
        lambda: find("x", given),  # type: ignore[arg-type]
        lambda: PicoWall({"x": given}),  # type: ignore[dict-item]
        lambda: board_bundle("x", tmp_path / "x.zip", broker=given),  # type: ignore[arg-type]
    ):
        with pytest.raises(InvalidBroker, match="must be a Broker or a URL"):
            take()
