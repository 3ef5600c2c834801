"""A board of the PicoPanel layer, for tests: `pico_layer_board.py HOST PORT ID [--rate 2] [--batch 1]`.

Written from the wire's examples (`tests/contract.json`) with nothing but paho. Sample `seq` has the value
20 + seq / 1000, so that a test sees what was lost, repeated or moved. One thread does it all.
"""

import argparse
import json
import random
import time
from collections import deque

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

options = argparse.ArgumentParser()
options.add_argument("host")
options.add_argument("port", type=int)
options.add_argument("id")
options.add_argument("--rate", type=float, default=2, help="samples a second")
options.add_argument("--batch", type=int, default=1, help="samples in a message")
options.add_argument("--rgb", action="store_true", help="declare an RGB LED and its brightness")
options = options.parse_args()

CONTROLS = {"led": {"type": "switch"}}
if options.rgb:
    CONTROLS |= {"brightness": {"type": "range", "min": 0, "max": 100, "step": 5}}
    CONTROLS |= {"color": {"type": "color"}, "fan": {"type": "switch"}}


class Board:
    def __init__(self):
        self.boot = f"{random.getrandbits(32):08x}"
        self.started = time.monotonic()
        self.interval = 1000 / options.rate
        self.led = False
        self.blinks = []  # (up, led) to come
        self.seq = 0
        self.due = 0.0
        self.heard = 0
        self.ring = deque(maxlen=4000)  # (seq, up, led, value)
        self.done = deque(maxlen=64)  # (experiment_id, answer)
        self.resend = deque()  # samples that were asked for, and the answer that comes after them
        self.client = client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
        client.will_set(self.topic("status"), "offline", qos=1, retain=True)
        client.on_connect = lambda *_: client.subscribe(
            [(self.topic(name), 1) for name in ("onboard_led", "cmd", "status")]
        )
        client.on_subscribe = lambda *_: self.introduce()
        client.on_message = self.told

    def topic(self, name):
        return f"{options.id}/{name}"

    @property
    def up(self):
        return round((time.monotonic() - self.started) * 1000)

    @property
    def led_word(self):
        return "on" if self.led else "off"

    def publish(self, name, payload, qos=1, retain=False):
        text = payload if isinstance(payload, str) else json.dumps(payload, separators=(",", ":"))
        self.client.publish(self.topic(name), text, qos=qos, retain=retain)

    def introduce(self):
        info = {
            "protocol": 1,
            "firmware": "0.1.0",
            "board": "Test board",
            "micropython": "1.27.0",
            "mqtt_as": "0.8.3",
        }
        info |= {"boot": self.boot, "reset": "power", "virtual": False, "interval": round(self.interval)}
        info |= {"channels": {"temperature": {"unit": "Cel"}}, "controls": CONTROLS}
        self.publish("info", info, retain=True)
        self.publish("onboard_led/state", self.led_word, retain=True)
        self.publish("status", "online", retain=True)
        print("ready", flush=True)

    def told(self, _client, _userdata, message):
        self.heard += 1
        name, text = message.topic[len(options.id) + 1 :], message.payload.decode(errors="replace")
        if message.retain:
            return
        if name == "status" and text == "offline":
            self.publish("status", "online", retain=True)
        elif name == "onboard_led":
            self.course_command(text)
        elif name == "cmd":
            self.command(json.loads(text))

    def course_command(self, text):
        self.blinks = []
        self.switch({"on": True, "off": False, "toggle": not self.led}.get(text, self.led), text)
        self.publish("onboard_temp", f"{self.value(self.seq):.1f}")

    def command(self, command):
        name = command["experiment_id"]
        known = next((answer for done, answer in self.done if done == name), None)
        answer = known or self.obey(command)
        if not known:
            self.done.append((name, answer))
        if "since" in command and not known:
            self.resend.append(answer)
        else:
            self.publish("ack", answer)

    def obey(self, command):
        answer = {"experiment_id": command["experiment_id"], "ok": True, "boot": self.boot, "up": self.up}
        if command.get("boot", self.boot) != self.boot or command.get("until", self.up) < self.up:
            return answer | {"ok": False, "error": "expired"}
        if led := command.get("led"):
            self.blinks = []
            self.switch({"on": True, "off": False, "toggle": not self.led}[led], led)
        for control, value in command.get("set", {}).items():
            if control not in CONTROLS or value == 65:
                return answer | {"ok": False, "error": f"set: no {control} of {value}"}
            print("set", control, json.dumps(value), flush=True)
        if blink := command.get("blink"):
            self.plan(blink)
        if interval := command.get("interval"):
            self.interval = interval
        if since := command.get("since"):
            self.resend.extend(sample for sample in self.ring if sample[0] >= since["seq"])
        return answer | {"led": self.led_word, "values": {"temperature": self.value(self.seq)}}

    def plan(self, blink):
        at, self.blinks = self.up, []
        for _ in range(blink.get("n") or 1000):
            self.blinks += [(at, True), (at + blink["on"], False)]
            at += blink["on"] + blink["off"]

    def switch(self, led, why):
        self.led = led
        print(why, "led", self.led_word, flush=True)
        self.publish("onboard_led/state", self.led_word, retain=True)

    def value(self, seq):
        return round(20 + seq / 1000, 3)

    def telemetry(self, samples):
        seq, up, led, value = samples[0]
        message = {
            "boot": self.boot,
            "seq": seq,
            "up": up,
            "ts": round(time.time() * 1000) - self.up + up,
            "led": led,
        }
        if len(samples) > 1:
            message["dt"] = round(self.interval)
            value = [sample[3] for sample in samples]
        self.publish("telemetry", message | {"values": {"temperature": value}}, qos=0)

    def tick(self):
        while self.blinks and self.blinks[0][0] <= self.up:
            self.switch(self.blinks.pop(0)[1], "blink")
        for _ in range(min(5, len(self.resend))):
            one = self.resend.popleft()
            self.publish("ack", one) if isinstance(one, dict) else self.telemetry([one])
        while self.up >= self.due:
            self.ring.append((self.seq, round(self.due), self.led_word, self.value(self.seq)))
            self.seq += 1
            self.due += self.interval
            if self.seq % options.batch == 0 and self.client.is_connected():
                self.telemetry(list(self.ring)[-options.batch :])

    def listen(self):
        """Take in what waits, within reason: paho takes in one packet a call."""
        for _ in range(100):
            heard = self.heard
            if self.client.loop(timeout=0.002) != mqtt.MQTT_ERR_SUCCESS:
                return False
            if heard == self.heard:
                break
        return True

    def run(self):
        while True:
            try:
                self.client.connect(options.host, options.port, keepalive=20)
                while self.listen():
                    self.tick()
            except OSError:
                pass
            end = time.monotonic() + 0.5
            while time.monotonic() < end:
                self.tick()
                time.sleep(0.01)


Board().run()
