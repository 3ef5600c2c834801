"""A board of the course, written anew from the wire: it imports nothing of PicoPanel."""

import asyncio

import my_secrets
from machine import ADC, Pin
from mqtt_as import MQTTClient, config

led, lit, sensor = Pin("LED", Pin.OUT), False, ADC(4)
config.update(
    {
        "ssid": my_secrets.SSID,
        "wifi_pw": my_secrets.PASSWORD,
        "server": my_secrets.HIVEMQ_HOST,
        "port": my_secrets.HIVEMQ_PORT,
        "user": my_secrets.HIVEMQ_USERNAME,
        "password": my_secrets.HIVEMQ_PASSWORD,
        "keepalive": 3600,
        "queue_len": 12,
    }
)
client = MQTTClient(config)


async def renew():
    while True:
        await client.up.wait()
        client.up.clear()
        await client.subscribe(my_secrets.COURSE_ID + "/onboard_led", 1)
        print("listening")


async def answer():
    global lit
    async for item in client.queue:
        word = item[1].decode()
        if word in ("on", "off", "toggle"):
            lit = not lit if word == "toggle" else word == "on"
            led.value(lit)
        celsius = round(27 - (sensor.read_u16() * 3.3 / 65535 - 0.706) / 0.001721, 1)
        await client.publish(my_secrets.COURSE_ID + "/onboard_temp", str(celsius), qos=1)


async def main():
    await client.connect(quick=True)
    asyncio.create_task(renew())
    await answer()


asyncio.run(main())
