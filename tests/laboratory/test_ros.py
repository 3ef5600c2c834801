"""ROS 2, through a real rosbridge: asked by roslibpy's own client, and by a node of rclpy."""

import asyncio
import json
import ssl
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from queue import SimpleQueue
from threading import BoundedSemaphore, Thread

import pytest
import roslibpy
import trustme

from picopanel import InvalidArgument, Pico, PicoPanel, PicoPanelError, serve
from picopanel._device.following import Reading
from picopanel._errors import CLOSED
from picopanel._serve import ros
from picopanel._serve.ros_messages import ros_name

from ..support.ports import free_port
from ..support.ros import Rosbridge
from ..support.waiting import eventually
from .conftest import SECRETS, broken

TEMPERATURE, FLOAT = "sensor_msgs/msg/Temperature", "std_msgs/msg/Float64"
BOOL, STRING = "std_msgs/msg/Bool", "std_msgs/msg/String"


@pytest.fixture(scope="module")
def bridge(tmp_path_factory):
    bridge = Rosbridge(tmp_path_factory.mktemp("ros")).start()
    yield bridge
    bridge.kill()


@pytest.fixture
def frail(tmp_path):
    """One that a test may hang and end; not started yet."""
    bridge = Rosbridge(tmp_path)
    yield bridge
    bridge.kill()


@pytest.fixture(scope="module")
def serving(pico, bridge):
    with serve(pico, ros=bridge.address) as serving:
        yield serving


class Robot:
    """A client of the laboratory, which knows one board's topics and services."""

    def __init__(self, bridge, device_id):
        self._ros = roslibpy.Ros("127.0.0.1", bridge.port)
        self._ros.run(10)
        self._board = f"/{ros_name(device_id)}"

    def call(self, service, kind="Trigger", within=10, **arguments):
        it = roslibpy.Service(self._ros, f"{self._board}/{service}", f"std_srvs/srv/{kind}")
        answer = it.call(roslibpy.ServiceRequest(arguments), timeout=within)
        return answer["success"], answer["message"]

    def set_led(self, on):
        return self.call("set_led", "SetBool", data=on)

    def is_answered(self):
        """Whether the board answers; ROS needs its time to make known what is there."""
        with suppress(roslibpy.core.ServiceException, roslibpy.core.RosTimeoutError):
            return self.call("read", within=1)[0]
        return False

    def follow(self, topic, kind):
        """Return a queue of what is heard from now on, and of what is latched."""
        heard = SimpleQueue()
        roslibpy.Topic(self._ros, f"{self._board}/{topic}", kind).subscribe(heard.put)
        return heard

    def latest(self, topic, kind):
        """Return a function that says what was heard last."""
        heard = []
        roslibpy.Topic(self._ros, f"{self._board}/{topic}", kind).subscribe(
            lambda it: heard.append(it["data"])
        )
        return lambda: heard[-1] if heard else None

    def read_no_more(self):
        self._ros.factory._proto.transport.pauseProducing()

    def close(self):
        self._ros.factory.maxRetries = 0
        self._ros.close()


@pytest.fixture
def connect(bridge):
    """Connects one more client."""
    robots = []

    def robot(device_id):
        robots.append(Robot(bridge, device_id))
        return robots[-1]

    yield robot
    for each in robots:
        each.close()


@pytest.fixture
def robot(connect, serving, well):
    robot = connect(well._device.id)
    eventually(robot.is_answered, "the board answers")
    return robot


def test_a_service_answers_when_the_board_has_answered(robot, well):
    led = robot.latest("led", BOOL)
    well.faults.slow(0.3)
    begun = time.monotonic()
    success, sentence = robot.call("toggle")
    assert time.monotonic() - begun >= 0.6, "there and back"
    assert success
    assert sentence.startswith(f"toggle: LED {'on' if well.led else 'off'}, ")
    eventually(lambda: led() is well.led, "the topic has it")


def test_what_fails_says_why(robot, serving, well):
    well.faults.lose_replies(1)
    success, sentence = robot.set_led(True)
    assert not success
    assert sentence.startswith("No answer to 'on' within 3 s.")
    with pytest.raises(roslibpy.core.ServiceException, match="data"):  # the bridge's own refusal
        robot.set_led("maybe")
    set_led = next(call for name, (_, call) in serving._fronts["ros"]._services.items() if "set_led" in name)
    with pytest.raises(InvalidArgument, match="true or false"):
        set_led({"data": "maybe"})
    with pytest.raises(roslibpy.core.ServiceException):
        robot.call("explode")
    assert robot.call("blink")[1].startswith("blink: ")
    assert robot.set_led(False)[0]


