"""What the benchmarks' boards say: message `n` of a kind, its values counting up."""

BATCH = 100
ID = "bench"
TOPICS = {"number": f"{ID}/onboard_temp", "sample": f"{ID}/telemetry", "batch": f"{ID}/telemetry"}


def payload(kind: str, n: int) -> bytes:
    """Return a bare number of the course layer, a telemetry sample, or 100 samples in one message."""
    if kind == "number":
        return b"%d" % n
    if kind == "sample":
        head = (
            b'{"boot":"ab12cd34","seq":%d,"up":%d,"ts":%d,"led":"on","rssi":-61,"values":{"temperature":%d}}'
        )
        return head % (n, n, 1795330430100 + n, n)
    first = n * BATCH
    values = b",".join(b"%d" % value for value in range(first, first + BATCH))
    # 50 000 a second are more than whole milliseconds tell apart: a batch shares its time.
    head = b'{"boot":"ab12cd34","seq":%d,"up":%d,"ts":null,"led":"on","dt":0,"values":{"temperature":[%s]}}'
    return head % (first, n * 2, values)
