"""Brokers, ways and boards that misbehave in one way each."""

import json
import socket
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ..support.listening import Listening, packets
from ..support.way import protocol_level

PLUGIN = "mosquitto_dynamic_security.so"


@contextmanager
def refusing(*, mqtt5=None, mqtt311):
    """A broker that answers CONNECT with a reason code; its port."""

    def attend(client):
        first = client.recv(4096)
        if not first:
            return  # the doctor only knocked
        if protocol_level(first) == 5:
            client.sendall(bytes([0x20, 3, 0, mqtt5, 0]) if mqtt5 else bytes([0x20, 2, 0, 1]))
        else:
            client.sendall(bytes([0x20, 2, 0, mqtt311]))

    with Listening(attend) as broker:
        yield broker.port


@contextmanager
def another_service(*, silent=False):
    """A port at which something else than a broker answers, or nobody; its port."""

    def attend(client):
        while client.recv(4096):
            if not silent:
                client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return

    with Listening(attend) as service:
        yield service.port


class Grudging(Listening):
    """A broker that refuses a client's first subscriptions, as a cluster does that has lost a node.

    Args:
        refusals: How many it refuses.
        hangs_up: Whether it closes the connection of a client that publishes.
    """

    def __init__(self, refusals, *, hangs_up=False):
        self.asked = []
        self._refusals = refusals
        self._hangs_up = hangs_up
        super().__init__(self._speak)

    def _speak(self, client):
        for head, body in packets(client):
            if head == 0x10:
                client.sendall(bytes([0x20, 3, 0, 0, 0]))
            elif head == 0x82:
                client.sendall(self._answer(body))
            elif head & 0xF0 == 0x30 and self._hangs_up:
                break

    def _answer(self, body):
        topics, at = [], 3
        while at < len(body):
            size = int.from_bytes(body[at : at + 2], "big")
            topics.append(body[at + 2 : at + 2 + size].decode())
            at += size + 3
        self.asked.append(topics)
        code = 0x87 if len(self.asked) <= self._refusals else 0
        return bytes([0x90, 3 + len(topics), *body[:2], 0, *[code] * len(topics)])


@contextmanager
def black_hole():
    """A port that answers nothing at all, as behind a firewall that swallows; the port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(2)]
        for each in waiting:  # the queue of connections is full from here on
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for each in waiting:
            each.close()


@contextmanager
def impatient_proxy(port, seconds):
    """A proxy that closes a connection on which nobody has spoken for so long; its port."""

    def pump(source, sink, quiet):
        try:
            while data := source.recv(65536):
                quiet[0] = time.monotonic()
                sink.sendall(data)
        except OSError:
            pass

    def watch(pair, quiet):
        while time.monotonic() - quiet[0] < seconds:
            time.sleep(0.05)
        with suppress(OSError):
            for each in pair:
                each.shutdown(socket.SHUT_RDWR)

    def attend(client):
        with socket.create_connection(("127.0.0.1", port)) as broker:
            quiet = [time.monotonic()]
            Thread(target=watch, args=((client, broker), quiet), daemon=True).start()
            Thread(target=pump, args=(broker, client, quiet), daemon=True).start()
            pump(client, broker, quiet)

    with Listening(attend) as proxy:
        yield proxy.port


class SlowBoard:
    """A board that answers commands.

    Args:
        drops: Whether it answers one each 0.2 s, and drops those that come meanwhile.
        samples: Whether it sends a sample with each answer.
        refuses: What it says instead of carrying a command out.
        login: Its user name and password.
        light: What it says of a second channel, which has no value.
    """

    def __init__(self, port, board_id, *, drops=False, samples=False, refuses=None, login=None, light=None):
        self._channels = {"temperature": {"unit": "Cel"}} | ({"light": light} if light else {})
        self._id, self._busy_until, self._drops, self._samples = board_id, 0.0, drops, samples
        self._refuses = refuses
        self._seq = 0
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
        if login:
            self._client.username_pw_set(*login)
        self._client.on_connect = lambda client, *_: client.subscribe(f"{board_id}/cmd", 1)
        self._client.on_subscribe = lambda *_: self._introduce()
        self._client.on_message = lambda _client, _data, message: self._told(json.loads(message.payload))
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()

    def _introduce(self):
        about = {"protocol": 1, "boot": "ab12cd34", "interval": 1000}
        self._publish("info", about | {"channels": self._channels}, retain=True)
        self._publish("status", "online", retain=True)

    def _told(self, command):
        if self._samples:
            self._seq += 1
            sample = {"boot": "ab12cd34", "seq": self._seq, "up": self._seq * 1000, "ts": None}
            self._publish("telemetry", sample | {"values": {"temperature": 20.0}})
        if self._drops and time.monotonic() < self._busy_until:
            return
        self._busy_until = time.monotonic() + 0.2
        answer = {"experiment_id": command["experiment_id"], "boot": "ab12cd34", "up": 9000, "led": "off"}
        told = {"ok": False, "error": self._refuses} if self._refuses else {"ok": True}
        self._publish("ack", answer | told | {"values": {"temperature": 20.0}})

    def _publish(self, name, payload, **more):
        text = payload if isinstance(payload, str) else json.dumps(payload)
        self._client.publish(f"{self._id}/{name}", text, qos=1, **more)


@contextmanager
def course_board_that_says(word, port, board_id):
    """A board with the course's own code that answers every command with the same word."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
    client.on_message = lambda *_: client.publish(f"{board_id}/onboard_temp", word, qos=1)
    client.connect("127.0.0.1", port)
    client.subscribe(f"{board_id}/onboard_led", 1)
    client.loop_start()
    yield
    client.disconnect()
    client.loop_stop()


def dynamic_security(folder, *, allow):
    """Lines of configuration for the dynamic-security plugin: anybody may connect, and do what `allow` says.

    Args:
        folder: Where its file goes.
        allow: Pairs of an action and a topic.
    """
    acls = [{"acltype": kind, "topic": topic, "priority": 0, "allow": True} for kind, topic in allow]
    denied = ("publishClientSend", "subscribe")
    path = folder / "dynamic-security.json"
    path.write_text(
        json.dumps(
            {
                "defaultACLAccess": dict.fromkeys(denied, False)
                | {"publishClientReceive": True, "unsubscribe": True},
                "groups": [{"groupname": "all", "roles": [{"rolename": "may"}]}],
                "anonymousGroup": "all",
                "roles": [{"rolename": "may", "acls": acls}],
            }
        )
    )
    path.chmod(0o666)
    return [f"plugin {_plugin()}", f"plugin_opt_config_file {path}"]


def _plugin():
    """Where Mosquitto has its dynamic-security plugin."""
    folders = ("/usr/lib", "/usr/local/lib", "/opt/homebrew")
    found = [path for folder in folders for path in Path(folder).rglob(PLUGIN)]
    assert found, f"Mosquitto's {PLUGIN} is not installed"
    return found[0]
