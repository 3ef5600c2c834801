"""SiLA 2, asked by sila2's own client, which knows of our features what the server tells it."""

import logging
import random
import re
import socket
import ssl
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import partial
from threading import Event
from types import SimpleNamespace

import pytest
import trustme
import zeroconf
from sila2.client import SilaClient
from sila2.framework import (
    CommandExecutionStatus,
    DefinedExecutionError,
    SilaConnectionError,
    ValidationError,
)

from picopanel import InvalidArgument, Pico, PicoPanel, PicoPanelError, serve
from picopanel._device.following import Reading
from picopanel._errors import CLOSED
from picopanel._serve import sila, sila_server

from ..support.ports import free_port
from ..support.waiting import eventually
from .conftest import SECRETS

pytestmark = pytest.mark.filterwarnings(
    "ignore:Server certificate is missing the extension", "ignore:.*via untrusted certificate"
)
FEATURES = {
    "org.silastandard/core/SiLAService/v1",
    "org.silastandard/core.commands/CancelController/v1",
    "io.github.picopanel/board/LedController/v1",
    "io.github.picopanel/board/TemperatureProvider/v1",
    "io.github.picopanel/board/ChannelProvider/v1",
    "io.github.picopanel/board/BoardController/v1",
}

PEOPLE = ("server", "friend", "colleague", "stranger")


@pytest.fixture(scope="module")
def serving(pico):
    with serve(pico, sila=f"127.0.0.1:{free_port()}") as serving:
        yield serving


def connect(serving, **own):
    """Return one more client, which trusts the certificate that is shown: this is the same computer."""
    host, port = serving.addresses["sila"].split(":")
    own.setdefault("root_certs", ssl.get_server_certificate((host, int(port))).encode())
    return SilaClient(host, int(port), **own)


@pytest.fixture
def client(serving, well):
    with connect(serving) as client:
        yield client


def refused(call, *given):
    """Return the error that a command ends with, by its name, and its sentence."""
    with pytest.raises(DefinedExecutionError) as caught:
        call(*given)
    return caught.value.identifier, caught.value.message


def over(blinking):
    eventually(lambda: blinking.done, "the blinking is over", seen=lambda: blinking.progress)
    return blinking


def test_the_features_are_those_of_the_board_and_the_standards_own_is_exact(client, pico):
    """sila2 takes a feature only if it keeps to SiLA's schema and rules."""
    assert set(client.SiLAService.ImplementedFeatures.get()) == FEATURES
    assert client.SiLAService.ServerName.get() == f"PicoPanel {pico._device.id}"
    assert uuid.UUID(client.SiLAService.ServerUUID.get()).version == 5, "the same at each start"
    cancel = client.CancelController
    assert [*cancel._unobservable_commands] == ["CancelCommand", "CancelAll"]
    (parameter,) = cancel._unobservable_commands["CancelCommand"].parameters
    assert parameter._identifier == "CommandExecutionUUID"
    assert {*cancel.defined_execution_errors} == {"InvalidCommandExecutionUUID", "OperationNotSupported"}
    definition = client.TemperatureProvider._feature_definition
    unit = re.search("<SIUnit>(.*)</SIUnit><Exponent>(.*)</Exponent>", definition)
    assert (unit[1], unit[2]) == ("Kelvin", "1")


def test_a_command_returns_when_the_board_has_answered(client, well):
    well.faults.slow(0.3)
    begun = time.monotonic()
    answer = client.LedController.Toggle()
    assert time.monotonic() - begun >= answer.Latency >= 0.6, "there and back"
    assert (answer.State, answer.Certain) == ("on" if well.led else "off", True)
    well.faults.slow(0)
    values = {each.Channel: (each.Value, each.Unit) for each in client.BoardController.Read().Values}
    assert values["turbidity"] == (3.5, "NTU")
    kelvin = client.TemperatureProvider.CurrentTemperature.get()
    assert kelvin == pytest.approx(values["temperature"][0] + 273.15, abs=5)
    assert client.BoardController.SetSwitch("fan", True).Certain
    client.BoardController.Mark("lid off")
    eventually(lambda: "lid off" in set(well.to_dataframe().mark), "the mark is in the table")


