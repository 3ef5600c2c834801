"""Boards that say one bare value a topic, written from their own sources: a WLED strip and an OpenDTU.

kno.wled.ge/interfaces/mqtt and wled00/mqtt.cpp; opendtu.solar/firmware/mqtt_topics.
"""

import sys

import announcing


class Wled:
    """Says brightness and colour when they have changed, in capitals, and nothing when they have not."""

    def __init__(self, topic):
        self.topic, self.brightness, self.last, self.color = topic, 128, 128, 0xFFA000
        self.news = True
        self.subscriptions = [(topic, 0), (f"{topic}/col", 0)]
        self.retained = {f"{topic}/status": "online"}
        self.will = (f"{topic}/status", "offline", 0)

    def hear(self, topic, message):
        was, word = (self.brightness, self.color), message.decode()
        if topic.endswith("/col"):
            self.color = int(word.lstrip("#"), 16)
        elif "ON" in word or "on" in word:
            self.brightness = self.last
        elif "T" in word or "t" in word:
            self.brightness = 0 if self.brightness else self.last
        else:
            self.brightness = int(float(word)) & 255 if word[:1].isdigit() else 0
        self.last = self.brightness or self.last
        self.news = self.news or was != (self.brightness, self.color)
        return []

    def tick(self):
        if not self.news:
            return []
        self.news = False
        return [(f"{self.topic}/g", f"{self.brightness}", 0), (f"{self.topic}/c", f"#{self.color:06X}", 0)]


class OpenDtu:
    """Tells of one inverter; each value has two digits, and its will has no serial number in its topic."""

    def __init__(self, serial):
        self.base, self.limit = f"solar/{serial}", 100.0
        self.command = f"{self.base}/cmd/limit_nonpersistent_relative"
        self.subscriptions = [(self.command, 0)]
        self.retained = {"solar/dtu/status": "online"}
        self.will = ("solar/dtu/status", "offline", 2)

    def hear(self, topic, message):
        self.limit = float(message)
        return []

    def tick(self):
        values = {"status/reachable": "1", "0/power": "301.7", "status/limit_relative": f"{self.limit:.2f}"}
        return [(f"{self.base}/{topic}", value, 0) for topic, value in values.items()]


if __name__ == "__main__":
    announcing.KINDS |= {"wled": Wled, "opendtu": OpenDtu}
    announcing.run(*sys.argv[1:])
