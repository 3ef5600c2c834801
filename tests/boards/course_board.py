"""A board of the course layer, for tests: `course_board.py HOST PORT ID [USER PASSWORD]`.

Written from the course's own board with nothing but paho, so that it cannot share a mistake with the package.
"""

import sys

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

host, port, board_id, *login = sys.argv[1:]
led = False
answers = 0


def connected(client, _userdata, _flags, _reason, _properties):
    client.subscribe(f"{board_id}/onboard_led", qos=1)


def subscribed(*_):
    print("ready")


def told(client, _userdata, message):
    global led, answers
    command = message.payload.decode(errors="replace")
    led = {"on": True, "off": False, "toggle": not led}.get(command, led)
    print(command, "led", "on" if led else "off")
    answers += 1
    client.publish(f"{board_id}/onboard_temp", f"{20 + answers / 10:.1f}", qos=1)


client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
client.on_connect, client.on_subscribe, client.on_message = connected, subscribed, told
client.reconnect_delay_set(1, 1)
if login:
    client.username_pw_set(*login)
client.connect(host, int(port), keepalive=20)
client.loop_forever()