def test_each_way_to_fail_has_its_own_error_with_cause_and_next_step(client, well):
    heard = []
    readings = client.ChannelProvider.Readings.subscribe()
    readings.add_callback(heard.append)
    next(readings)
    before = len(heard)
    well.faults.lose_replies(1)
    name, said = refused(client.LedController.Off)
    assert len(heard) > before + 4, "readings go on while a command waits"
    readings.cancel()
    assert name == "NoAnswer" and said.startswith("No answer to 'off' within 3 s.") and "check" in said
    name, said = refused(client.BoardController.SetNumber, "nothing", 1.0)
    assert name == "Refused"
    assert "no such control. There are: " in said and said.count(". Ask for something else") == 1
    name, said = refused(client.BoardController.SetNumber, "fan", float("nan"))
    assert name == "InvalidInput" and "must be a number" in said
    assert refused(client.BoardController.Mark, " ")[0] == "InvalidInput"
    for call in (
        lambda: client.BoardController.Mark("x" * 201),
        lambda: client.LedController.Blink(-1.0, 1.0, 1),
        lambda: client.LedController.Blink(1.0, float("nan"), 1),
        lambda: client.LedController.Blink(1.0, 1.0, 0),
        lambda: client.CancelController.CancelCommand("all of them"),
    ):
        with pytest.raises(ValidationError):
            call()
    stub, service = client.LedController._grpc_stub, client.LedController._pb2_module
    with pytest.raises(Exception, match="ABORTED"):  # without its parameters, as no client of sila2's would
        stub.Blink(service.Blink_Parameters())


@pytest.mark.filterwarnings("error", "ignore::pytest.PytestUnraisableExceptionWarning")  # of others' garbage
def test_a_blinking_tells_its_progress_and_is_cancelled(client, well):
    blinking = client.LedController.Blink(0.1, 0.2, 4)
    seen = []
    eventually(lambda: seen.append(blinking.progress) or blinking.done, "it is over")
    assert {progress for progress in seen if progress and 0 < progress < 1}, "on its way"
    assert blinking.status == CommandExecutionStatus.finishedSuccessfully
    assert blinking.get_responses().Certain
    eventually(lambda: client.LedController.State.get() == "off", "the LED is off afterwards")
    ways = {
        "Cancelled": lambda it: client.CancelController.CancelCommand(str(it.execution_uuid)),
        "Interrupted": lambda it: client.LedController.On(),
    }
    for name, end in ways.items():
        blinking = client.LedController.Blink(0.1, 0.1, 1000)
        eventually(lambda it=blinking: it.status == CommandExecutionStatus.running, "it blinks")
        eventually(lambda: well.led, "the board, too")
        end(blinking)
        assert refused(over(blinking).get_responses)[0] == name
    done = str(blinking.execution_uuid)
    assert refused(client.CancelController.CancelCommand, done)[0] == "InvalidCommandExecutionUUID"
    blinking = client.LedController.Blink(0.1, 0.1, 1000)
    client.CancelController.CancelAll()
    assert refused(over(blinking).get_responses)[0] == "Cancelled"
    well.faults.lose_replies(1)
    assert refused(over(client.LedController.Blink(1.0, 1.0, 1)).get_responses)[0] == "NoAnswer"
    loggers = [name for name in logging.Logger.manager.loggerDict if "/Blink-" in name]
    assert loggers == [], "nothing is kept of what is over"


def test_a_blinking_is_cancelled_before_it_begins(client, well, monkeypatch):
    """The LED went off, then the board was told to blink, and blinked to the end."""
    begins, blink = Event(), well.blink
    monkeypatch.setattr(well, "blink", lambda *given, **named: begins.wait(60) and blink(*given, **named))
    blinking = client.LedController.Blink(0.1, 0.1, 1000)
    client.CancelController.CancelCommand(str(blinking.execution_uuid))
    begins.set()
    assert refused(over(blinking).get_responses)[0] == "Cancelled"
    assert not well.led


