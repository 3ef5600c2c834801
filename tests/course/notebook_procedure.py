"""What a course notebook does, as a script: `notebook_procedure.py HOST PORT ID`.

Written from the course's own account of it: MQTT 5, QoS 2 both ways, each payload through `json.loads`
into a queue, one command at a time, 30 toggles. Prints one temperature a line.
"""

import json
import sys
from queue import Queue

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

host, port, course_id = sys.argv[1:4]
answers: Queue[float] = Queue()
subscribed: Queue[bool] = Queue()


def on_connect(client, _userdata, _flags, _reason, _properties):
    client.subscribe(f"{course_id}/onboard_temp", qos=2)


def on_message(_client, _userdata, message):
    # Unguarded, as in the course: a payload that is not JSON ends the network thread.
    answers.put(json.loads(message.payload))


def send_and_receive(client, command, timeout):
    client.publish(f"{course_id}/onboard_led", command, qos=2)
    return answers.get(timeout=timeout)


client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
client.on_connect = on_connect
client.on_subscribe = lambda *_: subscribed.put(True)
client.on_message = on_message
client.connect(host, int(port))
client.loop_start()
subscribed.get(timeout=10)
for _ in range(30):
    print(send_and_receive(client, "toggle", timeout=10))
client.disconnect()
client.loop_stop()
