# PicoPanel on the Pico W. Your Wi-Fi, your broker and your course ID: my_secrets.py.
import time

print("PicoPanel starts in two seconds; Ctrl-C stops it.")
time.sleep(2)  # so that an editor can take over the board

import my_secrets
from pico.board import Board


# Your sensors and controls go here, and the panel shows them without a change. What raises an
# error here ends nothing: it is told in the panel and on this console, and tried again.
def extras(board):
    # A sensor is three lines:
    #
    #   from machine import ADC
    #   light = ADC(26)
    #   board.channel("light", lambda: light.read_u16() / 655.35, unit="%")
    #
    # So is something to control:
    #
    #   from machine import PWM
    #   lamp = PWM(15, freq=1000)
    #   board.control("lamp", lambda percent: lamp.duty_u16(int(percent * 655.35)))
    pass


Board(my_secrets).run(extras)
