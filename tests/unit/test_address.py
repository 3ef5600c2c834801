"""How an address of a broker is read: each part counts or is refused, and nothing of it is shown."""

from __future__ import annotations

import contextlib
import string
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from picopanel import Broker, InvalidBroker, PicoWall
from picopanel._broker import parse
from picopanel._cli import main
from picopanel._errors import InvalidDeviceID
from picopanel._protocol.ids import check_device_id

PRINTABLE = "".join(chr(code) for code in range(32, 127)) + "äß€…“”＃℀日本"
PASSWORDS = st.text(st.sampled_from(PRINTABLE), min_size=1, max_size=12)


def signed_in_as(broker: Broker) -> tuple[str, str | None]:
    seen: list[tuple[str, str | None]] = []
    broker.sign_in(lambda username, password: seen.append((username, password)))
    return seen[0]


def refusal(*given: object, **more: object) -> str:
    with pytest.raises(InvalidBroker) as caught:
        Broker(*given, **more)  # type: ignore[arg-type]
    return str(caught.value)


def shown(*given: str, **more: str) -> str:
    """Everything that is ever shown of an address."""
    try:
        broker = Broker(*given, **more)  # type: ignore[arg-type]
    except InvalidBroker as error:
        assert error.__cause__ is None
        return str(error)
    return f"{broker!r} {broker} {broker.url}"


@given(PASSWORDS)
def test_s1_a_password_given_as_it_is_is_the_password(password: str) -> None:
    assert signed_in_as(Broker("mqtts://broker.example", username="ada", password=password)) == (
        "ada",
        password,
    )


@given(PASSWORDS, st.sampled_from(["mqtts://", "mqtt://", "ws://", "wss://", ""]))
def test_s1_a_password_written_percent_encoded_in_an_address_is_the_password(
    password: str, scheme: str
) -> None:
    user, word = quote("a/d@:a", safe=""), quote(password, safe="")
    broker = Broker(f"{scheme}{user}:{word}@broker.example:1884")
    assert signed_in_as(broker) == ("a/d@:a", password)
    assert (broker.host, broker.port) == ("broker.example", 1884)


@given(PASSWORDS, st.sampled_from(["mqtts://", "mqtt://", "ws://", "wss://", ""]), st.booleans())
@example("2024#geheim", "mqtt://", False)
@example("1883/geheim", "", False)
@example("100%", "", False)
@example("a%41b%", "mqtts://", False)
@example("ab%cd!", "mqtts://", False)
@example("://", "", True)
def test_s1_a_password_written_raw_in_an_address_counts_whole_or_is_refused(
    password: str, scheme: str, has_path: bool
) -> None:
    url = f"{scheme}ada:{password}@broker.example:1884{'/mqtt' if has_path else ''}"
    try:
        broker = Broker(url)
    except InvalidBroker:
        return
    assert (broker.host, broker.port) == ("broker.example", 1884), "nothing of the password is a host"
    assert quote(signed_in_as(broker)[1] or "") == quote(password) or "%" in password
    assert set(password).isdisjoint("/?#"), "what would split it was refused"


