"""Boards that announce themselves to Home Assistant, for tests: `announcing.py HOST PORT ID KIND`.

What each announces, says and takes is what its own source or documents show, and nothing of the package:

- Zigbee2MQTT, a weather sensor, a lamp and a plug: `test/extensions/homeassistant.test.ts` and
  `lib/extension/homeassistant.ts` of Koenkk/zigbee2mqtt; its messages as in makers.py
- ESPHome: `esphome/components/mqtt` of esphome/esphome: mqtt_component.cpp, mqtt_sensor.cpp, mqtt_switch.cpp,
  mqtt_number.cpp, mqtt_binary_sensor.cpp, mqtt_button.cpp, mqtt_select.cpp, mqtt_light.cpp
- a device announced as a whole: the "Device discovery payload" of home-assistant.io/integrations/mqtt
"""

from __future__ import annotations

import json
import sys
import time


class Announcing:
    """A board with what it retains, its will, and what it takes."""

    retained: dict[str, str]
    subscriptions: tuple[tuple[str, int], ...] = ()
    will = ("", "", 0)

    def hear(self, topic, message):
        return []

    def tick(self):
        return []


class Zigbee(Announcing):
    """A gateway with three devices; the announcements of each are retained by the gateway."""

    def __init__(self, name):
        self.base = f"zigbee2mqtt/{name}"
        self.will = ("zigbee2mqtt/bridge/state", '{"state":"offline"}', 1)
        self.retained = {"zigbee2mqtt/bridge/state": '{"state":"online"}'}
        self.retained[f"{self.base}/availability"] = '{"state":"online"}'
        self.device = {
            "identifiers": [f"zigbee2mqtt_0x{name}"],
            "name": name,
            "manufacturer": "Aqara",
            "model": "Temperature and humidity sensor",
            "model_id": "WSDCGQ11LM",
            "via_device": "zigbee2mqtt_bridge_0x00124b00120144ae",
        }

    def announce(self, component, object_id, **config):
        common = {
            "availability": [
                {"topic": "zigbee2mqtt/bridge/state", "value_template": "{{ value_json.state }}"},
                {"topic": f"{self.base}/availability", "value_template": "{{ value_json.state }}"},
            ],
            "availability_mode": "all",
            "device": self.device,
            "object_id": f"{self.device['name']}_{object_id}",
            "origin": {"name": "Zigbee2MQTT", "sw": "2.1.0", "url": "https://www.zigbee2mqtt.io"},
            "state_topic": self.base,
            "unique_id": f"0x{self.device['name']}_{object_id}_zigbee2mqtt",
        }
        topic = f"homeassistant/{component}/0x{self.device['name']}/{object_id}/config"
        self.retained[topic] = json.dumps(common | config)


class ZigbeeSensor(Zigbee):
    def __init__(self, name):
        super().__init__(name)
        for kind, unit in {"temperature": "°C", "humidity": "%", "pressure": "hPa"}.items():
            self.announce(
                "sensor",
                kind,
                device_class=kind,
                enabled_by_default=True,
                state_class="measurement",
                unit_of_measurement=unit,
                value_template=f'{{{{ value_json["{kind}"] }}}}',
            )
        self.announce(
            "sensor",
            "linkquality",
            name="Linkquality",
            enabled_by_default=False,
            entity_category="diagnostic",
            state_class="measurement",
            unit_of_measurement="lqi",
            value_template='{{ value_json["linkquality"] }}',
        )
        self.announce(
            "binary_sensor",
            "contact",
            device_class="door",
            payload_on=False,
            payload_off=True,
            value_template='{{ value_json["contact"] }}',
        )
        self.announce(
            "update",
            "update",
            name=None,
            payload_install='{"id": "0x1"}',
            value_template="{\"latest_version\":\"{{ value_json['update']['latest_version'] }}\"}",
        )

    def tick(self):
        state = {"temperature": 22.6, "humidity": 60.5, "pressure": 1001, "linkquality": 87, "contact": False}
        return [(self.base, json.dumps(state | {"battery": None}), 0)]


class ZigbeeLamp(Zigbee):
    def __init__(self, name):
        super().__init__(name)
        self.state = {"state": "OFF", "brightness": 215, "child_lock": "UNLOCK"}
        self.state |= {"countdown": 0, "auto_off": False}
        self.subscriptions = [(f"{self.base}/set", 0), (f"{self.base}/set/+", 0)]
        self.announce(
            "light",
            "light",
            name=None,
            brightness=True,
            brightness_scale=254,
            command_topic=f"{self.base}/set",
            schema="json",
            supported_color_modes=["brightness"],
        )
        self.announce(
            "switch",
            "child_lock",
            name="Child lock",
            command_topic=f"{self.base}/set/child_lock",
            payload_on="LOCK",
            payload_off="UNLOCK",
            value_template='{{ value_json["child_lock"] }}',
        )
        self.announce(
            "switch",
            "switch_auto_off",
            name="Auto off",
            command_topic=f"{self.base}/set/auto_off",
            payload_on="true",
            payload_off="false",
            value_template="{% if value_json.auto_off %}true{% else %}false{% endif %}",
        )
        self.announce(
            "number",
            "countdown",
            name="Countdown",
            command_topic=f"{self.base}/set/countdown",
            min=0,
            max=43200,
            step=1,
            unit_of_measurement="s",
            value_template='{{ value_json["countdown"] }}',
        )

    def hear(self, topic, message):
        name = topic.rpartition("/set")[2].strip("/")
        told = json.loads(message) if not name else {name: message.decode()}
        if name in ("countdown", "auto_off"):
            told = {name: json.loads(message)}
        self.state |= told
        return self.tick()

    def tick(self):
        return [(self.base, json.dumps(self.state), 0)]


