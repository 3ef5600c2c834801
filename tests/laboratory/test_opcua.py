"""OPC UA, asked by asyncua's own client and by node-opcua's."""

import gc
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from queue import SimpleQueue

import pytest
import trustme
from asyncua import ua
from asyncua.sync import Client, ThreadLoop

from picopanel import InvalidArgument, Pico, PicoPanel, PicoPanelError, serve
from picopanel._device.following import Reading
from picopanel._serve.opcua_nodes import NODESETS as NODESET_FILES

from ..support.npm import npm_file, npm_package
from ..support.ports import free_port
from ..support.waiting import eventually
from .conftest import SECRETS, broken

NODESETS = "node-opcua-nodesets@2.182.0"
NODE_OPCUA = "node-opcua-client@2.182.2"


@pytest.fixture(scope="module")
def nodesets():
    """The OPC Foundation's own files, as node-opcua ships them."""
    return npm_file(NODESETS, "nodesets")


@pytest.fixture(scope="module")
def serving(pico, nodesets):
    with serve(pico, opcua=f"127.0.0.1:{free_port()}", nodesets=nodesets) as serving:
        yield serving


@pytest.fixture(scope="module")
def thread():
    with ThreadLoop() as thread:
        yield thread


class Laboratory:
    """A client of the laboratory, by the names of the board's nodes."""

    def __init__(self, address, device_id, thread):
        self._client = Client(address, tloop=thread, timeout=8)
        self._client.connect()
        self._index = self._client.get_namespace_index("urn:picopanel")
        self._id = device_id
        self.heard = SimpleQueue()

    def node(self, *names):
        return self._client.get_node(ua.NodeId(".".join((self._id, *names)), self._index))

    def data(self, *names):
        return self.node(*names).read_data_value(raise_on_bad_status=False)

    def quality(self, *names):
        return self.data(*names).StatusCode.name

    def call(self, name, *given):
        return self.node().call_method(self.node(name), *given)

    def refused(self, name, *given):
        with pytest.raises(ua.UaStatusCodeError) as caught:
            self.call(name, *given)
        return ua.StatusCode(caught.value.code).name

    def follow(self, *names, queuesize=0):
        """Hear every value, also one that is as the last was."""
        subscription = self._client.create_subscription(50, self).aio_obj
        every = ua.DataChangeFilter(Trigger=ua.DataChangeTrigger.StatusValueTimestamp)
        node = self.node(*names).aio_obj
        self._client.tloop.post(subscription._subscribe(node, mfilter=every, queuesize=queuesize))

    def follow_events(self):
        index = self._index
        types = [
            self._client.get_node(ua.ObjectIds.BaseEventType).get_child(f"{index}:{name}EventType")
            for name in ("CommandFailed", "LimitCrossed", "Marked")
        ]
        self._client.create_subscription(50, self).subscribe_events(ua.ObjectIds.Server, types)

    def datachange_notification(self, node, value, data):
        self.heard.put(data.monitored_item.Value)

    def event_notification(self, event):
        self.heard.put(event)

    def status_change_notification(self, status):
        self.heard.put(status)

    def close(self):
        self._client.disconnect()


@pytest.fixture
def connect(thread):
    """Connects one more client."""
    clients = []

    def client(serving, device_id):
        clients.append(Laboratory(serving.addresses["opcua"], device_id, thread))
        return clients[-1]

    yield client
    for each in clients:
        each.close()


@pytest.fixture
def client(connect, serving, well):
    client = connect(serving, well._device.id)
    eventually(lambda: client.quality("Status") == "Good", "the board is told")
    eventually(lambda: client.data("Status").Value.Value == "online", "it is online")
    return client


def test_the_board_is_a_device_of_lads(client, well):
    index = client._client.get_namespace_index("http://opcfoundation.org/UA/LADS/")
    types = {
        ("led",): "TwoStateDiscreteSensorFunctionType",
        ("temperature",): "AnalogScalarSensorFunctionType",
        (): "LADSDeviceType",
    }
    eventually(lambda: client.data("turbidity", "SensorValue").Value.Value == 3.5, "all channels are there")
    for names, kind in types.items():
        type_of = client._client.get_node(client.node(*names).read_type_definition())
        assert type_of.read_browse_name() == ua.QualifiedName(kind, index)
    assert client.node().get_parent().read_browse_name().Name == "DeviceSet"
    unit = client.node("temperature", "SensorValue", "EngineeringUnits").read_value()
    assert (unit.UnitId, unit.DisplayName.Text) == (0x43454C, "°C"), "UNECE's CEL"
    assert client.node("turbidity", "SensorValue", "EngineeringUnits").read_value().UnitId == -1
    assert client.node("led", "SensorValue", "TrueState").read_value().Text == "on"


