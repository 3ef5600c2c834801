"""What a board announces to Home Assistant (its MQTT discovery), made into a description of it. Pure.

Topics, abbreviations and defaults are those of home-assistant/core, `homeassistant/components/mqtt`:
discovery.py, abbreviations.py, sensor.py, binary_sensor.py, switch.py, number.py, light/schema_basic.py and
schema_json.py. Templates are a stranger's programs: none is run, and only those are understood that say
nothing but where a value stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from .._errors import InvalidArgument, InvalidDescription, InvalidDeviceID, InvalidPayload
from .._errors.arguments import first_of, is_unicode, nearest
from .boards import read_description
from .description import LONGEST_EVERY, LONGEST_UNIT, NO_CONTROLS, Description, parse_description
from .ids import check_device_id
from .paths import WHOLE, Path, parse_path, path_text
from .payloads import any_json, is_number
from .values import seen
from .writing import as_toml

PREFIX = "homeassistant"
FILTERS = (f"{PREFIX}/+/+/config", f"{PREFIX}/+/+/+/config")
_TOPIC = re.compile(rf"{PREFIX}/(\w+)/(?:([\w-]+)/)?([\w-]+)/config", re.ASCII)

_MOST = 200  # things of one device that are looked at
_MOST_REMARKS = 40
_LONGEST_TEMPLATE = 500  # no more is looked at: what says where a value stands is shorter
_SHORT = {
    "avty": "availability",
    "avty_mode": "availability_mode",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "bri_cmd_t": "brightness_command_topic",
    "bri_cmd_tpl": "brightness_command_template",
    "bri_scl": "brightness_scale",
    "bri_stat_t": "brightness_state_topic",
    "bri_val_tpl": "brightness_value_template",
    "cmd_t": "command_topic",
    "cmd_tpl": "command_template",
    "cmps": "components",
    "dev": "device",
    "dev_cla": "device_class",
    "exp_aft": "expire_after",
    "o": "origin",
    "obj_id": "object_id",
    "ops": "options",
    "p": "platform",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "pl_prs": "payload_press",
    "ptrn": "pattern",
    "stat_cla": "state_class",
    "stat_off": "state_off",
    "stat_on": "state_on",
    "stat_t": "state_topic",
    "stat_val_tpl": "state_value_template",
    "sug_dsp_prc": "suggested_display_precision",
    "t": "topic",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
_SHORT_OF_DEVICE = {"ids": "identifiers", "mdl": "model"}
_TEXTS = ("enum", "timestamp", "date")  # device classes of what is no number

_STEPS = r"""((?:\.get\((?:'[^']*'|"[^"]*")\)|\.\w+|\[\s*(?:'[^']*'|"[^"]*"|\d+)\s*\])*)"""
_STEP = re.compile(r"""(?:\.get\(|\[\s*)(?:'([^']*)'|"([^"]*)"|(\d+))\s*[\])]|\.(\w+)""")
_FILTERS_OF_NUMBERS = r"(?:\s*\|\s*(?:float|int|round|is_defined)(?:\s*\((?:[-\d.,\s]|none|default=)*\))?)*"
_VALUE = re.compile(rf"\s*\{{\{{-?\s*value(_json)?{_STEPS}{_FILTERS_OF_NUMBERS}\s*-?\}}\}}\s*")
_CHOICE = re.compile(  # as Zigbee2MQTT tells what is true or false
    rf"\s*\{{%\s*if value_json{_STEPS}\s*%\}}\s*(\w+)\s*\{{%\s*else\s*%\}}\s*(\w+)\s*\{{%\s*endif\s*%\}}\s*"
)
_OURS = re.compile(  # firmware/pico/announce.py: of a batch the newest, which a description takes by itself
    rf"\{{%\s*set v = value_json{_STEPS}\s*%\}}\{{\{{ v\[-1\] if v is sequence else v \}}\}}"
)
_OUR_COMMAND = re.compile(
    r'\{\{ \{"experiment_id": "ha-" ~ now\(\)\.timestamp\(\), "set": \{("[^"{}]{1,64}"): '
    r'(value(?: == "on")?)\}\} \| to_json \}\}'
)
_PLACE = re.compile(r"\{\{-?\s*value(?:\s*\|\s*(?:int|float|round)(?:\s*\(\d*\))?)*\s*-?\}\}")


class _NotUnderstood(ValueError):
    """Why a thing is left out."""


@dataclass(slots=True)
class Announced:
    """A device with all that it has announced: component, topic's ID and configuration of each thing."""

    name: str
    kind: str
    names: set[str]  # under which it may be asked for
    things: list[tuple[str, str, dict[str, Any]]]


def announced_board(device_id: str, messages: Mapping[str, bytes]) -> tuple[Description, list[str]]:
    """Return how the device speaks that announces itself under this name, and what of it is left out.

    Args:
        device_id: The device's name, one of its identifiers, or its part of the discovery topics.
        messages: What is retained on `FILTERS`, by topic.

    Raises:
        InvalidArgument: There is no such device, or there are two, or nothing of it is understood.
    """
    devices = announced_devices(messages)
    found = [it for it in devices if device_id in it.names]
    found = found or [it for it in devices if device_id.casefold() in {each.casefold() for each in it.names}]
    if not devices:
        raise InvalidArgument(
            f"Nothing announces itself to Home Assistant at this broker (on {PREFIX}/…/config, retained). Is "
            "the board's discovery switched on, and does the broker keep retained messages?"
        )
    if len(found) != 1:
        which = f"{len(found)} devices are" if found else "No device is"
        raise InvalidArgument(f"{which} announced as {device_id[:64]!r}. {_there(device_id, devices)}")
    return _described(found[0])


def _there(device_id: str, devices: Iterable[Announced]) -> str:
    names = sorted({seen(it.name, "?") for it in devices})
    there = first_of([*map(repr, names)], 10)
    return f"{nearest(device_id, names, most=0)} There are: {there}.".lstrip()


def announced_devices(messages: Mapping[str, bytes]) -> list[Announced]:
    """Return all devices that announce themselves; what is no announcement is passed over."""
    found: dict[str, Announced] = {}
    for topic, payload in messages.items():
        matched = _TOPIC.fullmatch(topic)
        config = _config(payload) if matched else None
        if matched is None or config is None:
            continue
        component, node, object_id = matched.groups()
        device = _device(config)
        ids = [str(each) for each in _list(device.get("identifiers"))] or [node or object_id]
        name = device.get("name")
        name = name if isinstance(name, str) and name else node or object_id
        model = device.get("model")
        kind = model if isinstance(model, str) and model else name
        it = found.setdefault(ids[0], Announced(name, kind, set(), []))
        it.names |= {name, *ids[:8], *([node] if node else [])}
        things = [(component, object_id, config)]
        if component == "device":
            it.names.add(object_id)
            things = _components(config)
        it.things += things[: _MOST - len(it.things)]
    return [it for it in found.values() if it.things]


def _config(payload: bytes) -> dict[str, Any] | None:
    try:
        data = any_json(payload, "an announcement")
    except InvalidPayload:  # an empty one takes back
        return None
    return _long(data, _SHORT) if isinstance(data, dict) else None


def _components(config: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the things of a device that is announced as a whole: each has what is common as well."""
    common = {name: each for name, each in config.items() if name not in ("components", "platform", "name")}
    parts = config.get("components")
    found = []
    for object_id, part in (parts if isinstance(parts, dict) else {}).items():
        own = _long(part, _SHORT) if isinstance(part, dict) else {}
        if isinstance(platform := own.get("platform"), str) and len(own) > 1:  # alone it takes back
            found.append((platform, object_id, common | own))
    return found


def _long(data: Mapping[str, Any], short: Mapping[str, str]) -> dict[str, Any]:
    return {short.get(name, name): value for name, value in data.items()}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _device(config: Mapping[str, Any]) -> dict[str, Any]:
    device = config.get("device")
    return _long(device, _SHORT_OF_DEVICE) if isinstance(device, dict) else {}


def _described(device: Announced) -> tuple[Description, list[str]]:
    tables: dict[str, Any] = {
        "name": seen(device.kind, "?")[:60],
        "about": "As it has announced itself to Home Assistant.",
        **_id_of(device.name),
        "messages": [],
        "controls": {},
        "commands": {},
    }
    left_out: list[str] = []
    for component, object_id, config in device.things:
        trial = deepcopy(tables)
        thing = _Thing(trial, device.name, component, object_id, config)
        try:
            thing.tell()
            parse_description(trial, "announcement", lambda _: None)
        except (_NotUnderstood, InvalidDescription) as error:
            why = error.reason if isinstance(error, InvalidDescription) else str(error)
            left_out.append(_remark(component, config.get("name") or object_id, why))
        else:
            tables = trial
            left_out += [_remark(component, what, why) for what, why in thing.remarks]
    every = [config["expire_after"] for *_, config in device.things if is_number(config.get("expire_after"))]
    if every and min(every) > 0:
        tables["every"] = round(min(*every, 3 * LONGEST_EVERY) / 3, 3)
    if not (tables["messages"] or tables["commands"]):
        why = f" The first: {left_out[0]}" if left_out else ""
        raise InvalidArgument(f"Nothing of what {device.name[:64]!r} announces is understood.{why}")
    left_out = [*dict.fromkeys(left_out)]  # an availability that cannot be read is that of many
    remarks = [f"Left out: {each}" for each in left_out[:_MOST_REMARKS]]
    return read_description(as_toml(tables, remarks), "announcement"), left_out


def _id_of(name: str) -> dict[str, str]:
    try:
        return {"id": check_device_id(name)}
    except InvalidDeviceID:  # it is asked for by another of its names
        return {}


def _remark(component: str, name: object, why: str) -> str:
    return seen(f"{component} {str(name)[:40]!r}: {why}"[:200], "?")


class _Thing:
    """One thing of a device, which goes into a description's tables."""

    def __init__(
        self, tables: dict[str, Any], device: str, component: str, object_id: str, config: dict[str, Any]
    ) -> None:
        self._tables, self._config, self._component = tables, config, component
        name = config.get("name") or config.get("device_class") or object_id
        name = name if isinstance(name, str) else object_id
        self.remarks: list[tuple[str, str]] = []  # what is left out of a thing that is told, and why
        self._name = seen(name.removeprefix(f"{device} "), "?").strip()[:32].lstrip(" =+@-") or component
        base = config.get("~")
        self._base = base if isinstance(base, str) else ""

    def tell(self) -> None:
        tells: dict[str, Callable[[], None]] = {
            "sensor": self._sensor,
            "binary_sensor": self._binary_sensor,
            "switch": self._switch,
            "light": self._light,
            "number": self._number,
            "button": self._button,
            "select": self._select,
            "text": self._text,
        }
        if self._component not in tells:
            raise _NotUnderstood("a component that has no counterpart here")
        try:
            self._availability()
        except _NotUnderstood as error:
            self.remarks.append(("availability", str(error)))
        tells[self._component]()

    def _topic(self, key: str, of: Mapping[str, Any] | None = None) -> str | None:
        topic = (self._config if of is None else of).get(key)
        if not isinstance(topic, str) or not topic:
            return None
        topic = self._base + topic[1:] if topic.startswith("~") else topic
        return topic[:-1] + self._base if topic.endswith("~") else topic

    def _needed(self, key: str) -> str:
        topic = self._topic(key)
        if topic is None:
            raise _NotUnderstood(f"it has no {key}")
        return topic

    def _message(self, topic: str, path: Path) -> dict[str, Any]:
        """Return the table of a topic's messages, of which this path is one of those that are read."""
        # A whole message is read as a text, which numbers and words are.
        kind = "json" if path else "text"
        messages: list[dict[str, Any]] = self._tables["messages"]
        for each in messages:
            if each["topic"] == topic:
                if each["format"] != kind:
                    raise _NotUnderstood(f"{topic} would be JSON and a text at once")
                return each
        qos = self._config.get("qos")
        found = {"topic": topic, "format": kind, "qos": qos if qos in (1, 2) else 0}
        messages.append(found)
        return found

    def _availability(self) -> None:
        given = [it for it in _list(self._config.get("availability")) if isinstance(it, dict)]
        for each in [_long(it, _SHORT) for it in given] or [self._config]:
            topic = self._topic("topic" if given else "availability_topic", each)
            if topic is None:
                continue
            template = each.get("value_template" if given else "availability_template")
            path, _ = _path_of(template)
            about = self._message(topic, path)
            about.setdefault(
                "presence",
                {
                    "path": path_text(path),
                    "online": each.get("payload_available", "online"),
                    "offline": each.get("payload_not_available", "offline"),
                },
            )

    def _sensor(self) -> None:
        config = self._config
        kind, unit = config.get("device_class"), config.get("unit_of_measurement")
        says_number = unit is not None or any(
            config.get(each) is not None for each in ("state_class", "suggested_display_precision")
        )
        if kind in _TEXTS or not (says_number or kind):
            raise _NotUnderstood("a text, by Home Assistant's rules: it has no unit and no class of numbers")
        path, _ = _path_of(config.get("value_template"))
        self._channel(path, self._unit())

    def _unit(self) -> dict[str, str]:
        unit = self._config.get("unit_of_measurement")
        if not isinstance(unit, str) or not unit:
            return {}
        if len(unit) > LONGEST_UNIT or not is_unicode(unit):
            why = f"its unit {unit[:80]!a} alone, which is over {LONGEST_UNIT} characters"
            self.remarks.append((self._name, why if len(unit) > LONGEST_UNIT else "its unit, no Unicode"))
            return {}
        return {"unit": unit}

    def _binary_sensor(self) -> None:
        path, truth = _path_of(self._config.get("value_template"))
        self._channel(path, dict(zip(("on", "off"), self._words(truth), strict=True)))

    def _channel(self, path: Path, more: dict[str, Any]) -> None:
        channels = self._message(self._needed("state_topic"), path).setdefault("channels", {})
        taken = {name for each in self._tables["messages"] for name in each.get("channels", {})}
        channels[_free(self._name, taken)] = {"path": path_text(path), **more}

    def _words(self, truth: tuple[str, str] | None) -> tuple[Any, Any]:
        """Return what stands in a message for on and off: payload_on, or true where a template says it so."""
        config = self._config
        on = config.get("state_on", config.get("payload_on", "ON"))
        off = config.get("state_off", config.get("payload_off", "OFF"))
        if truth is not None and {str(on), str(off)} == set(truth):
            return (True, False) if str(on) == truth[0] else (False, True)
        return on, off

    def _switch(self) -> None:
        path, truth = _path_of(self._config.get("value_template"))
        self._on_off(self._config.get("payload_on", "ON"), self._config.get("payload_off", "OFF"))
        self._heard(self._control, "state_topic", path, self._words(truth))

    def _light(self) -> None:
        schema = self._config.get("schema", "basic")
        if schema == "json":
            self._json_light()
        elif schema in ("basic", "default"):
            self._basic_light()
        else:
            raise _NotUnderstood(f"a light of schema {str(schema)[:20]!r}, whose commands are templates")

    def _basic_light(self) -> None:
        config = self._config
        path, truth = _path_of(config.get("state_value_template", config.get("value_template")))
        self._on_off(config.get("payload_on", "ON"), config.get("payload_off", "OFF"))
        self._heard(self._control, "state_topic", path, self._words(truth))
        if self._topic("brightness_command_topic") is not None:
            control = self._brightness()
            sent = _command_text(config.get("brightness_command_template"), control)
            self._say(control, "brightness_command_topic", sent)
            path, _ = _path_of(config.get("brightness_value_template"))
            self._heard(control, "brightness_state_topic", path)

    def _json_light(self) -> None:
        """A light that is told JSON; its colours are several numbers, which no control has here."""
        self._on_off("ON", "OFF", lambda control: f'{{"state": "{{{control}}}"}}')
        self._heard(self._control, "state_topic", ("state",))
        modes = _list(self._config.get("supported_color_modes"))
        if self._config.get("brightness") is True or any(mode not in ("onoff", "unknown") for mode in modes):
            control = self._brightness()
            self._say(control, "command_topic", f'{{"state": "ON", "brightness": {{{control}}}}}')
            self._heard(control, "state_topic", ("brightness",))

    def _brightness(self) -> str:
        most = self._config.get("brightness_scale", 255)
        return self._new_control(f"{self._control}_brightness"[-32:], {"type": "range", "max": most})

    def _number(self) -> None:
        config = self._config
        least, most, step = config.get("min", 1), config.get("max", 100), config.get("step", 1)
        table = {"type": "range", "min": least, "max": most, "step": step, **self._unit()}
        control = self._new_control(self._name, table)
        self._commanded(control, "value")

    def _select(self) -> None:
        options = self._config.get("options")
        words = {str(each).lower(): each for each in _list(options)}
        if words.keys() != {"on", "off"}:
            table = {"type": "choice", "options": options if isinstance(options, list) else []}
            self._commanded(self._new_control(self._name, table), "value")
            return
        own = _OUR_COMMAND.fullmatch(str(self._config.get("command_template")))
        said = {} if own else {"on": words["on"], "off": words["off"]}
        control = self._new_control(self._name, {"type": "switch", **said})
        self._commanded(control, 'value == "on"', (words["on"], words["off"]))

    def _button(self) -> None:
        pressed = str(self._config.get("payload_press", "PRESS"))
        control = self._new_control(self._name, {"type": "button", "on": pressed})
        self._say(control, "command_topic", _command_text(self._config.get("command_template"), control))

    def _text(self) -> None:
        if self._config.get("pattern") != "#[0-9a-fA-F]{6}":
            raise _NotUnderstood("a text other than a colour, #rrggbb")
        control = self._new_control(self._name, {"type": "color"})
        self._commanded(control, "value")

    def _commanded(self, control: str, ours: str, words: tuple[Any, Any] | None = None) -> None:
        """Tell how a control that takes a value is set and heard of; `ours` is what our firmware sends."""
        template = self._config.get("command_template")
        own = _OUR_COMMAND.fullmatch(template) if isinstance(template, str) else None
        if own is not None and own[2] == ours:
            place = f'"{{{control}}}"' if self._component == "text" else f"{{{control}}}"
            sent = f'{{"experiment_id": "{{command}}", "set": {{{own[1]}: {place}}}}}'
        else:
            sent = _command_text(template, control)
        self._say(control, "command_topic", sent)
        path, _ = _path_of(self._config.get("value_template"))
        self._heard(control, "state_topic", path, words)

    def _on_off(self, on: Any, off: Any, sent: Callable[[str], str] = "{{{}}}".format) -> None:
        self._control = self._new_control(self._name, {"type": "switch", "on": str(on), "off": str(off)})
        self._say(self._control, "command_topic", sent(self._control))

    def _new_control(self, name: str, table: dict[str, Any]) -> str:
        word = re.sub(r"\W+", "_", name).strip("_") or self._component
        control = _free(word, {*self._tables["controls"], *NO_CONTROLS}, "_")
        self._tables["controls"][control] = table
        return control

    def _say(self, control: str, key: str, sent: str) -> None:
        qos = self._config.get("qos")
        table = {"topic": self._needed(key), "text": sent, "answered": False}
        self._tables["commands"][control] = table | ({"qos": 2} if qos == 2 else {})

    def _heard(self, control: str, key: str, path: Path, words: tuple[Any, Any] | None = None) -> None:
        """Where the board tells what is set, that is its answer; not where it is the command itself."""
        topic, command = self._topic(key), self._tables["commands"][control]
        if topic is None or topic in {each["topic"] for each in self._tables["commands"].values()}:
            return
        about = self._message(topic, path)
        said = self._tables["controls"][control]
        differ = words is not None and words != (said.get("on"), said.get("off"))
        own = dict(zip(("on", "off"), words, strict=True)) if words and differ else {}
        where = path_text(path)
        about.setdefault("settings", {})[control] = {"path": where, **own} if own else where
        about["answer"] = {}
        command["answered"] = True


def _free(name: str, taken: Iterable[str], between: str = " ") -> str:
    if name not in taken:
        return name
    numbered: Iterator[str] = (f"{name[:28]}{between}{nth}" for nth in range(2, _MOST + 2))
    return next(each for each in numbered if each not in taken)


def _path_of(template: object) -> tuple[Path, tuple[str, str] | None]:
    """Return where a template says that a value stands, and its words for true and false there."""
    if template is None:
        return WHOLE, None
    text = _looked_at(template)
    if matched := _VALUE.fullmatch(text):
        is_json, steps = matched.groups()
        if is_json or not steps:
            return _steps(steps), None
    if matched := _CHOICE.fullmatch(text):
        return _steps(matched[1]), (matched[2], matched[3])
    if matched := _OURS.fullmatch(text):
        return _steps(matched[1]), None
    raise _not_run(template)


def _looked_at(template: object) -> str:
    return template if isinstance(template, str) and len(template) <= _LONGEST_TEMPLATE else ""


def _not_run(template: object) -> _NotUnderstood:
    quoted = str(template)[:80].replace('"', "'")
    return _NotUnderstood(f"no template is run here, and this is more than where a value stands: {quoted}")


def _steps(text: str) -> Path:
    steps: list[str | int] = []
    for single, double, number, name in _STEP.findall(text):
        steps.append(int(number) if number else name or single or double)
    try:
        if not is_unicode(text):
            raise ValueError("it is no path")
        return parse_path(path_text(tuple(steps)))  # held to what a path may be
    except ValueError as error:
        raise _NotUnderstood(str(error)) from None


def _command_text(template: object, control: str) -> str:
    if template is None:
        return f"{{{control}}}"
    text = _PLACE.sub(f"{{{control}}}", _looked_at(template))
    if not text or "{{" in text.replace(f"{{{control}}}", "") or "{%" in text:
        raise _not_run(template)
    return text
