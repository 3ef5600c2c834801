"""Listening at a real broker, with wildcards, beside a panel of the same broker."""

from picopanel import Pico

from ..support.waiting import eventually


def test_what_comes_on_a_filter_is_heard_with_what_was_retained(broker, spy):
    spy.publish("home/kitchen", '{"temperature": 21.5}', retain=True)
    with Pico.listen("home/#", broker=broker.url()) as pico, Pico("test-id", broker=broker.url()) as other:
        eventually(lambda: pico.channels == ("temperature",), "what was retained has a name")
        assert pico.to_dataframe().empty
        spy.publish("home/bath/light", "on")
        spy.publish("home/kitchen", '{"temperature": 22}')
        eventually(lambda: pico["temperature"].value == 22, "what comes is a reading")
        assert pico.channels == ("temperature", "light")
        assert other.channels == ()
        assert 'topic = "home/bath/light"' in pico.as_description()