def test_what_a_board_kept_while_it_was_away_comes_with_the_boards_own_times(client, well):
    heard = set()
    readings = client.ChannelProvider.Readings.subscribe()
    readings.add_callback(lambda it: heard.add((it.Time, it.Value)))
    since = datetime.now(timezone.utc)
    well.faults.wifi_drop(3)
    well.sleep(3)

    def missing():
        table = well.to_dataframe()
        rows = table[(table.channel == "temperature") & (table.time > since)]
        kept = {(row.time.round("ms"), row.value) for row in rows.itertuples()}
        return kept - heard if len(kept) >= 8 else None

    eventually(lambda: missing() == set(), "all that the board has kept is heard", seen=missing)
    readings.cancel()


def test_what_comes_late_is_told_but_is_not_what_is_now(client, serving):
    front, now = serving._fronts["sila"], datetime.now(timezone.utc).replace(microsecond=1600)
    heard = client.ChannelProvider.Readings.subscribe()
    next(heard)
    for seconds in (0, -60):
        front.take(Reading(now + timedelta(seconds=seconds), "humidity", 50.0 + seconds, "%", None, True))
    values = ((each.Value, each.Time.microsecond) for each in heard if each.Channel == "humidity")
    assert [next(values), next(values)] == [(50.0, 2000), (-10.0, 2000)], "to the nearest millisecond"
    heard.cancel()
    now_is = {each.Channel: each.Value for each in client.ChannelProvider.Channels.get()}
    assert now_is["humidity"] == 50.0
    first = client.ChannelProvider.Readings.subscribe()
    assert next(each.Value for each in first if each.Channel == "humidity") == 50.0, "who comes later"
    first.cancel()


def test_a_temperature_whose_sensor_fails_is_no_old_value():
    degrees = [20.0]  # none while it fails
    setup = lambda board: board.channel("temperature", lambda: degrees[0], unit="°C")  # noqa: E731
    feverish, where = Pico.demo("feverish", setup=setup), f"127.0.0.1:{free_port()}"
    with feverish, serve(feverish, sila=where) as serving, connect(serving) as client:
        temperature = client.TemperatureProvider.CurrentTemperature
        failing, measured = client.ChannelProvider.Failing.subscribe(), temperature.subscribe()
        assert next(failing) == [] and next(measured) == 293.15
        degrees.clear()
        name, said = refused(lambda: [*measured])
        assert name == "SensorFailed" and "IndexError: list index out of range. Check how" in said
        assert [tuple(each) for each in next(failing)] == [
            ("temperature", "IndexError: list index out of range")
        ]
        assert refused(temperature.get) == (name, said)
        degrees.append(30.0)
        assert next(failing) == []
        assert temperature.get() == 303.15


def test_who_subscribes_after_an_error_hears_nothing_old():
    told = sila_server.Subscribers(lambda value: value)
    there, gone = (SimpleNamespace(add_callback=lambda call, is_there=it: is_there) for it in (True, False))
    told.tell(1)
    before = told.add_subscription(there)
    told.fail(ValueError("away"))
    after = told.add_subscription(there)
    told.tell(2)
    assert next(before) == 1 and isinstance(next(before), ValueError)
    assert next(after) == 2
    assert [*told.add_subscription(gone)] == []


def test_two_clients_at_once_and_each_command_is_answered(client, serving, well):
    with connect(serving) as other, ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(each.LedController.Toggle) for _ in range(10) for each in (client, other)]
        after = sorted(answer.result().State for answer in answers)
        assert after == ["off"] * 10 + ["on"] * 10
        eventually(lambda: other.LedController.State.get() == "on" if well.led else "off", "both agree")


