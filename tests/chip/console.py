"""The board's console on USB; at its other end is whoever opens a port of this machine, a pseudo-terminal."""

import asyncio
import os
import select
import tty
from collections import deque

from loopback import tell

LOOK_EVERY = 0.005  # seconds


class Console:
    """Sends to the board when there is something to.

    The emulator's own computer sends an empty packet whenever the board can take one: forty thousand
    interrupts a second, and a chip that never sleeps.
    """

    def __init__(self, device):
        self._cdc, self._usb = device.cdc, device.mcu.usb_ctrl
        self._waiting, self._room, self._opened = deque(), None, False
        self._answer, self._reset = self._usb.on_endpoint_read, self._usb.on_reset
        self._usb.on_endpoint_read, self._usb.on_reset = self._take, self._forget
        self._cdc.send_serial_byte = lambda byte: self.send([byte])
        self._cdc.on_serial_data = self._hear

    async def listen(self):
        """Tell the port of the console, and be there for whoever has it open."""
        self._port, other_end = os.openpty()
        os.set_blocking(self._port, False)
        tty.setraw(other_end)
        tell(console_port=os.ttyname(other_end))
        os.close(other_end)
        look = select.poll()
        look.register(self._port, select.POLLIN)
        while True:
            seen = dict(look.poll(0)).get(self._port, 0)
            self._opened = not seen & select.POLLHUP
            if seen & select.POLLIN:
                self.send(os.read(self._port, 4096))
            await asyncio.sleep(LOOK_EVERY)

    def send(self, data):
        """Have the board read this."""
        self._waiting.extend(data)
        if self._room is not None:
            room, self._room = self._room, None
            self._take(self._cdc._out_endpoint, room)

    def _take(self, endpoint, room):
        """The board can take so many bytes."""
        if endpoint == self._cdc._out_endpoint:
            queue = self._cdc.tx_fifo
            while self._waiting and queue.item_count < room:
                queue.push(self._waiting.popleft())
            if not queue.item_count:
                self._room = room
                return
        self._answer(endpoint, room)

    def _forget(self):
        self._room = None
        self._reset()

    def _hear(self, data):
        tell(console=bytes(data).decode(errors="replace"))
        if self._opened:
            os.write(self._port, bytes(data))