def test_a_method_returns_when_the_board_has_answered(client, well):
    well.faults.slow(0.3)
    begun = time.monotonic()
    led, temperature, latency, certain = client.call("Toggle")
    assert time.monotonic() - begun >= latency >= 0.6, "there and back"
    assert (led, certain) == (well.led, True)
    assert temperature == pytest.approx(well.temperature, abs=5)
    eventually(lambda: client.data("led", "SensorValue").Value.Value is led, "the node has it")


def test_each_way_to_fail_has_its_own_status_code_and_a_sentence(client, well):
    client.follow_events()
    well.faults.lose_replies(1)
    assert client.refused("Off") == "BadTimeout"
    assert client.refused("Set", "nothing", 1.0) == "BadRequestNotAllowed"
    assert client.refused("Blink", "soon", 1.0) == "BadInvalidArgument"
    assert client.refused("Blink", float("nan"), 1.0) == "BadInvalidArgument"
    assert client.refused("Mark", "") == "BadInvalidArgument"
    assert client.refused("Blink", 1.0) == "BadArgumentsMissing"
    assert client.refused("Toggle", 1.0) == "BadTooManyArguments"
    said = [client.heard.get(timeout=5).Message.Text for _ in range(5)]
    assert said[0].startswith("No answer to 'off' within 3 s.")
    assert said[1].startswith("The board declined 'nothing=1.0'")


def test_marks_and_crossed_limits_are_events(client, well):
    client.follow_events()
    client.call("Mark", "lid off")
    assert client.heard.get(timeout=5).Message.Text == "lid off"
    well.limit("temperature", high=-20)
    event = client.heard.get(timeout=10)
    well.remove_limit()
    assert event.Message.Text.endswith("°C, above -20 °C.")
    assert event.SourceName.endswith(".temperature")


def test_a_sensor_that_fails_is_told_of_its_channel_alone(client, well):
    turbidity, temperature = ("turbidity", "SensorValue"), ("temperature", "SensorValue")
    eventually(lambda: client.quality(*turbidity) == "Good", "it measures")
    broken.add("lens")
    eventually(lambda: client.quality(*turbidity) == "BadSensorFailure", "it fails")
    assert client.quality(*temperature) == "Good"
    broken.clear()
    eventually(lambda: client.quality(*turbidity) == "Good", "it is mended", within=30)


def test_what_a_board_kept_while_it_was_away_comes_with_the_boards_own_times(client, well):
    client.follow("temperature", "SensorValue")
    since = datetime.now(timezone.utc)
    well.faults.wifi_drop(3)
    well.sleep(3)
    heard = set()

    def missing():
        while not client.heard.empty():
            data = client.heard.get()
            heard.add((round(data.SourceTimestamp.timestamp() * 1000), data.Value.Value))
        table = well.to_dataframe()
        rows = table[(table.channel == "temperature") & (table.time > since)]
        kept = {(round(row.time.timestamp() * 1000), row.value) for row in rows.itertuples()}
        return kept - heard if len(kept) >= 2 else None

    eventually(lambda: missing() == set(), "all that the board has kept is heard", seen=missing)


def test_two_clients_at_once_and_each_call_is_answered(connect, client, serving, well):
    other = connect(serving, well._device.id)
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(each.call, "Toggle") for _ in range(10) for each in (client, other)]
    before = [answer.result()[0] for answer in answers]
    assert sorted(before) == [False] * 10 + [True] * 10
    eventually(lambda: other.data("led", "SensorValue").Value.Value is well.led, "both agree")


def test_a_client_that_does_not_read_costs_a_bounded_memory_and_nobody_else_their_values(
    connect, client, serving, well
):
    """A flood, so that the oldest for it go: what a queue may hold is what the client has asked for."""
    front = serving._fronts["opcua"]
    deaf = connect(serving, well._device.id)
    deaf.follow("turbidity", "SensorValue", queuesize=100)
    transport = deaf._client.aio_obj.uaclient.protocol.transport
    deaf._client.tloop.post(_call(transport.pause_reading))
    client.follow("turbidity", "SensorValue")

    expected = []

    def flood(count, value):
        for number in range(count):
            moment = datetime.now(timezone.utc)
            front.take(Reading(moment, "turbidity", value + number / count, "NTU", None, True))
            if number % 100 == 0:
                eventually(lambda: len(front._waiting) < 200, "it keeps up")
        eventually(lambda: not front._waiting, "all is passed on")
        expected.append(count)
        eventually(
            lambda: client.heard.qsize() >= sum(expected), "the other has them", seen=client.heard.qsize
        )

    def kept():
        """Return how many values there are, here and on their way, but those that were heard."""
        gc.collect()
        return sum(type(each) is ua.DataValue for each in gc.get_objects()) - client.heard.qsize()

    flood(500, 10.0)
    first = kept()
    flood(2000, 20.0)
    more = lambda: kept() - first  # noqa: E731 - until the other has said that it has them, they are kept
    eventually(lambda: more() < 100, "values kept for 2000 readings more are let go", within=30, seen=more)
    deaf._client.tloop.post(_call(transport.resume_reading))


