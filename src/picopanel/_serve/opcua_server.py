"""asyncua's server, but a call that waits for its board holds up nothing else of its client.

asyncua takes a connection's requests one after the other. While a method waits, its client hears nothing: no
subscription, and no answer to the question by which asyncua's own client looks every second whether the
server is still there; it would hang up.
"""

from __future__ import annotations

import asyncio
from typing import Any

from asyncua import Server, ua
from asyncua.server.binary_server_asyncio import BinaryServer, OPCUAProtocol
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.ua_binary import nodeid_from_binary

_MOST_CALLS = 32  # of one client under way; the next one holds up its requests, as asyncua does
_CALL = ua.NodeId(ua.ObjectIds.CallRequest_Encoding_DefaultBinary)


class _Processor(UaProcessor):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._calls: set[asyncio.Task[Any]] = set()

    async def process_message(self, header: Any, body: Any) -> Any:
        processing = super().process_message(header, body)
        if nodeid_from_binary(body.copy()) != _CALL or len(self._calls) >= _MOST_CALLS:
            return await processing
        task = asyncio.create_task(processing)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return True


class _Protocol(OPCUAProtocol):
    processor: Any

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self.processor is not None:  # else there are too many connections
            self.processor = _Processor(self.iserver, transport, self.limits)
            self.processor.set_policies(self.policies)


class _Listener(BinaryServer):
    def _make_protocol(self) -> Any:
        return _Protocol(self.iserver, self._policies, self.clients, self.closing_tasks, self.limits)


class PatientServer(Server):
    async def start(self) -> None:
        """Listen; as asyncua does, with a listener of ours."""
        await self._setup_server_nodes()
        await self.iserver.start()
        self.bserver = _Listener(self.iserver, *self._get_bind_socket_info(), self.limits)
        self.bserver.set_policies(self._policies)
        try:
            await self.bserver.start()
        except BaseException:
            await self.iserver.stop()
            raise
