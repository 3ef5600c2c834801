"""What passes over a broker, heard and said with nothing but paho."""

from dataclasses import dataclass
from threading import Event

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.subscribeoptions import SubscribeOptions


@dataclass(frozen=True)
class Heard:
    topic: str
    payload: bytes
    qos: int
    retain: bool


class Spy:
    """An MQTT 5 client that keeps every message, with the retain flag it was published with."""

    def __init__(self, port: int, *, login: tuple[str, str] | None = None) -> None:
        self.messages: list[Heard] = []
        self._ready = Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._keep
        self._client.reconnect_delay_set(1, 1)
        if login:
            self._client.username_pw_set(*login)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._ready.wait(10), "the spy's subscription was not answered"

    def on(self, topic: str) -> list[str]:
        """Return the payloads heard on a topic, in order."""
        return [heard.payload.decode() for heard in list(self.messages) if heard.topic == topic]

    def publish(self, topic: str, payload: str | bytes, *, qos: int = 1, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=qos, retain=retain).wait_for_publish(10)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _subscribe(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe("#", options=SubscribeOptions(qos=2, retainAsPublished=True))

    def _keep(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        self.messages.append(Heard(message.topic, message.payload, message.qos, message.retain))
