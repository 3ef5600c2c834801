"""Runs the chip's program on Unicorn, which translates it, wherever it computes.

The emulator steps through 3 million instructions a second, a fortieth of the chip's speed; translated,
they are 200 million. Registers and memory are handed over between any two instructions. What a peripheral
is asked for, it answers at the time by the chip's clock; interrupts, what waits for one, and what asks the
peripherals all the time are the emulator's. Its clock goes on by what was executed, so that the chip's
seconds stay the chip's.
"""

import asyncio
import ctypes
import time

from rp2040py.execute_batch import execute_batch
from unicorn import UC_ARCH_ARM, UC_ERR_OK, UC_MODE_MCLASS, UC_MODE_THUMB, UC_PROT_ALL, Uc
from unicorn import arm_const as arm
from unicorn.unicorn_py3.unicorn import uclib

FLASH, RAM, BOOTROM = 0x10000000, 0x20000000, 0
PERIPHERALS = {  # where they are, and how far they reach
    0x14000000: 0x4000,
    0x18000000: 0x4000,
    0x40000000: 0x70000,
    0x50000000: 0x4000,
    0x50100000: 0x14000,
    0x50200000: 0x4000,
    0x50300000: 0x4000,
    0xD0000000: 0x1000,
    0xE0000000: 0x10000,
}
REGISTERS = [getattr(arm, f"UC_ARM_REG_R{number}") for number in range(16)]
PC, FLAGS, MASK = 15, 16, 17  # places in what is handed over
NEVER = 0xFFFFFFFE
WAITS = 0xBF20, 0xBF30  # WFE, WFI

NANOS = 8.0  # of a cycle, at 125 MHz
CYCLES = 1.3  # of an instruction
FEWEST, MOST = 150, 100_000  # instructions at once
START, ASK, EACH = 100, 6, 1 / 200  # microseconds: to start, for a question to a peripheral, an instruction
STEPPED = 4  # instructions a microsecond, and stepping is no slower
BRIEF, INTERRUPT, BUSY = 160, 4000, 200_000  # nanoseconds of the chip's that are stepped through
TURN = 0.005  # seconds until others have their turn
NAP, FASTER = 50e6, 5  # nanoseconds; a chip that sleeps is so many times faster than the world


