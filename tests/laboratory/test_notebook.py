"""The notebook of the course page's three rows."""

import re

from ..support.ros import Rosbridge
from ..test_examples import execute


def test_all_three_and_the_panel_see_the_same(tmp_path):
    bridge = Rosbridge(tmp_path).start()
    try:
        text = execute("08-laboratory", tmp_path, ROSBRIDGE=bridge.address)
    finally:
        bridge.kill()
    assert re.search(r"OPC UA: LED on, [0-9.]+ °C, after \d+ ms", text)
    assert re.search(r"SiLA 2: LED off, 29\d\.\d\d K, after \d+ ms", text)
    assert re.search(r"ROS 2: on: LED on, [0-9.]+ °C, after \d+ ms", text)
    assert re.search(r"panel +LED off\nOPC UA +LED off\nSiLA 2 +LED off\nROS 2 +LED off\nall agree", text)
    assert "OPC UA: BadTimeout" in text
    assert "SiLA 2: NoAnswer" in text
    assert "ROS 2: success is False - No answer to 'off' within 3 s" in text
