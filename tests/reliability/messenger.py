"""Numbers sent at QoS 1 from one server of a cluster to another: which were acknowledged, which arrived."""

import time
from threading import Event, Thread

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

TOPIC = "messenger/number"


class Messenger:
    """Sends twenty numbers a second from one port to another until `stop()`."""

    def __init__(self, sender: int, receiver: int) -> None:
        self.acknowledged: set[int] = set()
        self.arrived: set[int] = set()
        self._listening, self._stopped = Event(), Event()
        self._receiver, self._sender = _client(receiver), _client(sender)
        self._receiver.on_subscribe = lambda *_: self._listening.set()
        self._receiver.on_message = lambda _, __, message: self.arrived.add(int(message.payload))
        self._receiver.subscribe(TOPIC, 1)
        assert self._listening.wait(10), "the receiver's subscription is answered"
        self._thread = Thread(target=self._send, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(60)
        assert not self._thread.is_alive(), "the last numbers are not acknowledged within a minute"

    def close(self) -> None:
        for client in (self._sender, self._receiver):
            client.disconnect()
            client.loop_stop()

    def _send(self) -> None:
        waiting: list[tuple[int, mqtt.MQTTMessageInfo]] = []
        number = 0
        while waiting or not self._stopped.is_set():
            if not self._stopped.is_set():
                waiting.append((number, self._sender.publish(TOPIC, str(number), 1)))
                number += 1
            self.acknowledged |= {number for number, info in waiting if info.is_published()}
            waiting = [(number, info) for number, info in waiting if not info.is_published()]
            time.sleep(0.05)


def _client(port: int) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    return client
