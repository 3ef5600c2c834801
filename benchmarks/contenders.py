"""The cells of the contenders: the same readings, the same broker, a window of 2000 points."""

from .payloads import TOPICS

PICOPANEL = """
from picopanel import PicoPanel
panel = PicoPanel("{id}", broker="mqtt://127.0.0.1:{port}")
panel
"""

_FIGURE = """
import threading, time
from collections import deque
import paho.mqtt.client as paho
import plotly.graph_objects as go
fig = go.FigureWidget(data=[go.Scatter(x=[], y=[], mode="lines")], layout=dict(xaxis_type="date"))
xs, ys = deque(maxlen=2000), deque(maxlen=2000)
def connect(on_message):
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.on_message = on_message
    client.on_connect = lambda *_: client.subscribe("{topic}")
    client.connect("127.0.0.1", {port})
    client.loop_start()
"""

PER_MESSAGE = (
    _FIGURE
    + """
def on_message(client, userdata, message):
    xs.append(time.time() * 1000)
    ys.append(float(message.payload))
    with fig.batch_update():
        fig.data[0].x, fig.data[0].y = list(xs), list(ys)
connect(on_message)
fig
"""
)

CAREFUL = (
    _FIGURE
    + """
import numpy as np
lock = threading.Lock()
def on_message(client, userdata, message):
    with lock:
        xs.append(time.time() * 1000)
        ys.append(float(message.payload))
def redraw():
    drawn = None
    while True:
        time.sleep(0.1 - time.monotonic() % 0.1)
        with lock:
            x, y = np.array(xs), np.array(ys)
        if len(x) and x[-1] != drawn:
            drawn = x[-1]
            with fig.batch_update():
                fig.data[0].x, fig.data[0].y = x, y
threading.Thread(target=redraw, daemon=True).start()
connect(on_message)
fig
"""
)

CELLS = {"PicoPanel": PICOPANEL, "FigureWidget, 10 Hz": CAREFUL, "FigureWidget, per message": PER_MESSAGE}


def cell(contender: str, port: int) -> str:
    """Return the cell that shows a contender's chart."""
    return CELLS[contender].format(port=port, id="bench", topic=TOPICS["number"])