def test_a_crossed_limit_is_a_sentence(client, well):
    crossed = client.ChannelProvider.CrossedLimit.subscribe()
    assert next(crossed) == ""
    well.limit("temperature", high=-20)
    sentence = next(crossed)
    well.remove_limit()
    crossed.cancel()
    assert re.fullmatch(r"temperature is .* °C, above -20 °C\.", sentence)


def test_a_client_that_does_not_read_misses_the_oldest_and_nobody_else_anything(
    client, serving, well, monkeypatch
):
    """A flood, which neither the network nor gRPC holds: the rest waits in the server, and the oldest go."""
    front, count, feature = serving._fronts["sila"], 3000, client.ChannelProvider
    heard = feature.Readings.subscribe()
    next(heard)
    monkeypatch.setattr(sila_server, "_MOST_WAITING", 100)
    deaf = feature._grpc_stub.Subscribe_Readings(feature._pb2_module.Subscribe_Readings_Parameters())
    next(deaf)
    for number in range(count):
        front.take(Reading(datetime.now(timezone.utc), "flood" + 1000 * "!", float(number), "", None, True))
    values = (each.Value for each in heard if each.Channel.startswith("flood"))
    assert [next(values) for _ in range(count)] == [*range(count)], "another hears all"
    heard.cancel()
    late = [each.Readings.Reading.Value.value for each in _until(deaf, count - 1)]
    deaf.cancel()
    assert late == sorted(set(late))
    assert 100 <= len(late) < count / 2, "the newest, and what was on its way"


def _until(stream, last):
    for each in stream:
        if each.Readings.Reading.Channel.value.startswith("flood"):
            yield each
            if each.Readings.Reading.Value.value == last:
                return


def test_nonsense_ends_nothing(client, serving):
    host, port = serving.addresses["sila"].split(":")
    for junk in (b"GET / HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", random.randbytes(4096)):
        with socket.create_connection((host, int(port)), timeout=5) as stranger:
            stranger.sendall(junk)
    for _ in range(20):  # subscribers who come and go
        subscription = client.ChannelProvider.Readings.subscribe()
        next(subscription)
        subscription.cancel()
    assert client.BoardController.Read().Certain
    subscribers = serving._fronts["sila"]._readings
    eventually(lambda: not subscribers._streams, "nothing is kept for who has gone")


SUBSCRIBER = """if True:
    import ssl
    from sila2.client import SilaClient
    here = ("127.0.0.1", {port})
    client = SilaClient(*here, root_certs=ssl.get_server_certificate(here).encode())
    for each in client.LedController.State.subscribe():
        print("heard", each)
"""


def test_one_that_hangs_is_given_up_and_no_more_than_so_many_are_served(pico, monkeypatch, run):
    monkeypatch.setattr(sila_server, "_PING_EVERY", 1000)
    monkeypatch.setattr(sila_server, "_PING_WITHIN", 1000)
    monkeypatch.setattr(sila_server, "_MOST_CALLS", 3)
    port = free_port()
    with serve(pico, sila=f"127.0.0.1:{port}") as serving, connect(serving) as client:
        hanging = run("-c", SUBSCRIBER.format(port=port))
        hanging.wait_for("heard")
        states = [client.LedController.State.subscribe() for _ in range(2)]
        assert [next(each) for each in states]
        with pytest.raises(SilaConnectionError, match="RESOURCE_EXHAUSTED"):
            client.SiLAService.ServerName.get()
        hanging.hang()
        eventually(lambda: _answers(client), "it is given up", within=20)


def _answers(client):
    with suppress(SilaConnectionError):
        return client.SiLAService.ServerName.get()