async def _call(function):
    function()


def test_nonsense_ends_nothing(client, serving):
    port = int(serving.addresses["opcua"].rsplit(":", 1)[1].split("/")[0])
    for junk in (b"GET / HTTP/1.1\r\n\r\n", b"HELF\xff\xff\xff\x7f" + bytes(64), random.randbytes(4096)):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as stranger:
            stranger.sendall(junk)
    assert client.call("Read")[3] is True
    with pytest.raises(ua.UaStatusCodeError):
        client.node("temperature", "SensorValue").write_value(1.0)


def test_agrees_with_node_opcua(serving, well, tmp_path):
    """A second client, which shares no line with asyncua's."""
    script = shutil.copy(os.path.join(os.path.dirname(__file__), "node_opcua.js"), tmp_path)
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "NODE_PATH": str(npm_package(NODE_OPCUA) / "node_modules"),
    }
    done = subprocess.run(
        ["node", script, serving.addresses["opcua"], well._device.id],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    said = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("said "))[5:])
    assert (said["status"], said["unit"], said["toggled"], said["refused"]) == (
        "Good",
        "°C",
        "Good",
        "BadRequestNotAllowed",
    )
    assert said["led"] is well.led


def test_where_others_reach_it_a_certificate_that_is_listed_is_the_only_way_in(pico, tmp_path, thread):
    with pytest.raises(InvalidArgument, match="cert=, key= and clients="):
        serve(pico, opcua="0.0.0.0:4840")
    keys = rsa_keys(tmp_path, "server", "friend", "stranger")
    clients = tmp_path / "clients"
    clients.mkdir()
    shutil.copy(keys["friend"][0], clients)
    where = f"127.0.0.1:{free_port()}"
    with serve(pico, opcua=where, cert=keys["server"][0], key=keys["server"][1], clients=clients) as serving:
        address = serving.addresses["opcua"]
        with pytest.raises((ua.UaError, OSError)):  # there is no such endpoint
            Laboratory(address, pico._device.id, thread)
        assert enter(address, keys["friend"], thread) == "online"
        with pytest.raises(ua.UaStatusCodeError):
            enter(address, keys["stranger"], thread)


def rsa_keys(folder, *names):
    found = {}
    for name in names:
        made = trustme.CA(key_type=trustme.KeyType.RSA).issue_cert("localhost", key_type=trustme.KeyType.RSA)
        cert, key = folder / f"{name}.{'crt' if name == 'server' else 'pem'}", folder / f"{name}-key.pem"
        cert.write_bytes(made.cert_chain_pems[0].bytes())
        key.write_bytes(made.private_key_pem.bytes())
        found[name] = cert, key
    return found


def enter(address, pair, thread):
    cert, key = map(str, pair)
    client = Client(address, tloop=thread)
    client.set_security_string(f"Basic256Sha256,SignAndEncrypt,{cert},{key}")
    client.load_client_certificate(cert)
    client.load_private_key(key)
    with client:
        index = client.get_namespace_index("urn:picopanel")
        (device,) = [
            each for each in client.nodes.objects.get_children() if each.nodeid.NamespaceIndex == index
        ]
        return device.get_child(f"{index}:Status").read_value()


