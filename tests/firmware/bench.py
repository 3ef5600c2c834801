"""The two benches that `behaviours.py` runs on."""

import json
import time
from queue import Empty

from harness import Notebook, decoded

from tests.support.waiting import PATIENCE


class Bench:
    """Keeps what the board published; `_more` fetches what comes next."""

    def __init__(self):
        self._messages, self._next = [], {}

    def send_json(self, end, fields):
        self.send(end, json.dumps(fields))

    def forget(self):
        """Only what is published from now on counts."""
        self._drain()
        self._messages, self._next = [], {}

    def seen(self, end):
        """All messages on a topic since `forget`."""
        return [message for at, message in self._messages if at == end]

    def ends(self):
        """The topics of all messages since `forget`, in their order."""
        return [end for end, _ in self._messages]

    def wait(self, end, match=lambda message: True):
        """The next message on a topic that matches; those before it are passed over."""
        position = self._next.get(end, 0)
        while True:
            messages = self.seen(end)
            while position < len(messages):
                position += 1
                if match(messages[position - 1]):
                    self._next[end] = position
                    return messages[position - 1]
            self._more(end)

    def _keep(self, end, payload):
        self._messages.append((end, decoded(end, payload)))


class LogicBench(Bench):
    """The logic itself, in a time of its own."""

    def __init__(self, device):
        super().__init__()
        self._device, self._now = device, 1000
        self._retained = {}
        self.come_back()

    def come_back(self):
        """Lose the connection and find it again: the broker hands out what is retained."""
        self.forget()
        self._publish(self._device.connected(self._now))
        for end, payload in self._retained.items():
            self._receive(end, payload, retained=True)

    def unretain(self):
        self._retained = {}

    def send(self, end, payload, retain=False):
        if retain:
            self._retained[end] = payload
        self._now += 1
        self._receive(end, payload, retained=False)

    def _receive(self, end, payload, retained):
        payload = payload if isinstance(payload, bytes) else payload.encode()
        self._publish(self._device.receive(self._device.id + end, payload, retained, self._now))

    def _publish(self, messages):
        for topic, payload, qos, retain in messages:
            assert isinstance(payload, str)
            assert qos in (0, 1)
            assert retain in (True, False)
            self._keep(topic[len(self._device.id) :], payload)

    def _drain(self):
        pass

    def _more(self, end):
        self._now = max(self._now, self._device.next_tick)
        assert self._now < 10_000_000, f"expected a message on {end}; there were {self._messages[-5:]}"
        self._publish(self._device.tick(self._now))


class WireBench(Bench):
    """A real board on a real broker. What the test itself sent is heard as well, and left out."""

    def __init__(self, notebook: Notebook, restart):
        super().__init__()
        self._notebook, self._restart = notebook, restart
        self._wait_for_board()

    def _wait_for_board(self):
        self.wait("/status", lambda word: word == "online")

    def send(self, end, payload, retain=False):
        self._notebook.send(end, payload, retain)

    def wait(self, end, match=lambda message: True):
        self._until = time.monotonic() + PATIENCE  # other messages do not prolong it
        return super().wait(end, match)

    def come_back(self):
        self.forget()
        self._restart()
        self._wait_for_board()

    def unretain(self):
        """Leave nothing behind at the broker for the next behaviour."""
        for end in ("/onboard_led", "/cmd"):
            self._notebook.send(end, b"", retain=True)

    def _drain(self):
        while not self._notebook.messages.empty():
            self._take()

    def _more(self, end):
        try:
            self._take(max(0, self._until - time.monotonic()))
        except Empty:
            raise AssertionError(f"expected a message on {end}; the last: {self._messages[-5:]}") from None

    def _take(self, seconds=0):
        topic, payload = self._notebook.next(seconds)
        if topic not in ("/onboard_led", "/cmd"):
            self._keep(topic, payload)
