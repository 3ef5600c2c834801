"""A session in which mqtt_as waits two seconds for an address, instead of a minute of `asyncio.sleep(1)`."""

import asyncio

asyncio.sleep = lambda seconds: asyncio.sleep_ms(int(20 * seconds))

__import__("session")