def test_where_others_reach_it_a_certificate_that_is_listed_is_the_only_way_in(pico, tmp_path):
    for where in ("0.0.0.0:50052", "[::]:50052"):
        with pytest.raises(InvalidArgument, match="cert=, key= and clients="):
            serve(pico, sila=where)
    authority, clients = trustme.CA(), tmp_path / "clients"
    made = {name: authority.issue_cert("127.0.0.1") for name in PEOPLE}
    keys = {name: it.private_key_pem.bytes() for name, it in made.items()}
    chains = {name: it.cert_chain_pems[0].bytes() for name, it in made.items()}
    (tmp_path / "server.pem").write_bytes(chains["server"])
    (tmp_path / "server.key").write_bytes(keys["server"])
    certificate = {"cert": tmp_path / "server.pem", "key": tmp_path / "server.key", "clients": clients}
    where = f"127.0.0.1:{free_port()}"
    with pytest.raises(InvalidArgument, match="clients= goes with"):
        serve(pico, sila=where, clients=clients)
    clients.mkdir()
    with pytest.raises(InvalidArgument, match="nobody could connect"):
        serve(pico, sila=where, **certificate)
    (clients / "friend.der").write_bytes(ssl.PEM_cert_to_DER_cert(chains["friend"].decode()))
    said = b"Bag Attributes\n" + chains["colleague"] + authority.cert_pem.bytes()
    (clients / "colleague.pem").write_bytes(said)
    (clients / "nobody.pem").write_bytes(b"junk")
    with pytest.raises(InvalidArgument, match=r"nobody\.pem is no certificate"):
        serve(pico, sila=where, **certificate)
    (clients / "nobody.pem").unlink()
    (tmp_path / "other.key").write_bytes(keys["friend"])
    with pytest.raises(InvalidArgument, match=r"server\.pem and other\.key are not"):
        serve(pico, sila=where, **{**certificate, "key": tmp_path / "other.key"})
    root = authority.cert_pem.bytes()
    with serve(pico, sila=where, **certificate) as serving:
        mine = {name: {"private_key": keys[name], "cert_chain": chains[name]} for name in keys}
        for name in ("friend", "colleague"):
            with connect(serving, root_certs=root, **mine[name]) as listed:
                assert listed.BoardController.Status.get() == "online"
        for other in (mine["stranger"], {}):
            with pytest.raises(SilaConnectionError):
                connect(serving, root_certs=root, **other)


def test_it_is_discovered_with_its_certificate_where_others_reach_it(pico, monkeypatch):
    """On this computer alone; in a thread, for it would wait in the loop of a Playwright that runs here."""
    here = partial(zeroconf.Zeroconf, interfaces=["127.0.0.1"])
    for module in ("sila2.discovery.browser", "sila2.discovery.broadcaster"):
        monkeypatch.setattr(f"{module}.Zeroconf", here)
    monkeypatch.setattr(sila, "is_loopback", lambda host: False)
    with serve(pico, sila=f"127.0.0.1:{free_port()}") as serving:
        assert serving.says[0].endswith(", announced by mDNS)")
        name = f"PicoPanel {pico._device.id}"
        with ThreadPoolExecutor(1) as aside:
            found = aside.submit(SilaClient.discover, server_name=name, timeout=60).result()
        with found:
            assert found.LedController.On().State == "on"