def test_on_the_command_line_with_a_real_broker_that_goes_and_comes(shelf, thread):
    """Without nodesets: OPC UA's own types. Nothing of the broker is in the address space."""
    broker, port = shelf.broker, free_port()
    says = shelf.serve("--opcua", f"127.0.0.1:{port}").wait_for("OPC UA: ")
    assert says == f"OPC UA: opc.tcp://127.0.0.1:{port}/picopanel (OPC UA's own types)"
    client = Laboratory(f"opc.tcp://127.0.0.1:{port}/picopanel", "shelf", thread)
    temperature = "temperature", "SensorValue"
    eventually(lambda: client.quality(*temperature) == "Good", "it measures", within=20)
    agrees_with_a_panel(client, shelf.url)
    shelf.board.hang()
    eventually(lambda: client.quality(*temperature).startswith("Uncertain"), "it is silent", within=30)
    shelf.board.go_on()
    eventually(lambda: client.quality(*temperature) == "Good", "it goes on", within=30)
    broker.kill()
    eventually(lambda: client.quality(*temperature) == "BadNoCommunication", "the broker is missed")
    assert client.refused("On") == "BadNoCommunication"
    broker.start()
    eventually(lambda: client.quality(*temperature) == "Good", "it is back", within=30)
    shelf.board.kill()
    eventually(lambda: client.quality(*temperature) == "BadNoCommunication", "the board is missed")
    shelf.plug_in()
    eventually(lambda: client.quality(*temperature) == "Good", "it is back", within=30)
    everything = text_of(client._client.nodes.root)
    assert "shelf.temperature" in everything
    user, password = SECRETS
    for secret in (password, user, str(broker.port)):
        assert secret not in everything.split()
    assert password not in everything
    client.close()
    shelf.serve_no_more()


def agrees_with_a_panel(client, url):
    """One that another process has open, beside it."""
    panel = PicoPanel("shelf", broker=url)
    try:
        assert client.call("On")[0] is True
        eventually(lambda: panel._now()["led"] is panel.led is True, "the panel shows what a client has done")
        panel.off()
        eventually(lambda: client.data("led", "SensorValue").Value.Value is False, "and the other way round")
    finally:
        panel.close()


def text_of(root):
    """Return all names and values of an address space, but for the standard's own namespace."""
    found, waiting, seen = [], [root], set()
    while waiting:
        node = waiting.pop()
        if node.nodeid in seen or (
            node.nodeid.NamespaceIndex == 0 and node.nodeid.Identifier not in (84, 85)
        ):
            continue
        seen.add(node.nodeid)
        found.append(f"{node.nodeid} {node.read_display_name().Text}")
        if node.read_node_class() == ua.NodeClass.Variable:
            found.append(str(node.read_data_value(raise_on_bad_status=False)))
        waiting += node.get_children()
    return "\n".join(found)


def test_an_address_of_ipv6_is_one_too(pico, thread):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with (
        serve(pico, opcua=f"[::1]:{free_port()}") as serving,
        Client(serving.addresses["opcua"], tloop=thread) as client,
    ):
        assert "urn:picopanel" in client.get_namespace_array()


def test_what_cannot_be_is_said_in_a_sentence(pico, monkeypatch, tmp_path):
    with pytest.raises(InvalidArgument, match="opcua=True"):
        serve(pico)
    with pytest.raises(InvalidArgument, match="a host and a port"):
        serve(pico, opcua="everywhere")
    with pytest.raises(InvalidArgument, match="a host and a port"):
        serve(pico, opcua=99999)
    with pytest.raises(InvalidArgument, match=r"lacks Opc\.Ua\.Di"):
        serve(pico, opcua=f"127.0.0.1:{free_port()}", nodesets=tmp_path)
    for name in NODESET_FILES:
        (tmp_path / name).write_text("<html><p>Not found")
    with pytest.raises(InvalidArgument, match=r"Opc\.Ua\.Di.* is no nodeset"):
        serve(pico, opcua=f"127.0.0.1:{free_port()}", nodesets=tmp_path)
    keys = rsa_keys(tmp_path, "one", "other")
    with pytest.raises(InvalidArgument, match="See that they belong together"):
        serve(pico, opcua=f"127.0.0.1:{free_port()}", cert=keys["one"][0], key=keys["other"][1])
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PicoPanelError, match="cannot be se"):
        serve(pico, opcua=f"127.0.0.1:{taken.getsockname()[1]}")
    monkeypatch.setitem(sys.modules, "asyncua", None)
    with pytest.raises(PicoPanelError, match=r"pip install 'picopanel\[opcua\]'"):
        serve(pico, opcua=True)


def test_a_board_that_is_closed_is_told_as_such(thread):
    pico = Pico.demo("closed-soon")
    with serve(pico, opcua=f"127.0.0.1:{free_port()}") as serving:
        client = Laboratory(serving.addresses["opcua"], "closed-soon", thread)
        pico.close()
        assert client.refused("On") == "BadShutdown"
        eventually(lambda: client.data("Status").Value.Value == "closed", "it says so")
        assert client.quality("led", "SensorValue") == "BadNoCommunication"
        client.close()
    assert repr(serving) == f"<served no more: {serving.addresses['opcua']}>"