@given(st.text(st.sampled_from(PRINTABLE), max_size=8), st.text(st.sampled_from(PRINTABLE), max_size=8))
def test_s1_nothing_of_a_user_or_password_is_ever_shown(before: str, after: str) -> None:
    secret = f"{before}GEHEIM{after}"
    urls = [
        f"mqtt://ada:{secret}@broker.example",
        f"mqtt://{secret}:x@broker.example",
        f"mqtts://ada:2024{secret}@127.0.0.1:1883",
        f"{secret}:pa@broker.example",
        f"wss://broker.example/mqtt?token={secret}",
        f"wss://broker.example/{secret}",
        f"mqtt://broker.example:1883/{secret}",
    ]
    if "@" not in secret:  # what follows one is the host, where no other host was written
        urls += [f"mqtt://broker.example:{secret}", f"ada:{secret}"]
    for url in urls:
        assert "geheim" not in shown(url).lower(), url


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("mqtt://ada:2024#geheim@127.0.0.1:1883", "'#' as %23"),
        ("mqtt://ada:2024/geheim@127.0.0.1:1883", "'/' as %2F"),
        ("ada:2024?geheim@127.0.0.1:1883", "'?' as %3F"),
        ("mqtt://ada:2024#geheim", "write it as %23"),
        ("mqtt://127.0.0.1#geheim", "write it as %23"),
        ("mqtt://ada:geheim", "before an '@'"),
        ("mqtt://ada:geheim:127.0.0.1", "before an '@'"),
        ("mqtt://:geheim@127.0.0.1", "needs a user name"),
        ("mqtt://ada:geh%41eim%@127.0.0.1", "as %25"),
        ("mqtt://ada:geheim%ff@127.0.0.1", "as %25"),
        ("mqtt://ada:geh\teim@127.0.0.1", "cannot be seen"),
        ("geheim://127.0.0.1", "mqtt://, mqtts://, ws:// or wss://"),
        ("https://geheim", "Write wss:// instead of https://"),
        ("mqtts://my geheim host", "no host"),
    ],
)
def test_s1_an_address_that_a_character_splits_is_refused_with_how_to_write_it(url: str, advice: str) -> None:
    said = refusal(url)
    assert advice in said
    assert "geheim" not in said
    assert "2024" not in said


@pytest.mark.parametrize("port", ["/dev/ttyACM0", "COM3", "com12", "serial:/dev/ttyACM0", "usb://COM3"])
def test_a_port_of_the_computer_is_no_broker(port: str) -> None:
    assert "picopanel pico my-course-id --serial PORT" in refusal(port)


@pytest.mark.parametrize(
    ("url", "host", "port", "resource", "said"),
    [
        ("broker.example:8884/mqtt", "broker.example", 8884, "/mqtt", "wss://broker.example:8884/mqtt"),
        ("localhost:8080/mqtt", "localhost", 8080, "/mqtt", "ws://localhost:8080/mqtt"),
        ("ws://h:80/mqtt?token=abc", "h", 80, "/mqtt?token=abc", "ws://h:80/mqtt"),
        ("wss://h?token=abc", "h", 443, "/mqtt?token=abc", "wss://h:443/mqtt"),
        ("wss://h/abc/ü", "h", 443, "/abc/%C3%BC", "wss://h:443/…"),
        ("mqtts://h:8883/", "h", 8883, "", "mqtts://h:8883"),
        ("MQTTS://Broker.Example", "broker.example", 8883, "", "mqtts://broker.example:8883"),
    ],
)
def test_s2_a_path_and_a_query_count_where_websocket_has_them(
    url: str, host: str, port: int, resource: str, said: str
) -> None:
    broker = Broker(url)
    assert (broker.host, broker.port, broker.resource) == (host, port, resource)
    assert repr(broker) == f"Broker({said!r})", "a token is not shown"


@pytest.mark.parametrize("url", ["mqtts://h:8884/geheim", "mqtt://h?token=geheim", "h:1883?geheim"])
def test_s2_a_path_or_query_without_websocket_is_refused_with_the_address_that_works(url: str) -> None:
    said = refusal(url)
    assert "wss://host:8884/mqtt" in said
    assert "geheim" not in said


def test_s2_brokers_that_differ_in_their_token_are_two() -> None:
    assert Broker("wss://h/mqtt?token=a") != Broker("wss://h/mqtt?token=b")
    assert Broker("wss://h/mqtt?token=a") == Broker("wss://h?token=a")


