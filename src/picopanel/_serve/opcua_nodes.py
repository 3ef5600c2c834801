"""The board's nodes in OPC UA's address space: a device of LADS, or of OPC UA's own types.

The IDs are the same either way, in the namespace `urn:picopanel`: `my-id`, `my-id.On`, `my-id.Status`,
`my-id.led.SensorValue`, `my-id.temperature.SensorValue`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from asyncua import Node, Server, ua
from asyncua.common.instantiate_util import instantiate

from .._errors import InvalidArgument
from .._store.limit import Limit

NAMESPACE = "urn:picopanel"
NODESETS = tuple(f"Opc.Ua.{name}.NodeSet2.xml" for name in ("Di", "AMB", "IA", "Machinery", "LADS"))
"""In the order in which they need each other."""
_DI, _LADS = "http://opcfoundation.org/UA/DI/", "http://opcfoundation.org/UA/LADS/"
_DEVICE_SET = 5001  # of DI
_TYPES = {"device": 1002, "unit": 1003, "functions": 1026, "analog": 1016, "two-state": 1031}  # of LADS
_OWN_TYPES = {"analog": ua.ObjectIds.AnalogUnitRangeType, "two-state": ua.ObjectIds.TwoStateDiscreteType}
# UNECE's codes, as Part 8 wants them; a unit that is not here has its name alone.
_UNITS = {"°C": "CEL", "K": "KEL", "%": "P1", "lx": "LUX", "V": "VLT", "A": "AMP", "hPa": "A97", "Pa": "PAL"}
_NO_VALUE = ua.DataValue(ua.Variant(), ua.StatusCode(ua.StatusCodes.BadWaitingForInitialData))


def check_nodesets(folder: Path) -> None:
    """Refuse a folder that lacks one of the files."""
    if missing := [name for name in NODESETS if not (folder / name).is_file()]:
        raise InvalidArgument(f"{folder} lacks {', '.join(missing)}. docs/laboratory.md says where they are.")


class Nodes:
    """The nodes of one board; in the server's loop."""

    def __init__(self, server: Server, device_id: str, nodesets: Path | None) -> None:
        self._server, self._id, self._nodesets = server, device_id, nodesets
        self._lads: int | None = None  # the index of its namespace, where it is there

    def id(self, *names: str) -> ua.NodeId:
        """Return the ID of the device, or of what is below it."""
        return ua.NodeId(".".join((self._id, *names)), self._index)

    async def build(self) -> None:
        """Make the device with its LED and its status; a channel is made when it is first heard of."""
        parent = self._server.nodes.objects
        if self._nodesets is not None:
            await self._load(self._nodesets)
            parent = self._server.get_node(ua.NodeId(_DEVICE_SET, self._di))
        self._index = await self._server.register_namespace(NAMESPACE)
        self._device = self._functions = await self._object(parent, "device", self._id)
        if self._lads is not None:
            self._functions = await self._describe(self._lads)
        led = await self._function("two-state", "led", ua.ObjectIds.Boolean)
        for state, text in (("FalseState", "off"), ("TrueState", "on")):
            await self._property(led, state, ua.LocalizedText(text))
        await self._device.add_variable(
            self.id("Status"), self._name("Status"), "", datatype=ua.NodeId(ua.ObjectIds.String)
        )

    async def add_channel(self, channel: str, unit: str, limit: Limit | None) -> None:
        """Make a sensor. No board declares a channel's range: a limit is one, else it has no end."""
        value = await self._function("analog", channel, ua.ObjectIds.Double)
        low, high = (None, None) if limit is None else (limit.low, limit.high)
        within = ua.Range(float("-inf") if low is None else low, float("inf") if high is None else high)
        for name in ("SensorValue", "RawValue") if self._lads else ("SensorValue",):
            value = self._server.get_node(self.id(channel, name))
            await self._property(value, "EngineeringUnits", _engineering_units(unit))
            await self._property(value, "EURange", within)

    async def add_method(
        self, name: str, call: Callable[..., Any], takes: list[ua.Argument], gives: list[ua.Argument]
    ) -> None:
        await self._device.add_method(self.id(name), self._name(name), call, takes, gives)

    async def write(self, names: tuple[str, ...], value: ua.DataValue) -> None:
        """Tell a value; LADS has what an analogue sensor gives once more, as its raw value."""
        await self._server.write_attribute_value(self.id(*names), value)
        if self._lads and names[-1] == "SensorValue" and names[0] != "led":
            await self._server.write_attribute_value(self.id(names[0], "RawValue"), value)

    async def _load(self, folder: Path) -> None:
        """Take the nodesets in, but for a few nodes that asyncua cannot place; none of ours is among them."""
        for name in NODESETS:
            try:
                await self._server.import_xml(str(folder / name), strict_mode=False)
            except ElementTree.ParseError as error:
                raise InvalidArgument(f"{folder / name} is no nodeset: {error}. Get it anew.") from None
        self._lads = await self._server.get_namespace_index(_LADS)
        self._di = await self._server.get_namespace_index(_DI)

    async def _describe(self, lads: int) -> Node:
        """Fill in what LADS wants of a device, and return where its functions go."""
        state = await self._device.get_child([f"{lads}:DeviceState", "0:CurrentState"])
        await state.write_value(ua.LocalizedText("Operate"))
        said = {
            "Manufacturer": ua.LocalizedText("PicoPanel"),
            "Model": ua.LocalizedText("Raspberry Pi Pico W"),
            "ComponentName": ua.LocalizedText(self._id),
            "SerialNumber": self._id,
        }
        for name, value in said.items():
            for path in ([f"{self._di}:{name}"], [f"{self._di}:Identification", f"{self._di}:{name}"]):
                await (await self._device.get_child(path)).write_value(value)
        units = await self._device.get_child(f"{lads}:FunctionalUnitSet")
        unit = await self._object(units, "unit", "board")
        return await self._object(unit, "functions", "board", "FunctionSet", index=lads)

    async def _object(self, parent: Node, kind: str, *names: str, index: int | None = None) -> Node:
        node = self.id(*(names if names != (self._id,) else ()))
        name = ua.QualifiedName(names[-1], self._index if index is None else index)
        if self._lads is None:
            return await parent.add_object(node, name)
        type_of = ua.NodeId(_TYPES[kind], self._lads)
        return await parent.add_object(node, name, type_of, instantiate_optional=False)

    async def _function(self, kind: str, name: str, datatype: int) -> Node:
        """Make something that has a value, and return that."""
        it = await self._object(self._functions, kind, name)
        if self._lads is None:
            type_of = self._server.get_node(ua.NodeId(_OWN_TYPES[kind]))
            await instantiate(
                it,
                type_of,
                self.id(name, "SensorValue"),
                self._name("SensorValue"),
                instantiate_optional=False,
            )
        else:  # asyncua copies what is to be the same node once more
            await self._server.delete_nodes(
                [self._server.get_node(self.id(name, "Operational"))], recursive=True
            )
            await self._server.get_node(self.id(name, "IsEnabled")).write_value(True)
        value = self._server.get_node(self.id(name, "SensorValue"))
        kind_of = ua.DataValue(ua.Variant(ua.NodeId(datatype), ua.VariantType.NodeId))
        await value.write_attribute(ua.AttributeIds.DataType, kind_of)
        await self.write((name, "SensorValue"), _NO_VALUE)
        return value

    def _name(self, name: str) -> ua.QualifiedName:
        return ua.QualifiedName(name, self._index)

    async def _property(self, parent: Node, name: str, value: Any) -> None:
        node = ua.NodeId(f"{parent.nodeid.Identifier}.{name}", self._index)
        if node in [each.nodeid for each in await parent.get_properties()]:
            await self._server.get_node(node).write_value(value)
        else:
            await parent.add_property(node, ua.QualifiedName(name, 0), value)


def _engineering_units(unit: str) -> ua.EUInformation:
    code = _UNITS.get(unit)
    return ua.EUInformation(
        NamespaceUri="http://www.opcfoundation.org/UA/units/un/cefact",
        UnitId=-1 if code is None else int.from_bytes(code.encode(), "big"),
        DisplayName=ua.LocalizedText(unit),
        Description=ua.LocalizedText(unit),
    )
