"""One place in a virtual class: a station that others drive, and that may have a fault."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from enum import Enum
from typing import Any

import paho.mqtt.client as paho

from .._broker import Broker
from .._link import LinkStatus
from .._link.virtual_board import Message, VirtualBoard
from ._station import BACKOFF, Station

KEEP_UP_EVERY = 1.0
"""Seconds between two looks after pings and what could not be sent at once."""


class Trouble(Enum):
    """What is wrong with a board, now and then."""

    WIFI = "drops its Wi-Fi now and then"
    REBOOT = "reboots now and then"
    REPLIES = "loses every third reply"


class Desk(Station):
    """A board that one thread looks after together with many others.

    Args:
        board: The board.
        broker: Where it is to be online.
    """

    def __init__(self, board: VirtualBoard, broker: Broker) -> None:
        super().__init__(board, broker)
        self.id: str = board.device.id
        self.trouble: Trouble | None = None
        self._random = random.Random(self.id)
        self._next_trouble = self._soon()
        self._connect_at = self._kept_up_at = 0.0
        self._delay = BACKOFF[0]
        self._replies = 0

    @property
    def online(self) -> bool:
        """Whether the broker has answered its subscription."""
        return self._online and self._outcome is None

    @property
    def outcome(self) -> LinkStatus | None:
        """Why it has no connection, or None."""
        return self._outcome

    @property
    def socket(self) -> Any:
        """What to wait for, while there is a connection."""
        return self._client.socket() if self._client else None

    def look(self, now: float) -> None:
        """Do what is due by the clock."""
        if self._client is None and now >= self._connect_at:
            self._begin()
        if self._client is not None and now - self._kept_up_at >= KEEP_UP_EVERY:
            self._kept_up_at = now
            self.serve()
        self._tick()
        if self.online:
            self._delay = BACKOFF[0]
            if self.trouble and now >= self._next_trouble:
                self._suffer(now)
        if self._client is not None and self._outcome is not None:
            self._break_off(now, self._delay * self._random.uniform(0.5, 1.0))
            self._delay = min(2 * self._delay, BACKOFF[1])

    def serve(self) -> None:
        """Take in what has come, and send what waits.

        paho's own `loop` asks with `select`, which knows no file from number 1024 on.
        """
        client = self._client
        if client is None:
            return
        while client.loop_read() == paho.MQTT_ERR_SUCCESS:
            pending: Callable[[], int] | None = getattr(client.socket(), "pending", None)
            if pending is None or not pending():  # a WebSocket may hold what no selector sees
                break
        if client.want_write():
            client.loop_write()
        client.loop_misc()

    def leave(self) -> None:
        """Say goodbye."""
        if self._client is not None and self._outcome is None:
            self._say_farewell(self._client)
            self._client.disconnect()

    def _begin(self) -> None:
        self._kept_up_at = time.monotonic()
        self._connect()

    def _break_off(self, now: float, seconds: float) -> None:
        """Be gone without a word, as a board without power is, and come back after a while."""
        connection, self._client, self._online = self.socket, None, False
        self._connect_at = now + seconds
        if connection is not None:
            connection.close()

    def _suffer(self, now: float) -> None:
        self._next_trouble = self._soon()
        if self.trouble is Trouble.WIFI:
            self._break_off(now, self._random.uniform(5, 15))
        elif self.trouble is Trouble.REBOOT:
            self._board.start("reset")
            self._started = now
            self._break_off(now, 3)

    def _publish(self, messages: list[Message]) -> list[paho.MQTTMessageInfo]:
        return super()._publish([message for message in messages if not self._loses(message)])

    def _loses(self, message: Message) -> bool:
        if self.trouble is not Trouble.REPLIES or not message[0].endswith(("/ack", "/onboard_temp")):
            return False
        self._replies += 1
        return self._replies % 3 == 0

    def _soon(self) -> float:
        return time.monotonic() + self._random.uniform(10, 40)

    def _say(self, text: str) -> None:
        """A whole class at once would only be noise; the hall speaks for it."""