def test_s2_what_is_given_twice_must_agree() -> None:
    assert signed_in_as(Broker("mqtts://ada:x@h", username="ada", password="x")) == ("ada", "x")
    for more in ({"username": "bob"}, {"password": "geheim"}):
        said = refusal("mqtts://ada:x@h", **more)
        assert "Two different" in said
        assert "geheim" not in said
    for more in ({"username": 7}, {"username": "ada", "password": b"geheim"}):
        assert "in quotation marks" in refusal("mqtts://h", **more)
    for more in ({"password": "geheim"}, {"username": "", "password": "geheim"}):
        assert "needs a user name" in refusal("mqtts://h", **more)
    for word in ("\ud800", "a\0b", "x" * 70000):
        assert "nothing that MQTT can carry" in refusal("mqtts://h", username="ada", password=word)


@given(st.text(string.printable + "äß\u2028\ufeff日", max_size=40))
@example("[")
@example("mqtt://[::1")
@example("ws://\x00")
@example("mqtt://h:99999")
@example("mqtt://h:８")
def test_s2_any_text_is_a_broker_or_refused_with_an_example(text: str) -> None:
    with contextlib.suppress(InvalidBroker):
        broker = Broker(text)
        assume(broker.resource in ("", "/", "/mqtt", "/ws"))
        again = parse(broker.url)
        assert (again.host, again.port) == (broker.host, broker.port), "its own URL leads to the same place"


@pytest.mark.parametrize(
    ("url", "host", "said"),
    [
        ("mqtt://[::1]:1884", "::1", "mqtt://[::1]:1884"),
        ("[::1]", "::1", "mqtt://[::1]:1883"),
        ("mqtt://[fe80::1%25eth0]", "fe80::1%eth0", "mqtt://[fe80::1%25eth0]:1883"),
        ("mqtt://[fe80::1%eth0]", "fe80::1%eth0", "mqtt://[fe80::1%25eth0]:1883"),
        ("mqtt://[FE80:0::1%252]", "fe80::1%2", "mqtt://[fe80::1%252]:1883"),
    ],
)
def test_s7_an_ipv6_address_in_brackets_works_with_its_zone(url: str, host: str, said: str) -> None:
    broker = Broker(url)
    assert (broker.host, broker.url) == (host, said)
    assert Broker(broker.url) == broker


@pytest.mark.parametrize(
    "url", ["::1", "fe80::1%25eth0", "mqtt://::1", "mqtt://::1:1883", "mqtt://[::1", "mqtt://[::1]1883"]
)
def test_s7_an_ipv6_address_without_brackets_is_told_of_them(url: str) -> None:
    said = refusal(url)
    assert "in brackets" in said or "brackets, and its port after them" in said
    assert "mqtt://[::1]:1883" in said


@pytest.mark.parametrize(
    "url", ["mqtt://[broker.example]", "mqtt://[fe80::1%]", "mqtt://[::1%a b]", "mqtt://[]"]
)
def test_s7_what_is_no_ipv6_address_has_no_brackets(url: str) -> None:
    assert "no IPv6 address" in refusal(url)


@pytest.mark.parametrize(
    "take", [check_device_id, PicoWall, PicoWall.discover, lambda url: PicoWall({url: "h"})]
)
def test_s1_an_address_in_the_place_of_a_device_id_is_refused_and_not_shown(
    take: Callable[[str], object],
) -> None:
    for url in ("mqtts://ada:ge#heim@broker.example", "mqtts://ada:geheim/+/@broker.example"):
        with pytest.raises(InvalidDeviceID) as caught:
            take(url)
        assert "heim" not in str(caught.value)
        if "discover" not in str(take):
            assert "a URL and not a device ID" in str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        ["mqtts://ada:ge heim@h"],
        ["doctor", "mqtts://ada:ge heim@h"],
        ["doctor", "ada:geheim@h"],
        ["doctor", "--brocker=mqtts://ada:geheim@h"],
        ["pico", "x", "--interval", "mqtts://ada:geheim@h"],
        ["class", "--faults", "mqtts://ada:geheim@h"],
    ],
)
def test_s1_a_command_that_is_not_understood_repeats_no_address(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(words)
    said = capsys.readouterr().err
    assert "…" in said
    assert "heim" not in said
