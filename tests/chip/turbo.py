"""Runs the chip's program on Unicorn, which translates it, for as long as it only computes.

The emulator steps through 3 million instructions a second, a fortieth of the chip's speed; translated,
they are 200 million. Registers and memory are handed over at any instruction; what touches a peripheral, is
an interrupt or waits for one is the emulator's. Its clock goes on by what was executed, so that the chip's
seconds stay what they were, and no alarm comes late.
"""

import asyncio
import ctypes
import time

from rp2040py.execute_batch import execute_batch
from unicorn import UC_ARCH_ARM, UC_ERR_OK, UC_MODE_MCLASS, UC_MODE_THUMB, UC_PROT_ALL, Uc
from unicorn import arm_const as arm
from unicorn.unicorn_py3.unicorn import uclib

FLASH, RAM, BOOTROM = 0x10000000, 0x20000000, 0
REGISTERS = [getattr(arm, f"UC_ARM_REG_R{number}") for number in range(16)]
FLAGS = [arm.UC_ARM_REG_XPSR, arm.UC_ARM_REG_PRIMASK]
NANOS = 8.0  # of a cycle, at 125 MHz
CYCLES = 1.3  # of an instruction
LONGEST = 100_000  # instructions at once
SHORT = 150  # so few at once are not worth it
START, ASK, STEPPED = 100, 6, 4  # microseconds; what is stepped through makes three a microsecond
BRIEF, INTERRUPT, BUSY = 160, 4000, 200_000  # nanoseconds of the chip's to be stepped through
SECONDS = 0.005  # until others have their turn, as in the emulator's own loop
NAP, FASTER = 50e6, 5  # nanoseconds; a chip that sleeps is so many times quicker than the world
PERIPHERALS = (
    (0x14000000, 0x4000),
    (0x18000000, 0x4000),
    (0x40000000, 0x70000),
    (0x50000000, 0x4000),
    (0x50100000, 0x14000),
    (0x50200000, 0x4000),
    (0x50300000, 0x4000),
    (0xD0000000, 0x1000),
    (0xE0000000, 0x10000),
)
WAITS = 0xBF20, 0xBF30  # WFE, WFI