class Turbo:
    """In the place of the emulator's own loop: `simulator.execute = Turbo(simulator).execute`."""

    def __init__(self, simulator):
        self._simulator, self._chip, self._clock = simulator, simulator.rp2040, simulator.clock
        self._core = self._chip.core
        self._uc = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
        self._counter, self._most = _find_counter(self._uc)
        self._map_memory()
        self._make_handover()
        self._bell, self._rung = self._clock.create_alarm(self._ring), False
        self._ticked, self._was_reset = 0, False
        self._speed, self._asked = 2 * STEPPED, 0  # instructions a microsecond lately; questions
        reset = self._chip.watchdog.on_watchdog_trigger
        self._chip.watchdog.on_watchdog_trigger = lambda: (reset(), self._forget())

    def _map_memory(self):
        for address, memory in (
            (FLASH, self._chip.flash),
            (RAM, self._chip.sram),
            (BOOTROM, self._chip.bootrom),
        ):
            view = memoryview(memory).cast("B")
            place = ctypes.addressof(ctypes.c_char.from_buffer(view))
            self._uc.mem_map_ptr(address, len(view) // 4096 * 4096, UC_PROT_ALL, place)
        self._reads = {1: self._chip.read_uint8, 2: self._chip.read_uint16, 4: self._chip.read_uint32}
        self._writes = {1: self._chip.write_uint8, 2: self._chip.write_uint16, 4: self._chip.write_uint32}
        for address, size in PERIPHERALS.items():
            self._uc.mmio_map(address, size, self._read, address, self._write, address)

    def _make_handover(self):
        """Registers pass through one array; Unicorn's own Python would take longer than the code between."""
        ids = [*REGISTERS, arm.UC_ARM_REG_XPSR, arm.UC_ARM_REG_PRIMASK]
        self._values = (ctypes.c_uint32 * len(ids))()
        places = [ctypes.addressof(self._values) + 4 * at for at in range(len(ids))]
        self._handover = (
            self._uc._uch,
            (ctypes.c_int * len(ids))(*ids),
            (ctypes.c_void_p * len(ids))(*places),
            len(ids),
        )
        self._theirs = memoryview(self._values).cast("B")[: 4 * len(REGISTERS)].cast("I")
        self._ours = memoryview(self._core.registers)

    async def execute(self):
        """What the emulator does until it is stopped."""
        self._simulator.stopped = False
        while not self._simulator.stopped:
            await asyncio.sleep(self._take_turn())

    def _take_turn(self):
        """Execute for some milliseconds, and return how long others have their turn.

        A chip that sleeps would be minutes ahead of the broker whose answer it waits for.
        """
        began, slept, core = time.monotonic(), 0.0, self._core
        while not self._simulator.stopped and time.monotonic() - began < TURN and slept < NAP:
            if core.waiting:
                nanos = self._clock.nanos_to_next_alarm
                slept += nanos
                self._go_on(int(nanos / NANOS) + 1)
            elif core.current_mode or core.interrupts_updated:
                self._step(INTERRUPT)
            elif self._speed < STEPPED:
                self._speed = 2 * STEPPED
                self._step(BUSY)
            else:
                self._run()
        return max(0.0, slept / 1e9 / FASTER - time.monotonic() + began)

    def _run(self):
        """Run translated code up to the next alarm, or to what must be the emulator's."""
        most = min(MOST, self._until_alarm())
        if most < FEWEST:
            self._step(BRIEF)
            return
        self._hand_over()
        self._asked, self._was_reset = 0, False
        result = uclib.uc_emu_start(self._uc._uch, self._values[PC] | 1, NEVER, 0, most)
        done = min(self._counter.value, most) - (result != UC_ERR_OK)
        waits = False
        if not self._was_reset:
            waits = self._take_back(done < most)
        self._tick()
        self._ticked = 0
        if not waits:
            speed = done / (START + ASK * self._asked + EACH * done)
            self._speed += (speed - self._speed) / 8
        if done < most:
            self._step(BRIEF)

    def _hand_over(self):
        core, values = self._core, self._values
        self._theirs[:] = self._ours
        values[FLAGS] = core.n << 31 | core.z << 30 | core.c << 29 | core.v << 28 | 1 << 24
        values[MASK] = core.pm
        uclib.uc_reg_write_batch(*self._handover)

    def _take_back(self, ended_early):
        """Return whether it waits for an event: Unicorn stops behind that, and it is the emulator's."""
        core, values = self._core, self._values
        uclib.uc_reg_read_batch(*self._handover)
        values[PC] &= NEVER
        waits = ended_early and self._chip.read_uint16(values[PC] - 2) in WAITS
        if waits:
            values[PC] -= 2
        self._ours[:] = self._theirs
        flags, masked = values[FLAGS], core.pm
        core.n, core.z, core.c, core.v = flags >> 31, flags >> 30 & 1, flags >> 29 & 1, flags >> 28 & 1
        core.pm = values[MASK] & 1
        if masked and not core.pm:
            core.interrupts_updated = True
        return waits

    def _read(self, uc, offset, size, address):
        self._tick()
        self._asked += 1
        return self._reads[size](address + offset)

    def _write(self, uc, offset, size, value, address):
        self._tick()
        self._asked += 1
        self._writes[size](address + offset, value)
        left = 0 if self._core.interrupts_updated else self._until_alarm()
        self._most.value = min(self._most.value, self._counter.value + left)

    def _until_alarm(self):
        """Instructions until the next alarm of the emulator's clock."""
        if not self._clock.has_scheduled_alarm:
            return MOST
        return int(self._clock.nanos_to_next_alarm / (NANOS * CYCLES))

    def _tick(self):
        """What was executed has taken its time."""
        cycles = int((self._counter.value - self._ticked) * CYCLES)
        self._ticked = self._counter.value
        if cycles > 0:
            self._go_on(cycles)

    def _go_on(self, cycles):
        self._clock.tick(cycles * NANOS)
        for pio in self._chip.pio:
            if not pio.stopped:
                pio.advance(cycles)

    def _step(self, nanos):
        """As the emulator does it, for so long on the chip's clock.

        With a tick at every instruction: DMA works at a tick, and where a PIO starts before it, its queue is
        empty and it says that all has been sent. The driver in MicroPython 1.24 goes by that word alone.
        """
        self._bell.schedule(nanos)
        execute_batch(self._simulator, 1)
        self._bell.cancel()
        if self._rung:
            self._rung = self._simulator.stopped = False

    def _ring(self):
        self._rung = self._simulator.stopped = True

    def _forget(self):
        """The chip has been reset, perhaps by the very code that runs; what it was at counts no more."""
        self._was_reset, self._most.value = True, 0


def _find_counter(uc):
    """Where Unicorn counts what it executes, and how much of it was asked for: it tells neither."""
    asked, nops = 7919, 5
    uc.mem_map(FLASH, 4096)
    uc.mem_write(FLASH, b"\xc0\x46" * nops + b"\x00\x68")  # then a load from where nothing is
    uc.reg_write(arm.UC_ARM_REG_R0, 0xD0000000)
    uclib.uc_emu_start(uc._uch, FLASH | 1, NEVER, 0, asked)
    uc.mem_unmap(FLASH, 4096)
    size = ctypes.sizeof(ctypes.c_size_t)
    for place in range(uc._uch.value + size, uc._uch.value + 4096, size):
        counter, most = map(ctypes.c_size_t.from_address, (place - size, place))
        if (counter.value, most.value) == (nops + 1, asked):
            return counter, most
    raise AssertionError("this Unicorn keeps its count elsewhere")
