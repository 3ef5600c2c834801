# Copy this file to my_secrets.py and fill it in. Keep it to yourself.
SSID = ""  # the name of your Wi-Fi, 2.4 GHz
PASSWORD = ""  # its password
COUNTRY = "US"  # where you are: the radio keeps to that country's channels

COURSE_ID = "<your_id_here>"

HIVEMQ_HOST = ""  # e.g. 1a2b3c.s1.eu.hivemq.cloud, without mqtts:// and port
HIVEMQ_USERNAME = ""
HIVEMQ_PASSWORD = ""

# HIVEMQ_PORT = 8883
# HIVEMQ_TLS = False  # only for a broker in your own room: the password is sent in clear
# INTERVAL = 2000  # milliseconds between samples
# BLINK_CODES = False  # no flashes while there is no connection
# ANNOUNCE = True  # Home Assistant finds the board by itself; False takes that back
# LED_PIN = 2  # where the LED is, on another board than a Pico
