"""A board of the course on `umqtt.simple`, without asyncio: it imports nothing of PicoPanel."""

import time

import my_secrets
import network
from machine import ADC, Pin
from umqtt.simple import MQTTClient

led, lit, sensor = Pin("LED", Pin.OUT), False, ADC(4)
words = []
wifi = network.WLAN(network.STA_IF)
wifi.active(True)
wifi.connect(my_secrets.SSID, my_secrets.PASSWORD)
while not wifi.isconnected():
    time.sleep(0.1)

client = MQTTClient(
    "course-board",
    my_secrets.HIVEMQ_HOST,
    port=my_secrets.HIVEMQ_PORT,
    user=my_secrets.HIVEMQ_USERNAME,
    password=my_secrets.HIVEMQ_PASSWORD,
    keepalive=3600,
)
client.set_callback(lambda topic, message: words.append(message.decode()))
client.connect()
client.subscribe(my_secrets.COURSE_ID + "/onboard_led", 1)
print("listening")

while True:
    client.wait_msg()
    while words:
        word = words.pop(0)
        if word in ("on", "off", "toggle"):
            lit = not lit if word == "toggle" else word == "on"
            led.value(lit)
        celsius = round(27 - (sensor.read_u16() * 3.3 / 65535 - 0.706) / 0.001721, 1)
        client.publish(my_secrets.COURSE_ID + "/onboard_temp", str(celsius), qos=1)
