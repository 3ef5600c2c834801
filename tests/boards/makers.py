"""Boards of makers, for tests; each says and takes what its own documents or source show, and no more.

- Tasmota: https://tasmota.github.io/docs/MQTT/ and /docs/Commands/, a plug that measures
- Shelly: https://shelly-api-docs.shelly.cloud/gen2, RPC Protocol, RPC Channels, Mqtt, Switch
- Zigbee2MQTT: https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html
- ESPHome: esphome/components/mqtt in esphome/esphome: mqtt_component.cpp, mqtt_sensor.cpp, mqtt_switch.cpp
"""

from __future__ import annotations

import json


class Tasmota:
    def __init__(self, topic):
        self.topic, self.power = topic, "OFF"
        self.subscriptions = [(f"cmnd/{topic}/POWER", 0)]  # of its cmnd/TOPIC/#
        self.born = [(f"tele/{topic}/LWT", "Online", 1)]
        self.will = (f"tele/{topic}/LWT", "Offline", 1)

    def hear(self, topic, message):
        word = message.decode().upper()
        turned = "OFF" if self.power == "ON" else "ON"
        self.power = {"ON": "ON", "1": "ON", "OFF": "OFF", "0": "OFF", "TOGGLE": turned}.get(word, self.power)
        state = json.dumps({"POWER": self.power}, separators=(",", ":"))
        return [(f"stat/{self.topic}/RESULT", state, 0), (f"stat/{self.topic}/POWER", self.power, 0)]

    def tick(self):
        state = (
            '{"Time":"2024-02-24T22:20:38","Uptime":"0T00:10:11","UptimeSec":611,"Heap":24,"SleepMode":"Dynamic",'
            '"Sleep":50,"LoadAvg":19,"MqttCount":1,"POWER":"' + self.power + '","Wifi":{"AP":1,"SSId":"x",'
            '"BSSId":"E6:8D:8C:4B:BE:F7","Channel":3,"Mode":"11n","RSSI":44,"Signal":-78,"LinkCount":1,'
            '"Downtime":"0T00:00:05"}}'
        )
        sensor = (
            '{"Time":"2022-01-11T21:57:38","ENERGY":{"TotalStartTime":"2020-10-21T22:15:00","Total":3.705,'
            '"Yesterday":0.028,"Today":0.026,"Period":1,"Power":5,"ApparentPower":5,"ReactivePower":0,'
            '"Factor":1.00,"Voltage":233,"Current":0.021}}'
        )
        return [(f"tele/{self.topic}/STATE", state, 0), (f"tele/{self.topic}/SENSOR", sensor, 0)]


class Shelly:
    def __init__(self, prefix):
        self.prefix, self.output = prefix, False
        self.subscriptions = [(f"{prefix}/rpc", 1)]
        self.born = [(f"{prefix}/online", "true", 1)]
        self.will = (f"{prefix}/online", "false", 1)

    def hear(self, topic, message):
        call = json.loads(message)
        answer = {"id": call["id"], "src": self.prefix, "dst": call["src"]}
        if call["method"] != "Switch.Set":
            error = {"code": 404, "message": f"No handler for {call['method']}"}
            return [(f"{call['src']}/rpc", json.dumps(answer | {"error": error}), 1)]
        if call["params"]["id"] != 0 or not isinstance(call["params"]["on"], bool):
            error = {"code": -103, "message": "Invalid argument 'on'!"}
            return [(f"{call['src']}/rpc", json.dumps(answer | {"error": error}), 1)]
        was_on, self.output = self.output, call["params"]["on"]
        answered = (f"{call['src']}/rpc", json.dumps(answer | {"result": {"was_on": was_on}}), 1)
        return [answered, *self.tick()]

    def tick(self):
        status = {
            "id": 0,
            "source": "MQTT",
            "output": self.output,
            "apower": 8.9 if self.output else 0.0,
            "voltage": 237.5,
            "aenergy": {"total": 6.532, "by_minute": [45.199, 47.141, 88.397], "minute_ts": 1626935779},
            "temperature": {"tC": 23.5, "tF": 74.4},
        }
        return [(f"{self.prefix}/status/switch:0", json.dumps(status), 1)]


class Zigbee2Mqtt:
    """An IKEA lamp; what is not lit tells no brightness anew."""

    def __init__(self, name):
        self.topic = f"zigbee2mqtt/{name}"
        self.state = {"state": "OFF", "brightness": 215, "linkquality": 87}
        self.subscriptions = [(f"{self.topic}/set", 0)]
        self.born = [(f"{self.topic}/availability", '{"state":"online"}', 1)]
        self.will = (f"{self.topic}/availability", '{"state":"offline"}', 1)

    def hear(self, topic, message):
        self.state |= json.loads(message)
        return self.tick()

    def tick(self):
        return [(self.topic, json.dumps(self.state), 0)]


class EspHome:
    """A node with sensors named Temperature and Humidity, and a switch named Relay."""

    def __init__(self, prefix):
        self.prefix, self.relay = prefix, False
        self.subscriptions = [(f"{prefix}/switch/relay/command", 0)]
        self.born = [(f"{prefix}/status", "online", 0)]
        self.will = (f"{prefix}/status", "offline", 0)

    def hear(self, topic, message):
        word = message.decode().lower()
        if word not in ("on", "off", "toggle"):
            return []
        self.relay = {"on": True, "off": False, "toggle": not self.relay}[word]
        return [(f"{self.prefix}/switch/relay/state", "ON" if self.relay else "OFF", 0)]

    def tick(self):
        return [
            (f"{self.prefix}/sensor/temperature/state", f"{21.46:.1f}", 0),
            (f"{self.prefix}/sensor/humidity/state", f"{47.2:.1f}", 0),
        ]


KINDS = {"tasmota": Tasmota, "shelly": Shelly, "zigbee2mqtt": Zigbee2Mqtt, "esphome": EspHome}
