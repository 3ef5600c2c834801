"""The samples of a board: when to take one, which to send, which to send again.

No input or output, no clock.
"""

from array import array

SHORTEST, LONGEST = 50, 3_600_000  # milliseconds between samples
BATCH = 250  # fast samples wait for one another this long
LATE = 100  # a sample this late is off the even grid
NAN = float("nan")
FLOAT, FLOAT_BYTES = ("d", 8) if 1.0 + 1e-9 != 1.0 else ("f", 4)  # a board's are of single precision
FEWEST, MOST = 60, 2400  # samples kept, where a board says how much memory there is
VALUES_CHARS = 3000  # of one message, which so stays under 4 KiB
VALUE_CHARS = 24
LIT, STARTS = 1, 2  # bits kept with each sample: LED on, first of an even run


class Samples:
    """Samples numbered from 0; the last ``keep`` of them are still known.

    A ring of arrays, allocated at the first sample: a board that runs for weeks must not
    fragment its memory. It is made anew, and shorter, when another channel comes.

    Args:
        read: ``read(now)`` returns a dict of numbers, by their channels.
        memory: How many bytes the ring may take; it then decides about ``keep``.
    """

    def __init__(self, read, keep, memory=None):
        self.keep, self._memory = keep, memory
        self.next = 0  # number of the next sample
        self._read = read
        self._up, self._marks, self._values = array("q"), bytearray(), {}

    def take(self, up, lit, starts, names):
        """Sample every channel; ``starts`` unless exactly one interval has passed."""
        values = self._read(up)
        if not self._up or any(name not in self._values for name in names):
            self._allocate(list(self._values) + [name for name in names if name not in self._values])
        slot = self.next % self.keep
        self._up[slot] = up
        self._marks[slot] = (LIT if lit else 0) | (STARTS if starts else 0)
        for name, ring in self._values.items():
            ring[slot] = values.get(name, NAN)
        self.next += 1

    def _allocate(self, names):
        keep = self.keep
        if self._memory is not None:
            keep = min(MOST, max(FEWEST, self._memory // (8 + 1 + FLOAT_BYTES * len(names))))
        while True:
            try:
                up = self._moved(self._up, array("q", [0] * keep))
                marks = self._moved(self._marks, bytearray(keep))
                values = {
                    name: self._moved(self._values.get(name), array(FLOAT, [NAN] * keep)) for name in names
                }
                break
            except MemoryError:  # a board that has run for long has no large piece left
                if keep <= FEWEST:
                    raise
                keep //= 2
        self.keep, self._up, self._marks, self._values = keep, up, marks, values

    def _moved(self, former, ring):
        """The ring, with the latest samples of the former one."""
        if former:
            for number in range(max(self.oldest, self.next - len(ring)), self.next):
                ring[number % len(ring)] = former[number % self.keep]
        return ring

    @property
    def oldest(self):
        """Number of the oldest sample that is still known."""
        return max(0, self.next - self.keep)

    def run(self, first, chars=VALUES_CHARS):
        """The samples from ``first`` on that one message can carry.

        Returns:
            The message's own part of telemetry, and the number after its last sample.
        """
        first = max(first, self.oldest)
        names = self._present(first)
        most = max(1, chars // (VALUE_CHARS * max(1, len(names))))
        end = first + 1
        while end < self.next and end - first < most and self._goes_on(end, names):
            end += 1
        slot = first % self.keep
        part = {"seq": first, "up": self._up[slot], "led": "on" if self._marks[slot] & LIT else "off"}
        if end - first > 1:
            part["dt"] = self._up[(first + 1) % self.keep] - self._up[slot]
            part["values"] = {
                name: [self._values[name][i % self.keep] for i in range(first, end)] for name in names
            }
        else:
            part["values"] = {name: self._values[name][slot] for name in names}
        return part, end

    def _goes_on(self, number, names):
        if not names:  # nothing would tell how many samples it is
            return False
        here, before = self._marks[number % self.keep], self._marks[(number - 1) % self.keep]
        return not here & STARTS and here & LIT == before & LIT and self._present(number) == names

    def _present(self, number):
        slot = number % self.keep
        return [name for name, ring in self._values.items() if ring[slot] == ring[slot]]  # not NaN


class Stream:
    """Takes samples at an even interval and hands out what is to be sent.

    Attributes:
        sample_at: When the next sample is due.
        asked: Who waits for samples to be sent again.
    """

    def __init__(self, samples, interval):
        self.samples, self.interval = samples, interval
        self.sample_at, self.asked = 0, []
        self._starts = True
        self._unsent = 0  # the first sample that has not been sent yet
        self._again = 0  # the next sample to send again
        self._chars = VALUES_CHARS // 3

    def set_interval(self, interval, now):
        """A sample now, and from then on at the new interval."""
        self.interval, self.sample_at, self._starts = interval, now, True

    def sample(self, now, lit, names):
        """Take a sample of these channels if one is due."""
        if now < self.sample_at:
            return
        if now - self.sample_at > min(LATE, self.interval // 2):
            self.sample_at, self._starts = now, True
        self.samples.take(self.sample_at, lit, self._starts, names)
        self.sample_at, self._starts = self.sample_at + self.interval, False

    def new(self):
        """Runs of samples that are to be sent now."""
        runs = []
        if (self.samples.next - self._unsent) * self.interval >= BATCH:
            while self._unsent < self.samples.next:
                run, self._unsent = self.samples.run(self._unsent)
                runs.append(run)
        return runs

    def ask(self, first, who):
        """Have every kept sample from ``first`` on sent again."""
        self._again = min(first, self._again) if self.asked else first
        self.asked = self.asked[-63:] + [who]

    def again(self, tell):
        """What ``tell`` makes of the next run, or None."""
        while self._again < self.samples.next:
            try:
                run, end = self.samples.run(self._again, self._chars)
                told = tell(run)
                self._again = end
                return told
            except MemoryError:
                self._chars //= 2
                if not self._chars:
                    raise
        return None
