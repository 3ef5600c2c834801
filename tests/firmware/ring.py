"""Prints how much memory the ring of samples may take, and takes, with 1, 16 and 32 channels."""

import gc
import json

from pico.samples import Samples


def used():
    gc.collect()
    return gc.mem_alloc()


MEMORY = 16_000
taken = []
for channels in (1, 16, 32):
    names = [f"c{number}" for number in range(channels)]
    samples = Samples(lambda now: {}, 600, MEMORY)
    before = used()
    samples.take(0, False, True, names)
    taken.append(used() - before)
    samples = None
print(json.dumps([MEMORY, taken]))