class Turbo:
    """In the place of the emulator's own loop: `simulator.execute = Turbo(simulator).execute`."""

    def __init__(self, simulator):
        self.simulator, self.chip, self.clock = simulator, simulator.rp2040, simulator.clock
        self.core = self.chip.core
        self._uc = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
        self._handle = self._uc._uch
        self._counter, self._most = _find_counter(self._uc)
        self._map(FLASH, self.chip.flash)
        self._map(RAM, self.chip.sram)
        self._map(BOOTROM, self.chip.bootrom)
        self._reads = {1: self.chip.read_uint8, 2: self.chip.read_uint16, 4: self.chip.read_uint32}
        self._writes = {1: self.chip.write_uint8, 2: self.chip.write_uint16, 4: self.chip.write_uint32}
        self._ticked, self._rung = 0, False
        self._bell = self.clock.create_alarm(self._ring)
        for address, size in PERIPHERALS:
            self._uc.mmio_map(address, size, self._read, address, self._write, address)
        count = len(REGISTERS) + len(FLAGS)
        self._values = (ctypes.c_uint32 * count)()
        self._ids = (ctypes.c_int * count)(*REGISTERS, *FLAGS)
        places = [ctypes.addressof(self._values) + 4 * at for at in range(count)]
        self._places = (ctypes.c_void_p * count)(*places)
        self._count = count
        self._theirs = memoryview(self._values).cast("B")[:64].cast("I")
        self._ours = memoryview(self.core.registers)
        self._speed, self._asked = 10.0, 0  # instructions a microsecond, lately
        self.executed = self.stepped = 0

    def _map(self, address, memory):
        view = memoryview(memory).cast("B")
        place = ctypes.addressof(ctypes.c_char.from_buffer(view))
        self._uc.mem_map_ptr(address, len(view) // 4096 * 4096, UC_PROT_ALL, place)

    async def execute(self):
        """What the emulator does until it is stopped."""
        self.simulator.stopped = False
        while not self.simulator.stopped:
            await asyncio.sleep(self._batch())

    def _batch(self):
        """Execute for some milliseconds, and return how long others have their turn.

        A chip that sleeps would be minutes ahead of the broker whose answer it waits for.
        """
        slept, began, core, clock = 0.0, time.monotonic(), self.core, self.clock
        while not self.simulator.stopped and time.monotonic() - began < SECONDS and slept < NAP:
            if core.waiting:
                nanos = clock.nanos_to_next_alarm
                slept += nanos
                clock.tick(nanos)
                self._go_on(int(nanos / NANOS) or 1)
            elif core.current_mode or core.interrupts_updated:
                self._step(INTERRUPT)
            elif self._speed < STEPPED:
                self._speed = 2 * STEPPED
                self._step(BUSY)
            else:
                self._run()
        return max(0.0, slept / 1e9 / FASTER - time.monotonic() + began)

    def _read(self, uc, offset, size, address):
        self._tick()
        self._asked += 1
        return self._reads[size](address + offset)

    def _write(self, uc, offset, size, value, address):
        self._tick()
        self._asked += 1
        self._writes[size](address + offset, value)
        if self.core.interrupts_updated:
            self._most.value = 0

    def _tick(self):
        """What was executed has taken its time."""
        cycles = int((self._counter.value - self._ticked) * CYCLES)
        self._ticked = self._counter.value
        if cycles > 0:
            self.clock.tick(cycles * NANOS)
            self._go_on(cycles)

    def _run(self):
        """Run translated code up to the next alarm, or to what must be the emulator's."""
        core, values, self._asked = self.core, self._values, 0
        most = LONGEST
        if self.clock.has_scheduled_alarm:
            most = min(most, int(self.clock.nanos_to_next_alarm / (NANOS * CYCLES)))
        if most < SHORT:  # an alarm is near
            self._step(BRIEF)
            return
        self._theirs[:] = self._ours
        masked = core.pm
        values[16] = core.n << 31 | core.z << 30 | core.c << 29 | core.v << 28 | 1 << 24
        values[17] = masked
        start = values[15]
        uclib.uc_reg_write_batch(self._handle, self._ids, self._places, self._count)
        result = uclib.uc_emu_start(self._handle, start | 1, 0xFFFFFFFE, 0, most)
        uclib.uc_reg_read_batch(self._handle, self._ids, self._places, self._count)
        done = min(self._counter.value, most)
        if result != UC_ERR_OK:
            done -= 1
        values[15] &= 0xFFFFFFFE
        waits = done < most and self.chip.read_uint16(values[15] - 2) in WAITS
        if waits:
            values[15] -= 2
        self._ours[:] = self._theirs
        flags = values[16]
        core.n, core.z, core.c, core.v = flags >> 31, flags >> 30 & 1, flags >> 29 & 1, flags >> 28 & 1
        core.pm = values[17] & 1
        if masked and not core.pm:
            core.interrupts_updated = True
        self.executed += done
        self._tick()
        self._ticked = 0
        if not waits:
            speed = done / (START + ASK * self._asked + done / 200)
            self._speed += (speed - self._speed) / 8
        if done < most:
            self._step(BRIEF)

    def _step(self, nanos):
        """As the emulator does it, for so long on the chip's clock."""
        self._bell.schedule(nanos)
        execute_batch(self.simulator, 16)
        self._bell.cancel()
        if self._rung:
            self._rung = self.simulator.stopped = False

    def _ring(self):
        self._rung = self.simulator.stopped = True

    def _go_on(self, cycles):
        for pio in self.chip.pio:
            if not pio.stopped:
                pio.advance(cycles)


def _find_counter(uc):
    """Where Unicorn counts what it executes, and how much of it was asked for: it tells neither."""
    asked, nops = 7919, 5
    uc.mem_map(FLASH, 4096)
    uc.mem_write(FLASH, b"\xc0\x46" * nops + b"\x00\x68")  # then a load from where nothing is
    uc.reg_write(arm.UC_ARM_REG_R0, 0xD0000000)
    uclib.uc_emu_start(uc._uch, FLASH | 1, 0xFFFFFFFE, 0, asked)
    uc.mem_unmap(FLASH, 4096)
    size = ctypes.sizeof(ctypes.c_size_t)
    for at in range(0, 4096, size):
        place = uc._uch.value + at
        if ctypes.c_size_t.from_address(place).value == asked:
            counter = ctypes.c_size_t.from_address(place - size)
            if counter.value == nops + 1:
                return counter, ctypes.c_size_t.from_address(place)
    raise AssertionError("this Unicorn keeps its count elsewhere")