class EspHome(Announcing):
    def __init__(self, name):
        self.name, self.on, self.level, self.light = name, False, 40.0, {"state": "OFF", "brightness": 255}
        self.will = (f"{name}/status", "offline", 0)
        self.subscriptions = [
            (f"{name}/{each}/command", 0)
            for each in ("switch/relay", "number/level", "light/lamp", "button/restart", "select/mode")
        ]
        self.retained = {f"{name}/status": "online"}
        self.announce("sensor", "temperature", "Temperature", dev_cla="temperature", unit_of_meas="°C",
                      stat_cla="measurement")  # fmt: skip
        self.announce("binary_sensor", "window", "Window", dev_cla="window")
        self.announce("sensor", "version", "Version", ic="mdi:new-box")
        commanded = {"cmd_t": True}
        self.announce("switch", "relay", "Relay", **commanded)
        self.announce("button", "restart", "Restart", stat_t=None, **commanded)
        self.announce("select", "mode", "Mode", ops=["eco", "boost"], **commanded)
        self.announce("number", "level", "Level", min=0, max=100, step=0.5, mode="slider", **commanded)
        self.announce("light", "lamp", "Lamp", schema="json", clrm=True, supported_color_modes=["brightness"],
                      brightness=True, **commanded)  # fmt: skip

    def announce(self, component, object_id, name, **config):
        base = f"{self.name}/{component}/{object_id}"
        config = {"name": name, "stat_t": f"{base}/state", "avty_t": f"{self.name}/status", **config}
        if "cmd_t" in config:
            config["cmd_t"] = f"{base}/command"
        config["uniq_id"] = f"ESP{component}{object_id}"
        config["dev"] = {
            "ids": "aabbccddeeff",
            "name": self.name,
            "sw": "2026.1.0 (config hash 0x12345678)",
            "mdl": "esp32dev",
            "mf": "Espressif",
            "cns": [["mac", "aabbccddeeff"]],
        }
        self.retained[f"homeassistant/{component}/{self.name}/{object_id}/config"] = json.dumps(config)

    def hear(self, topic, message):
        what = topic.split("/")[-2]
        if what == "restart":
            return []
        if what == "mode":
            return [(f"{self.name}/select/mode/state", message.decode(), 0)]
        if what == "relay":
            self.on = message.decode().upper() == "ON"
            return [(f"{self.name}/switch/relay/state", "ON" if self.on else "OFF", 0)]
        if what == "level":
            self.level = float(message)
            return [(f"{self.name}/number/level/state", f"{self.level:.6f}", 0)]
        self.light |= json.loads(message)
        return [(f"{self.name}/light/lamp/state", json.dumps({"color_mode": "brightness", **self.light}), 0)]

    def tick(self):
        return [
            (f"{self.name}/sensor/temperature/state", "21.5", 0),
            (f"{self.name}/binary_sensor/window/state", "ON", 0),
        ]


class Whole(Announcing):
    """As Home Assistant's own documents announce a device at once, short and long keys mixed."""

    def __init__(self, name):
        self.topic = f"sensorBedroom/{name}/state"
        config = {
            "dev": {
                "ids": "ea334450945afc",
                "name": name,
                "mf": "Bla electronics",
                "mdl": "xya",
                "sw": "1.0",
                "sn": "ea334450945afc",
                "hw": "1.0rev2",
            },
            "o": {"name": "bla2mqtt", "sw": "2.1", "url": "https://bla2mqtt.example.com/support"},
            "cmps": {
                "some_unique_component_id1": {
                    "p": "sensor",
                    "device_class": "temperature",
                    "unit_of_measurement": "°C",
                    "value_template": "{{ value_json.temperature }}",
                    "unique_id": "temp01ae_t",
                },
                "some_unique_id2": {
                    "p": "sensor",
                    "device_class": "humidity",
                    "unit_of_measurement": "%",
                    "value_template": "{{ value_json.humidity }}",
                    "unique_id": "temp01ae_h",
                },
                "bla1": {"p": "device_automation", "automation_type": "trigger", "topic": "foobar/triggers"},
            },
            "state_topic": self.topic,
            "qos": 2,
        }
        self.retained = {f"homeassistant/device/{name}/config": json.dumps(config)}

    def tick(self):
        return [(self.topic, '{"temperature": 20.5, "humidity": 47}', 0)]


KINDS = {"zigbee-sensor": ZigbeeSensor, "zigbee-lamp": ZigbeeLamp, "esphome": EspHome, "whole": Whole}


def run(host, port, board_id, kind):
    from paho.mqtt import client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    board = KINDS[kind](board_id)

    def publish(messages):
        for topic, payload, qos in messages:
            client.publish(topic, payload, qos=qos)

    def connected(*_):
        if board.subscriptions:
            client.subscribe(list(board.subscriptions))
        last = [client.publish(topic, payload, 1, retain=True) for topic, payload in board.retained.items()]
        waiting.append(last[-1])

    waiting = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
    if board.will[0]:
        topic, payload, qos = board.will
        client.will_set(topic, payload, qos, retain=True)
    client.on_connect = connected
    client.on_message = lambda _, __, message: publish(board.hear(message.topic, message.payload))
    client.connect(host, int(port), keepalive=20)
    client.loop_start()
    while not (waiting and waiting[-1].is_published()):
        time.sleep(0.01)
    print("ready", flush=True)
    while True:
        publish(board.tick())
        time.sleep(0.2)


if __name__ == "__main__":
    run(*sys.argv[1:])
