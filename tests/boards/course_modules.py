"""The boards of the course's other modules, for tests: `course_modules.py HOST PORT ID KIND`.

What each says and takes is transcribed from its own program (MIT licence), with lists in the place of pins
and sensors, and nothing of the package, so that it cannot share a mistake with it:

- light mixing: `main.py`, `lib/sdl_demo_utils.py` in `src/public_mqtt_sdl_demo` of
  sparks-baird/self-driving-lab-demo
- fan, magnetometer, pipette: `src/ac_training_lab/picow/*/main.py` of AccelerationConsortium/ac-dev-lab
- OT-2: `src/ac_training_lab/ot-2/_scripts/OT2mqtt.py` there
"""

from __future__ import annotations

import json
import sys
import time
import traceback

CHANNEL_NAMES = ["ch410", "ch440", "ch470", "ch510", "ch550", "ch583", "ch620", "ch670"]


class LightMixing:
    """Modules 1.1 and 1.6."""

    def __init__(self, board_id, spectrum=(613, 2378, 4390, 1441, 1287, 1252, 1490, 2044)):
        self.prefix = f"sdl-demo/picow/{board_id}/"
        self.subscriptions = [(self.prefix + "GPIO/28", 0)]  # the board's own filter is GPIO/#
        self.spectrum = spectrum
        self.pixels = []

    def all_channels(self):
        return list(self.spectrum)

    def run_experiment(self, parameters):
        r, g, b = [parameters[key] for key in ["R", "G", "B"]]
        atime = parameters.get("atime", 100)
        astep = parameters.get("astep", 999)
        gain = parameters.get("gain", 128)
        assert 0 <= r <= 255, f"Invalid R: {r} (must be between 0 and 255)"
        assert 0 <= g <= 255, f"Invalid G: {g} (must be between 0 and 255)"
        assert 0 <= b <= 255, f"Invalid B: {b} (must be between 0 and 255)"
        assert 0 <= atime <= 255, f"Invalid atime: {atime} (must be between 0 and 255)"
        assert 0 <= astep <= 65536, f"Invalid astep: {astep} (must be between 0 and 65536)"
        assert 0.5 <= gain <= 512, f"Invalid gain: {gain} (must be between 0.5 and 512)"
        background = self.all_channels()
        self.pixels.append(bytes([r, g, b]))  # as NeoPixel has it: a float is no byte
        data = dict(zip(CHANNEL_NAMES, self.all_channels(), strict=True))
        data["background"] = dict(zip(CHANNEL_NAMES, background, strict=True))
        return data

    def hear(self, topic, message):
        payload_data = {}
        try:
            parameters = json.loads(message)
            payload_data["_input_message"] = parameters
            payload_data |= self.run_experiment(parameters)
        except Exception:
            if "_input_message" not in payload_data:
                payload_data["_input_message"] = message.decode()
            payload_data["error"] = traceback.format_exc()
        payload_data["onboard_temperature_K"] = 297.8537
        payload_data["sd_card_ready"] = False
        payload_data["utc_timestamp"] = 1671675884
        payload_data["utc_time_str"] = "2022-12-22 02:24:44"
        payload_data["device_nickname"] = "test"
        payload_data["encrypted_device_id_truncated"] = "1234567890"
        payload_data["logged_to_mongodb"] = False
        return [(self.prefix + "as7341/", json.dumps(payload_data), 0)]

    def tick(self):
        return []


class Fan:
    def __init__(self, board_id):
        self.command_topic = f"fan-control/picow/{board_id}/speed"
        self.sensor_data_topic = f"fan-control/picow/{board_id}/rpm"
        self.subscriptions = [(self.command_topic, 1)]
        self.duty = 0

    def tick(self):
        payload = json.dumps({"rpm": self.duty * 60, "utc_timestamp": round(time.time())})
        return [(self.sensor_data_topic, payload, 1)]

    def hear(self, topic, message):
        try:
            speed = json.loads(message).get("speed")
            if isinstance(speed, int) and 0 <= speed <= 100:
                self.duty = speed
        except ValueError:
            pass
        return self.tick()


class Magnetometer:
    def __init__(self, board_id):
        self.data_topic = f"magnetometer/picow/{board_id}/sensor_data"
        self.subscriptions = []
        self.buffer = [(1.5, -2.0, 38.25), (1.6, -2.1, 38.5), (1.7, -2.2, 38.75)]

    def hear(self, topic, message):
        return []

    def tick(self):
        batch = [{"X": x, "Y": y, "Z": z} for x, y, z in self.buffer]
        return [(self.data_topic, json.dumps(batch), 1)]


class Pipette:
    def __init__(self, board_id):
        self.subscriptions = [(f"digital-pipette/picow/{board_id}/L16-R", 1)]
        self.duties = []

    def hear(self, topic, message):
        position = json.loads(message)["position"]
        self.duties.append(int((position / 20.0) * 65535))
        return []

    def tick(self):
        return []


class Ot2:
    def __init__(self, serial):
        self.status_topic = f"status/ot2/{serial}/complete"
        self.subscriptions = [(f"command/ot2/{serial}/pipette", 2)]
        self.mixed = []

    def hear(self, topic, message):
        command = json.loads(message)
        if "command" not in command or "experiment_id" not in command:
            return []
        try:
            return self.handle_command(command)
        except Exception:  # the original prints it, and says nothing
            return []

    def handle_command(self, payload):
        if {"R", "Y", "B", "well"}.issubset(payload["command"].keys()):
            red, yellow, blue = (payload["command"][name] for name in "RYB")
            if red + yellow + blue > 300:
                raise ValueError("The sum of the proportions must be not greater than 300")
            self.mixed.append((red, yellow, blue, payload["command"]["well"]))
            return self.status("in_place", payload)
        if {"sensor_status"}.issubset(payload["command"].keys()):
            return self.status("charging", payload)
        return []

    def status(self, sensor_status, payload):
        data = {
            "status": {"sensor_status": sensor_status},
            "experiment_id": payload["experiment_id"],
            "session_id": payload["session_id"],
        }
        return [(self.status_topic, json.dumps(data), 2)]

    def tick(self):
        return []


KINDS = {
    "sdl-demo": LightMixing,
    "fan": Fan,
    "magnetometer": Magnetometer,
    "digital-pipette": Pipette,
    "ot2": Ot2,
}


def run(host, port, board_id, kind):
    from paho.mqtt import client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    board = KINDS[kind](board_id)

    def publish(messages):
        for topic, payload, qos in messages:
            client.publish(topic, payload, qos=qos)

    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
    client.on_connect = lambda *_: board.subscriptions and client.subscribe(board.subscriptions)
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.on_message = lambda _, __, message: publish(board.hear(message.topic, message.payload))
    client.connect(host, int(port), keepalive=20)
    client.loop_start()
    while True:
        time.sleep(0.1)
        publish(board.tick())


if __name__ == "__main__":
    run(*sys.argv[1:])
