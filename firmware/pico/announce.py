"""Tells Home Assistant what a board has: one retained message for each thing (its MQTT discovery).

No pin, no clock. Its keys are Home Assistant's own short forms; `~` stands for the board's ID.
"""

import json

PREFIX = "homeassistant"
# Home Assistant's device class by unit, where the unit says what is measured.
CLASSES = {
    "°C": "temperature",
    "°F": "temperature",
    "K": "temperature",
    "%RH": "humidity",
    "lx": "illuminance",
    "Pa": "pressure",
    "hPa": "pressure",
    "kPa": "pressure",
    "mbar": "pressure",
    "bar": "pressure",
    "V": "voltage",
    "mV": "voltage",
    "A": "current",
    "mA": "current",
    "W": "power",
    "kW": "power",
    "Hz": "frequency",
    "kHz": "frequency",
    "mm": "distance",
    "cm": "distance",
    "m": "distance",
    "g": "weight",
    "kg": "weight",
    "m/s": "speed",
}
# A board carries out each `experiment_id` once, so every command gets another.
COMMAND = '{{ {"experiment_id": "ha-" ~ now().timestamp(), "set": {%s: %s}} | to_json }}'
WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
# A batch has lists: its last value is the newest. One that is not there is told as unknown.
VALUE = "{%% set v = value_json['values'].get(%s) %%}{{ v[-1] if v is sequence else v }}"
SILENT = 3  # intervals without a sample, and at least ten seconds: then a value is no longer taken for one


def things(channels, controls):
    """What there is to tell, as ``(component, name)``, with the LED first."""
    found = [("light", "led")]
    for name in controls:
        if name != "led":
            kind = controls[name]["type"]
            found.append(({"range": "number", "color": "text"}.get(kind, "select"), name))
    return found + [("sensor", name) for name in channels]


def topic(device_id, thing):
    """Where one thing is told."""
    component, name = thing
    return "/".join((PREFIX, component, word(device_id), word(name), "config"))


def told(device_id, about, interval, thing, channels, controls):
    """What is told of one thing."""
    component, name = thing
    config = {
        "~": device_id,
        "name": name,
        "uniq_id": word(device_id) + "/" + word(name),
        "avty_t": "~/status",
        "dev": {
            "ids": ["picopanel-" + word(device_id)],
            "name": device_id,
            "mdl": about["board"],
            "sw": about["firmware"],
        },
        "o": {"name": "PicoPanel", "sw": about["firmware"]},
    }
    if component == "sensor":
        config.update(_sensor(name, channels[name]["unit"], interval))
    elif component == "light":
        config.update({"cmd_t": "~/onboard_led", "stat_t": "~/onboard_led/state", "qos": 1})
        config.update({"pl_on": "on", "pl_off": "off"})
    else:
        config.update(_control(name, component, controls[name]))
    return json.dumps(config, separators=(",", ":"))


def word(text):
    """As an ID in a discovery topic may be; what had to be changed is told apart by a number."""
    good = "".join([c if c in WORD else "_" for c in text])
    if good == text:
        return good
    number = 0
    for byte in text.encode():
        number = (number * 31 + byte) & 0xFFFFFF
    return "%s-%06x" % (good, number)


def _sensor(name, unit, interval):
    unit = "°C" if unit == "Cel" else unit
    sensor = {
        "stat_t": "~/telemetry",
        "val_tpl": VALUE % _quoted(name),
        "stat_cla": "measurement",
        "exp_aft": max(10, SILENT * interval // 1000),
    }
    kind = "humidity" if name == "humidity" and unit == "%" else CLASSES.get(unit)
    if kind:
        sensor["dev_cla"] = kind
    if unit:
        sensor["unit_of_meas"] = "%" if unit == "%RH" else unit
    return sensor


def _control(name, component, control):
    value = 'value == "on"' if component == "select" else "value"
    config = {"cmd_t": "~/cmd", "cmd_tpl": COMMAND % (_quoted(name), value), "qos": 1}
    if component == "number":
        config.update({"min": control["min"], "max": control["max"], "step": max(0.001, control["step"])})
    elif component == "text":
        config.update({"min": 7, "max": 7, "ptrn": "#[0-9a-fA-F]{6}"})
    else:
        config["ops"] = ["on", "off"]
    return config


def _quoted(name):
    """As a text in a template: a name has no double quotes."""
    return '"%s"' % name.replace("\\", "\\\\")