def test_a_node_of_ros_agrees(bridge, serving, well):
    node = bridge.node(Path(__file__).with_name("ros_node.py"), f"/{ros_name(well._device.id)}")
    said = json.loads(node.wait_for("said ")[5:])
    assert said["answered"][0] is said["led"] is well.led is True
    assert said["temperature"] == pytest.approx(well.temperature, abs=5)
    at = datetime.fromtimestamp(said["time"], timezone.utc)
    table = well.to_dataframe()
    assert abs(table[table.channel == "temperature"].time - at).min().total_seconds() < 0.002
    assert said["frame"] == ros_name(well._device.id)
    node.finish()


UNITS = [
    ("bath", "°C", 21.5, "sensor_msgs/msg/Temperature", "temperature", 21.5),
    ("light", "lx", 120.0, "sensor_msgs/msg/Illuminance", "illuminance", 120.0),
    ("air", "hPa", 1013.0, "sensor_msgs/msg/FluidPressure", "fluid_pressure", 101300.0),
    ("humidity", "%", 45.0, "sensor_msgs/msg/RelativeHumidity", "relative_humidity", 0.45),
    ("fill level", "%", 45.0, FLOAT, "data", 45.0),
    ("led", "", 3.0, FLOAT, "data", 3.0),  # the LED's topic has this name
    ("light", "V", 0.7, FLOAT, "data", 0.7),  # a unit that has changed
]
TOPICS = "bath", "light", "air", "humidity", "fill_level", "led_2", "light_2"


def test_each_unit_has_its_message_and_the_bridge_takes_it(bridge, connect):
    moment = datetime(2031, 5, 6, 7, 8, 9, 123456, timezone.utc)
    with Pico.demo("units") as pico, serve(pico, ros=bridge.address) as serving:
        robot = connect("units")
        front = serving._fronts["ros"]
        for topic, (channel, unit, value, kind, field, expected) in zip(TOPICS, UNITS, strict=True):
            heard = robot.follow(topic, kind)
            reading = Reading(moment, channel, value, unit, None, False)
            eventually(lambda: front.take(reading) or not heard.empty(), f"{topic} is heard")
            message = heard.get()
            assert message[field] == pytest.approx(expected)
            if kind != FLOAT:
                assert message["header"]["stamp"] == {"sec": 1935817689, "nanosec": 123456000}
    assert not [line for line in bridge.complaints if 'op="publish"' in line or 'op="advertise' in line]


@pytest.mark.parametrize(
    ("text", "name"),
    [("bench-1", "bench_1"), ("1-4", "pico_1_4"), ("__a--b__", "a_b"), ("größe", "gr_e"), ("µ", "pico")],
)
def test_what_ros_may_call_something(text, name):
    assert ros_name(text) == name
    assert ros_name(text, {name, f"{name}_2"}) == f"{name}_3"


def test_what_a_board_kept_while_it_was_away_comes_with_the_boards_own_times(robot, well):
    heard, stamps = robot.follow("temperature", TEMPERATURE), set()
    since = datetime.now(timezone.utc)
    well.faults.wifi_drop(2)
    well.sleep(2)

    def missing():
        while not heard.empty():
            message = heard.get()
            stamp = message["header"]["stamp"]
            stamps.add((round(stamp["sec"] * 1000 + stamp["nanosec"] / 1e6), message["temperature"]))
        table = well.to_dataframe()
        rows = table[(table.channel == "temperature") & (table.time > since)]
        kept = {(round(row.time.timestamp() * 1000), row.value) for row in rows.itertuples()}
        return kept - stamps if len(kept) >= 2 else None

    eventually(lambda: missing() == set(), "all that the board has kept is heard", seen=missing)


def test_two_clients_at_once_and_each_call_is_answered(connect, robot, well):
    other = connect(well._device.id)
    robot.set_led(False)
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(each.call, "toggle") for _ in range(10) for each in (robot, other)]
    lit = ["LED on" in answer.result()[1] for answer in answers]
    assert sorted(lit) == [False] * 10 + [True] * 10
    led = other.latest("led", BOOL)
    eventually(lambda: led() is well.led is False, "both agree")