def test_on_the_command_line_with_a_real_broker_that_goes_and_comes(shelf):
    """Nothing of the broker is in anything that the server offers."""
    broker, port = shelf.broker, free_port()
    program = shelf.serve("--sila", f"127.0.0.1:{port}")
    assert program.wait_for("SiLA 2: ") == f"SiLA 2: 127.0.0.1:{port} (encrypted)"
    shown = ssl.get_server_certificate(("127.0.0.1", port))
    client = SilaClient("127.0.0.1", port, root_certs=shown.encode())
    status, readings = client.BoardController.Status, client.ChannelProvider.Readings.subscribe()
    eventually(lambda: status.get() == "online", "the board is there", within=20, seen=status.get)
    assert client.LedController.On().State == "on"
    with PicoPanel("shelf", broker=shelf.url) as panel:
        eventually(lambda: panel.led is True, "the panel beside it has it", within=20)
        assert panel.off().led is False
        state = client.LedController.State.get
        eventually(lambda: state() == "off", "so has the laboratory", seen=lambda: (state(), status.get()))
        assert panel.status == status.get()

        def same():  # each finds out by itself when the board's clock began
            rows, near = [*panel.to_dataframe().itertuples()], timedelta(seconds=0.1)
            return any(
                abs(row.time - it.Time) < near and row.value == it.Value
                for it in client.ChannelProvider.Channels.get()
                for row in rows
            )

        eventually(same, "both have the same reading")
    said = [*map(str, (next(readings), client.ChannelProvider.Channels.get()))]
    temperature = client.TemperatureProvider.CurrentTemperature
    for away, miss, mend in (
        ("lost", broker.kill, broker.start),
        ("offline", shelf.board.kill, shelf.plug_in),
    ):
        measured = temperature.subscribe()
        assert next(measured) > 273
        miss()
        name, why = refused(lambda it=measured: [*it])
        assert name == "NotConnected" and f"'shelf' is {away}" in why and "Subscribe again once" in why
        assert refused(temperature.get) == (name, why)
        assert status.get() == away
        name, said_of_led = refused(client.LedController.On)
        assert name == "NotConnected"
        said += [why, said_of_led]
        mend()
        eventually(lambda: status.get() == "online", "it is back", within=30, seen=status.get)
        assert temperature.get() > 273
    now = datetime.now(timezone.utc)
    assert next(each for each in readings if each.Time > now), "the same subscription goes on"
    service = client.SiLAService
    said += [service.GetFeatureDefinition(each).FeatureDefinition for each in FEATURES]
    for name in ("ServerName", "ServerDescription", "ServerUUID", "ServerVendorURL", "ServerVersion"):
        said.append(getattr(service, name).get())
    everything = "\n".join([*said, shown, str(client.BoardController.Read())])
    assert "temperature" in everything
    user, password = SECRETS
    assert password not in everything
    assert not {user, str(broker.port)} & set(re.split(r"\W+", everything))
    client.close()
    shelf.serve_no_more()


def test_what_cannot_be_is_said_in_a_sentence(pico, monkeypatch):
    with pytest.raises(InvalidArgument, match="sila=True"):
        serve(pico)
    with pytest.raises(InvalidArgument, match="IPv4"):
        serve(pico, sila="[::1]:50052")
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PicoPanelError, match="cannot be se"):
        serve(pico, sila=f"127.0.0.1:{taken.getsockname()[1]}")
    with (
        serve(pico, sila=f"127.0.0.1:{free_port()}") as first,
        pytest.raises(PicoPanelError, match="Take an"),
    ):
        serve(pico, sila=first.addresses["sila"])
    monkeypatch.setitem(sys.modules, "sila2", None)
    with pytest.raises(PicoPanelError, match=r"pip install 'picopanel\[sila\]'"):
        serve(pico, sila=True)


def test_a_board_that_is_closed_is_told_as_such():
    pico = Pico.demo("closed-soon")
    with serve(pico, sila=f"127.0.0.1:{free_port()}") as serving, connect(serving) as client:
        statuses = client.BoardController.Status.subscribe()
        pico.close()
        assert refused(client.LedController.On) == ("NotConnected", CLOSED)
        assert next(each for each in statuses if each == "closed")
        serving.close()
        assert [*statuses] == [], "a subscription ends with the server"
    assert repr(serving) == f"<served no more: {serving.addresses['sila']}>"


def test_a_program_that_forgets_to_close_it_ends():
    """Also while somebody is subscribed, which holds a thread of the server's."""
    program = f"""if True:
        import ssl, picopanel
        from sila2.client import SilaClient
        pico, port = picopanel.Pico.demo("forgotten"), {free_port()}
        serving = picopanel.serve(pico, sila=port and f"127.0.0.1:{{port}}")
        shown = ssl.get_server_certificate(("127.0.0.1", port)).encode()
        client = SilaClient("127.0.0.1", port, root_certs=shown)
        feature = client.ChannelProvider
        stream = feature._grpc_stub.Subscribe_Readings(feature._pb2_module.Subscribe_Readings_Parameters())
        print("heard", bool(next(stream)))
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "heard True\n"), done.stderr
