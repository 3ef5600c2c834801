"""What installing the package changes in Jupyter's server."""


def test_a_jupyterlab_beside_us_sends_at_once(lab):
    """It has found and loaded what turns Nagle's algorithm off (`src/picopanel/_page/server.py`)."""
    assert "picopanel | extension was successfully loaded." in lab.log