def test_more_calls_than_a_board_can_answer_are_refused_at_once(robot, serving, well, monkeypatch):
    monkeypatch.setattr(serving._fronts["ros"], "_calls", BoundedSemaphore(1))
    well.faults.slow(0.5)
    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(robot.call, "read") for _ in range(3)]
    refused = [said for success, said in (answer.result() for answer in answers) if not success]
    assert refused == ["Too many calls wait for the board; nothing was sent."] * 2


def test_a_client_that_does_not_read_costs_nobody_else_their_values(connect, robot, serving, well):
    deaf = connect(well._device.id)
    deaf.follow("limits", STRING)
    deaf.read_no_more()
    heard = robot.follow("temperature", TEMPERATURE)
    reading = Reading(datetime.now(timezone.utc), "light", 1.0, "lx", None, True)
    for _ in range(60):  # more than the sockets between hold
        serving._fronts["ros"].crossed(reading, "above " + "0" * 100_000)
    before = heard.get(timeout=10)
    assert robot.call("read")[0]
    assert heard.get(timeout=10)["header"]["stamp"] != before["header"]["stamp"]


def test_a_bridge_that_does_not_read_is_given_up_and_looked_for_again(frail, monkeypatch):
    """What waits for it is bounded."""
    monkeypatch.setattr(ros, "_PING", 1)
    monkeypatch.setattr(ros, "_TRY_AGAIN", 0.3)
    monkeypatch.setattr(ros, "_MOST_WAITING", 50)
    frail.start()
    with Pico.demo("stuck") as pico, serve(pico, ros=frail.address) as serving:
        front = serving._fronts["ros"]
        first = front._protocol
        frail.hang()
        eventually(lambda: front._protocol is None, "it is given up")
        for number in range(100):
            front.take(Reading(datetime.now(timezone.utc), "light", float(number), "lx", None, True))
        assert len(front._waiting) == 50
        assert pico.toggle().led is not None, "nobody else waits for it"
        frail.go_on()
        eventually(lambda: front._protocol not in (None, first), "it is found again")
        eventually(lambda: not front._waiting, "what has waited is told")
        robot = Robot(frail, "stuck")
        eventually(robot.is_answered, "the board answers")
        robot.close()


def test_a_bridge_that_was_not_there_and_comes_and_is_started_anew(frail, monkeypatch):
    """A new bridge knows nothing: all is advertised again, and what is latched is said again."""
    monkeypatch.setattr(ros, "_TRY_AGAIN", 0.3)
    with Pico.demo("patient") as pico, serve(pico, ros=frail.address) as serving:
        assert serving.says == [
            f"ROS: ws://{frail.address} (no rosbridge is there yet; topics and services in /patient)"
        ]
        for _ in range(2):
            frail.start()
            robot = Robot(frail, "patient")
            status, led = robot.latest("status", STRING), robot.latest("led", BOOL)
            eventually(robot.is_answered, "the board answers")
            assert robot.set_led(True)[0]
            eventually(lambda: (status(), led()) == ("online", True), "all is there")
            robot.close()
            frail.kill()
        eventually(lambda: serving._fronts["ros"]._waiting, "readings wait for a bridge")


def test_served_no_more_and_again_in_one_process(bridge, connect):
    """roslibpy's thread is one for a process: what ends must not end the others, nor come back."""
    with Pico.demo("left") as left, Pico.demo("right") as right, serve(right, ros=bridge.address):
        robots = connect("left"), connect("right")
        for _ in range(2):
            with serve(left, ros=bridge.address):
                for robot in robots:
                    eventually(robot.is_answered, "each board answers")
            eventually(lambda: not robots[0].is_answered(), "it is served no more")
            assert robots[1].is_answered()


def test_a_board_that_is_closed_is_told_as_such(bridge, connect):
    with Pico.demo("closed-soon") as pico, serve(pico, ros=bridge.address):
        robot = connect("closed-soon")
        status = robot.latest("status", STRING)
        eventually(robot.is_answered, "the board answers")
        pico.close()
        assert robot.call("toggle") == (False, CLOSED)
        eventually(lambda: status() == "closed", "it is told")


def test_limits_that_are_crossed_are_told(robot, well):
    heard = robot.follow("limits", STRING)
    well.limit("temperature", high=-20)
    sentence = heard.get(timeout=10)["data"]
    well.remove_limit()
    assert sentence.startswith("temperature is ")
    assert sentence.endswith("°C, above -20 °C.")


