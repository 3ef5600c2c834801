"""What the tests' students type."""


def panel(broker, board_id="test-id", name="panel"):
    """The cell of the issue: a panel of a board at a broker."""
    return (
        f"from picopanel import PicoPanel\n{name} = PicoPanel({board_id!r}, broker={broker.url()!r})\n{name}"
    )


DEMO = "from picopanel import PicoPanel\npanel = PicoPanel.demo()\npanel"


def while_running(setup, gate):
    """A cell that displays a panel and then runs on until the gate is opened."""
    return (
        f"{setup.rsplit(chr(10), 1)[0]}\n"
        "import pathlib, time\n"
        "display(panel)\n"
        f"while not pathlib.Path({gate!r}).exists():\n"
        "    time.sleep(0.02)"
    )
