"""The board: brings together what it does, its hardware and its way to the broker."""

import asyncio
import gc
import sys

from . import hardware

if hardware.RADIO:
    from .link import MQTT_AS, ONLINE, Link
else:
    from .usb import MQTT_AS, ONLINE, Link  # type: ignore[assignment]

# isort: split
from .device import PicoDevice  # last: most memory is needed to compile what the link imports

OFFLINE_FOR = 10 * 60_000  # then a reset, the last thing that may help
MOST_WAITING = 64  # answers; more commands than that wait in the connection's queue
IN_FLIGHT = 3  # answers whose receipt the broker has not acknowledged
TIME_AGAIN = 5 * 60_000
TIME_LASTS = 60 * 60_000  # a clock that is 30 ppm off has lost a tenth of a second by then
FLASH, DARK = 150, 1500  # milliseconds
ECHO = 10_000  # what the board publishes as its status comes back to it


class Board:
    """One board on one broker.

    board = Board(my_secrets)
    board.channel("light", read_light, unit="lx")  # a sensor: read_light() returns a number
    board.sensor(read_both, {"humidity": "%", "pressure": "hPa"}, every=2000)  # several from one read
    board.control("lamp", set_lamp, min=0, max=100)  # set_lamp(value) is called by the panel
    board.run()

    What may fail at its start, such as a driver whose sensor is not plugged in, belongs into a
    function that `run` gets: `board.run(climate)` calls `climate(board)`, and again until it works.
    """

    def __init__(self, secrets):
        self._uptime = hardware.Uptime()
        self.device = PicoDevice(
            secrets.COURSE_ID,
            boot=hardware.new_boot(),
            reset=hardware.reset_cause(),
            board=hardware.NAME,
            micropython=hardware.MICROPYTHON,
            mqtt_as=MQTT_AS,
            interval=getattr(secrets, "INTERVAL", 2000),
            memory=hardware.memory_for_samples(),
            report=_report,
            announce=getattr(secrets, "ANNOUNCE", None),
        )
        self.channel, self.sensor, self.control = self.device.channel, self.device.sensor, self.device.control
        self.channel("temperature", hardware.temperature, unit="Cel")
        self._led = hardware.Led(getattr(secrets, "LED_PIN", None))
        self._link = Link(secrets, self.device.will, self._tell_time)
        self._codes = getattr(secrets, "BLINK_CODES", True)
        self._answers, self._news, self._broken = [], [], False
        self._listening_at = None  # while nothing has been heard
        self._time_at = 0
        if hardware.unix_ms() is not None:  # set over USB
            self._tell_time(hardware.unix_ms())

    def run(self, *parts):
        """Never returns, except on Ctrl-C. Each part is a function that adds sensors and controls."""
        for part in parts:
            self.device.add(part)
        watchdog = hardware.Watchdog()
        try:
            asyncio.run(self._main(watchdog))
        except KeyboardInterrupt:
            watchdog.stop()
            print("Stopped. Ctrl-D starts it again.")
        except Exception as problem:
            sys.print_exception(problem)
            hardware.reset(self._uptime)
        finally:
            self._link.close()

    async def _main(self, watchdog):
        tasks = [self._listen(), self._answer(), self._tick(), self._send(self._news)] + [
            self._send(self._answers) for _ in range(IN_FLIGHT)
        ]
        if self._codes:
            tasks.append(self._flash())
        self._running = [asyncio.create_task(self._guard(task)) for task in tasks]
        await self._supervise(watchdog)

    async def _guard(self, task):
        """A task that ends takes the board with it: half a board would look alive."""
        try:
            await task
        except Exception as problem:
            sys.print_exception(problem)
        self._broken = True

    async def _supervise(self, watchdog):
        online_at = 0
        while not self._broken and self._uptime.now() - online_at < OFFLINE_FOR:
            watchdog.alive()
            now = self._uptime.now()
            if not hardware.RADIO:  # no reset brings a computer
                online_at = now
            if self._link.stage == ONLINE:
                online_at = now
                self.device.rssi = self._link.signal()
                self._doubt(now)
                self._keep_time(now)
            gc.collect()
            await asyncio.sleep(1)
        print("Resetting.")
        hardware.reset(self._uptime)

    async def _listen(self):
        await self._link.join()
        while True:
            await self._link.up.wait()
            self._link.up.clear()
            self._answers.clear()  # of the former connection
            try:
                await self._link.listen(self.device.topics)
            except OSError:
                continue
            self._listening_at = self._uptime.now()
            self.device.kept = self._link.keeps
            self._answers[:0] = self.device.connected(self._uptime.now())  # before what was asked meanwhile

    def _doubt(self, now):
        """Some brokers refuse without a word."""
        if self._listening_at is not None and now - self._listening_at > ECHO:
            self._listening_at = None
            print("Broker: it delivers nothing. This user may not publish or subscribe there.")

    def _keep_time(self, now):
        if now - self._time_at > (TIME_LASTS if self._link.clock_set else TIME_AGAIN):
            self._time_at = now
            self._link.fetch_time()

    def _tell_time(self, unix_ms):
        self.device.set_time(unix_ms, self._uptime.now())

    async def _answer(self):
        async for item in self._link.queue:
            topic, payload, retained = item[:3]
            self._listening_at = None
            now = self._uptime.now()
            self._answers += self.device.receive(topic, payload, retained, now)
            self._show()
            while len(self._answers) >= MOST_WAITING:
                await asyncio.sleep_ms(10)

    async def _tick(self):
        while True:
            now = self._uptime.now()
            self.device.online = self.device.online and self._link.stage == ONLINE
            messages = self.device.tick(now, busy=bool(self._answers or self._news))
            if len(self._news) < MOST_WAITING:  # what does not fit is in the ring
                self._news += messages
            self._show()
            await asyncio.sleep_ms(max(1, min(20, self.device.next_tick - self._uptime.now())))

    async def _send(self, messages):
        """The connection's lock keeps the order; answers have tasks of their own and wait for nothing."""
        while True:
            if messages and not self._link.subscribing:
                await self._link.send(messages.pop(0))
            else:
                await asyncio.sleep_ms(5)

    def _show(self):
        """The LED is the user's, except while it tells the stage."""
        if self._link.stage == ONLINE or not self._codes:
            self._led(self.device.led)

    async def _flash(self):
        """While there is no connection: as many flashes as the stage's number, never one less."""
        while True:
            while self._link.stage == ONLINE:
                await asyncio.sleep_ms(50)
            self._light(False)
            await asyncio.sleep_ms(DARK)
            for lit in (True, False) * self._link.stage:  # ONLINE is 0
                self._light(lit)
                await asyncio.sleep_ms(FLASH)

    def _light(self, lit):
        if self._link.stage != ONLINE:
            self._led(lit)


def _report(name, problem):
    print("Sensor: %s does not work, and is tried again:" % name)
    sys.print_exception(problem)
