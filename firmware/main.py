# PicoPanel on the Pico W. Your Wi-Fi, your broker and your course ID: my_secrets.py.
import time

print("PicoPanel starts in two seconds; Ctrl-C stops it.")
time.sleep(2)  # so that an editor can take over the board

import my_secrets
from wiring import Board

board = Board(my_secrets)

# A sensor of your own is three lines, and the panel shows it without a change:
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

board.run()