def test_on_the_command_line_with_a_real_broker_that_goes_and_comes(shelf, bridge, connect):
    """And a panel beside it; both agree. Nothing of the broker is said to ROS."""
    says = shelf.serve("--ros", bridge.address).wait_for("ROS: ")
    assert says == f"ROS: ws://{bridge.address} (ROS 2; topics and services in /shelf)"
    robot = connect("shelf")
    led, status = robot.latest("led", BOOL), robot.latest("status", STRING)
    eventually(lambda: status() == "online", "it is online", within=20)
    with PicoPanel("shelf", broker=shelf.url) as panel:
        eventually(lambda: panel.status == "online", "the panel sees it")
        for on in (True, False):
            assert robot.set_led(on)[0]
            eventually(lambda: panel.led is led() is on, "both agree")
        panel.on()
        eventually(led, "what the panel does is told")
    shelf.broker.kill()
    eventually(lambda: status() == "lost", "the broker is missed")
    success, sentence = robot.set_led(True)
    assert not success
    assert SECRETS[1] not in sentence
    shelf.broker.start()
    eventually(lambda: status() == "online", "it is back", within=30)
    shelf.board.kill()
    eventually(lambda: status() == "offline", "the board is missed")
    assert robot.set_led(True) == (False, "'on' was not sent. The Pico is offline.")
    shelf.plug_in()
    eventually(lambda: status() == "online", "it is back", within=30)
    shelf.serve_no_more()


def test_wss_is_encrypted_and_the_certificate_is_looked_at(bridge, run, tmp_path, serving):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with wrapped(bridge.port, authority.issue_cert("localhost")) as port:
        serves = "print(picopanel.serve(picopanel.Pico.demo('deep'), ros={!r}).says)"
        inside, outside = serves.format(f"wss://localhost:{port}"), serves.format(bridge.address)
        anyhow = serves.format(f"WSS://localhost:{port}")
        found = run("-c", f"import picopanel; {inside}; {outside}", SSL_CERT_FILE=str(tmp_path / "ca.pem"))
        assert "(ROS 2;" in found.wait_for("['ROS: wss:")
        assert "(ROS 2;" in found.wait_for("['ROS: ws:"), "the other kind, in the same process"
        assert "(no rosbridge is there yet;" in run("-c", f"import picopanel; {anyhow}").wait_for("[")
        with Pico.demo("deep") as pico, pytest.raises(PicoPanelError, match="ROSLIBPY_TRANSPORT=asyncio"):
            serve(pico, ros=f"wss://localhost:{port}")


@contextmanager
def wrapped(port, certificate):
    """A port at which another one is reached through TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    loop = asyncio.new_event_loop()

    async def pump(reader, writer):
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def meet(reader, writer):
        inner = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, inner[1]), pump(inner[0], writer), return_exceptions=True)

    Thread(target=loop.run_forever, daemon=True).start()
    listening = asyncio.start_server(meet, "localhost", free_port(), ssl=context)
    server = asyncio.run_coroutine_threadsafe(listening, loop).result()
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(loop.stop)


def test_what_cannot_be_is_said_in_a_sentence(pico, monkeypatch):
    for where in ("everywhere", "http://127.0.0.1:9090", "ws://", "ws://[", "ws://127.0.0.1:99999"):
        with pytest.raises(InvalidArgument, match="A rosbridge is at a host and a port"):
            serve(pico, ros=where)
    with pytest.raises(InvalidArgument, match="It knows no users") as caught:
        serve(pico, ros="ws://ada:s3cret-word@127.0.0.1:9090")
    assert "s3cret-word" not in str(caught.value)
    monkeypatch.setitem(sys.modules, "roslibpy", None)
    with pytest.raises(PicoPanelError, match=r"pip install 'picopanel\[ros\]'"):
        serve(pico, ros=True)


def test_what_the_bridge_refuses_is_said_once(bridge, caplog):
    with Pico.demo("odd") as pico, serve(pico, ros=bridge.address) as serving:
        for _ in range(3):
            serving._fronts["ros"]._put(("strange", "nowhere_msgs/msg/Nothing"), {})
        eventually(lambda: caplog.messages, "it is said")
        pico.sleep(0.3)
    said = [line for line in caplog.messages if "nowhere_msgs" in line]
    assert said[0].startswith(f"The rosbridge at ws://{bridge.address} says: ")
    assert len(said) == len(set(said))


def test_a_sensor_that_fails_is_told(robot, well):
    failing = robot.latest("failing", STRING)
    eventually(lambda: failing() == "", "all is well")
    broken.add("lens")
    eventually(lambda: (failing() or "").startswith("turbidity: "), "it fails", seen=failing)
    broken.clear()
    eventually(lambda: failing() == "", "it is mended", within=30)
