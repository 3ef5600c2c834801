"""The board's console on USB; at its other end is whoever connects to a port of this machine."""

import asyncio
from collections import deque

from loopback import tell


class Console:
    """Sends to the board when there is something to.

    The emulator's own computer sends an empty packet whenever the board can take one: forty thousand
    interrupts a second, and a chip that never sleeps.
    """

    def __init__(self, device):
        self._cdc, self._usb = device.cdc, device.mcu.usb_ctrl
        self._waiting, self._room, self._writer = deque(), None, None
        self._answer, self._reset = self._usb.on_endpoint_read, self._usb.on_reset
        self._usb.on_endpoint_read, self._usb.on_reset = self._take, self._forget
        self._cdc.send_serial_byte = lambda byte: self.send([byte])
        self._cdc.on_serial_data = self._hear

    async def listen(self):
        """Tell the port at which the console can be reached, by one at a time."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        tell(console_port=server.sockets[0].getsockname()[1])

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
        if self._writer:
            self._writer.write(bytes(data))

    async def _serve(self, reader, writer):
        self._writer = writer
        while data := await reader.read(4096):
            self.send(data)
        if self._writer is writer:
            self._writer = None
        writer.close()
