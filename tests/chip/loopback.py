"""The emulated board's radio, and a network that ends in this machine: one broker, names, the time."""

import asyncio
import json
import struct
import sys
import time

from rp2040py.external.cyw43 import Cyw43439, nat, net
from rp2040py.external.cyw43 import bus as gspi

BROKER, TIME = bytes([10, 9, 9, 9]), bytes([10, 9, 9, 10])  # addresses of the emulated network
NTP_EPOCH = 2208988800
DNS_PORT, NTP_PORT = 53, 123
MULTICAST = 224
AGAIN = 0.5  # seconds without a word of the board's until something is sent again
NO_NETWORKS = 3  # a join's status
AHEAD = 8  # packets that the board may send before it hears of the first
SET_LED = b"gpioout\0"


def tell(**event):
    """A line to whoever started the board."""
    print(json.dumps(event), flush=True)


class Radio(Cyw43439):
    """The radio chip of a Pico W.

    Args:
        port: Where the broker listens on this machine, whatever port the board asks for.
        hosts: The names that the board may ask for, each with its address; no other is known.
    """

    def __init__(self, port, hosts):
        super().__init__()
        self.bus, self._port, self._hosts = Bus(), port, hosts

    def attach(self, rp2040):
        super().attach(rp2040)
        queue = self.bus.queue_rx_ethernet_frame
        self.bus.nat_bridge = Network(rp2040, queue, self._port, self._hosts)


class Bus(gspi.GSPIBus):
    """Tells of the LED, which hangs on the radio chip, and can lose its access point.

    Attributes:
        in_range: Whether there is an access point.
    """

    in_range = True
    _taken = 0  # the number of the packet that it expects next

    @property
    def _bus_data_credit(self):
        """How far the board's packets may be numbered, of 8 bits.

        The emulator counts what it sends instead: once that is 256 more than what it got, the board's
        driver takes it for no credit at all, and waits for ever.
        """
        return self._taken + AHEAD & 0xFF

    @_bus_data_credit.setter
    def _bus_data_credit(self, counted):
        """It counts."""

    def set_in_range(self, in_range):
        """Switch the access point on or off."""
        self.in_range = in_range
        if not in_range:
            self.nat_bridge.reset()
            self._queue_disassoc_events()

    def power_off(self):
        super().power_off()
        self._taken = 0
        if self.nat_bridge:
            self.nat_bridge.reset()

    def _queue_join_events(self):
        if self.in_range:
            super()._queue_join_events()
        else:
            self.queue_rx_packet(self._build_async_event(gspi.CYW43_EV_SET_SSID, NO_NETWORKS))

    def _write_wlan(self, data):
        self._taken = data[4] + 1
        at = data.find(SET_LED)
        if data[5] & 0x0F == gspi.CONTROL_HEADER and at > 0:
            mask, value = struct.unpack_from("<II", data, at + len(SET_LED))
            if mask & 1:
                tell(led=bool(value & 1))
        super()._write_wlan(data)


class Network(nat.NatBridge):
    """Everything but the broker, names and the time is refused, and told of.

    Attributes:
        datagrams: What answers for names and the time.
    """

    def __init__(self, rp2040, queue, port, hosts):
        super().__init__(rp2040, queue)
        self.datagrams = self._udp = Datagrams(rp2040, queue, hosts)
        self._tcp = Streams(rp2040, queue, connect_fn=self._connect)
        self._port = port

    async def _connect(self, host, port):
        if host != ".".join(map(str, BROKER)):
            tell(refused=f"{host}:{port}")
            raise OSError("nothing leaves this machine")
        return await asyncio.open_connection("127.0.0.1", self._port)


class Streams(nat.TcpReflector):
    """Sends again what the board has not taken: where its buffers are full it drops what comes.

    The emulator, unlike any other host, would wait for ever.
    """

    async def _pump_host_to_guest(self, flow):
        flow.reader = Kept(flow)
        again = asyncio.create_task(self._send_again(flow))
        try:
            await super()._pump_host_to_guest(flow)
        finally:
            again.cancel()

    async def _send_again(self, flow):
        before = None
        while True:
            await asyncio.sleep(AGAIN)
            taken = flow.bytes_acked_by_guest
            kept = flow.reader.beyond(taken)
            if kept and taken == before:
                at, data = kept[0]
                place = flow.host_iss + 1 + at & 0xFFFFFFFF
                flags = net.TCP_ACK | net.TCP_PSH
                self._queue_ethernet_frame(self._build_tcp_frame(flow, flags=flags, seq=place, payload=data))
            before = taken


class Kept:
    """What is read for the board is kept until the board has it."""

    def __init__(self, flow):
        self._flow, self._reader, self._kept = flow, flow.reader, []

    async def read(self, most):
        data = await self._reader.read(most)
        self._kept.append((self._flow.bytes_relayed_to_guest, data))
        return data

    def beyond(self, taken):
        """What lies beyond the first bytes, with where it begins."""
        self._kept = [(at, data) for at, data in self._kept if at + len(data) > taken]
        return self._kept


class Datagrams(nat.UdpRelay):
    """Names and the time, from here.

    Attributes:
        clock: Whether the time is told.
    """

    clock = True

    def __init__(self, rp2040, queue, hosts):
        super().__init__(rp2040, queue)
        self._hosts = hosts

    async def _relay(self, mac, ip, port, query, upstream, source, source_port):
        if source_port == DNS_PORT:
            answer = self._name(query)
        elif source == TIME and source_port == NTP_PORT:
            answer = _time() if self.clock else None
        elif source[0] < MULTICAST:
            tell(refused=f"{upstream[0]}:{source_port}/udp")
            return
        else:
            return  # mDNS asks its neighbours, and there are none
        if answer is not None:
            reply = net.pack_udp(source, ip, source_port, port, answer)
            packet = net.pack_ipv4(source, ip, net.IP_PROTO_UDP, reply)
            self._queue_ethernet_frame(net.pack_ethernet(mac, self._gateway_mac, net.ETHERTYPE_IPV4, packet))

    def _name(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode())
            at += 1 + query[at]
        name, question = ".".join(labels), query[12 : at + 5]
        if name not in self._hosts:
            tell(refused=name)
            return query[:2] + b"\x81\x83\0\x01\0\0\0\0\0\0" + question
        answer = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04" + bytes(self._hosts[name])
        return query[:2] + b"\x81\x80\0\x01\0\x01\0\0\0\0" + question + answer


def _time():
    now = time.time() + NTP_EPOCH
    moment = struct.pack("!II", int(now), int(now % 1 * 2**32))
    return b"\x24\x01\0\xe9" + bytes(36) + moment


def keep_inside(port):
    """Have Python itself refuse every connection but to the broker, whoever tries."""

    def look(event, arguments):
        outside = (
            (event == "socket.connect" and arguments[1][:2] != ("127.0.0.1", port))
            or (event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", None))
            or event == "socket.sendto"
        )
        if outside:
            raise PermissionError(f"{event} {arguments[1:]}: nothing leaves this machine")

    sys.addaudithook(look)
