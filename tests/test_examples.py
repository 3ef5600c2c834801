"""The example notebooks run from top to bottom, and are stored as a student should find them."""

import json
import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.ipynb"))
INSTALL = "%pip install -q picopanel"
MORE = {
    "06-light-mixing": [INSTALL, "%pip install -q bayesian-optimization"],
    "07-logging": [INSTALL, "%pip install -q pymongo"],
    "08-laboratory": ["%pip install -q 'picopanel[opcua,ros,sila]'"],
}
COMPANION_LINES = 66
"""Of the course's own notebook, 1.4.1-onboard-led-temp, without blank lines and comments."""
COLAB = "https://colab.research.google.com/github/picopanel/picopanel/blob/main/examples/"

names = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def execute(name, folder, **environment):
    """Run an example and return what its cells print and show, as one text."""
    (path,) = (path for path in EXAMPLES if path.stem == name)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}})
    with client.setup_kernel(env={**os.environ, **environment}):
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert not [output for output in outputs if output.get("name") == "stderr"], "a cell warns"
    return "\n".join(output.get("text") or json.dumps(output["data"]) for output in outputs)


@names
def test_is_stored_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@names
def test_opens_in_colab_and_installs_itself_there(path):
    cells = nbformat.read(path, as_version=4).cells
    assert f"({COLAB}{path.name})" in cells[0].source, "its badge leads to itself"
    assert [cell.source for cell in cells if cell.source.startswith("%pip")] == MORE.get(path.stem, [INSTALL])


def test_start_here(tmp_path):
    """A student's first notebook: an answered verb, a file, a figure."""
    text = execute("00-start-here", tmp_path)
    assert re.search(r"LED on, [0-9.]+ °C, answered in \d+ ms", text)
    assert (tmp_path / "run.csv").stat().st_size > 1000
    assert "application/vnd.plotly.v1+json" in text


def test_course_1_4_with_the_courses_own_board(tmp_path, broker, run):
    environment = {"HIVEMQ_HOST": broker.url(), "COURSE_ID": "alice-07"}
    run("-m", "picopanel", "pico", "alice-07", "--course", **environment).wait_for("")
    text = execute("01-course-1.4", tmp_path, **environment)
    assert re.search(r"30 answers, [0-9.]+ to [0-9.]+ °C", text)
    assert "elapsed (s)" in text
    assert len((tmp_path / "course-1.4.csv").read_text().splitlines()) >= 31
    assert "certain: True" in text


def test_course_1_4_takes_a_third_of_the_code():
    cells = nbformat.read(next(path for path in EXAMPLES if "1.4" in path.name), as_version=4).cells
    added = next(number for number, cell in enumerate(cells) if "## What the panel adds" in cell.source)
    code = "\n".join(cell.source for cell in cells[:added] if cell.cell_type == "code")
    assert len([line for line in code.splitlines() if line]) <= COMPANION_LINES / 3


def test_closed_loop(tmp_path):
    """The heater holds its temperature within 0.4 °C, by switching."""
    text = execute("02-closed-loop", tmp_path)
    error, share = re.search(r"held within ([0-9.]+) °C .* heating (\d+)%", text).groups()
    assert float(error) < 0.4
    assert 0 < int(share) < 100, "it switched"


def test_class_wall(tmp_path):
    """All 24 answer; who does not is named with the reason; the table has a row each."""
    text = execute("04-class-wall", tmp_path)
    assert "<blink: 24 of 24 answered>" in text
    assert "board-07: " in text, "who gave no answer is named, with the reason"
    assert re.search(r"LED (on|off), [0-9.]+ °C", text)
    assert len((tmp_path / "attendance.csv").read_text().splitlines()) == 25
    assert re.search(r"24 boards, \d+ answers", text)


def test_lecture(tmp_path):
    """Marks, one call for the crossing, the messages, and a replay."""
    text = execute("03-lecture", tmp_path)
    assert len(re.findall(r"\w+ +answered after \d+ ms", text)) == 4
    assert len(re.findall(r"crossed the limit at [0-9.]+ °C", text)) == 1, "called once for the crossing"
    assert "finger on the chip" in text, "the figure has the marks"
    assert '\\"led\\":\\"toggle\\"' in text or '"led":"toggle"' in text, "the command is among the messages"
    assert "20 readings played again" in text


def test_spectrometer(tmp_path):
    """The spectrometer finds the secret colour within 5 of 255."""
    text = execute("05-spectrometer", tmp_path)
    assert re.search(r"<515 nm: \d+ counts>", text)
    assert float(re.search(r"red plus green, to within ([0-9.]+)%", text).group(1)) < 5
    found, secret = (bytes.fromhex(it) for it in re.search(r"found #(\w+), it was #(\w+)", text).groups())
    assert max(abs(a - b) for a, b in zip(found, secret, strict=True)) <= 5, text


OFF = r"{} +([0-9.]+) % off, with {{'R': (\d+), 'G': (\d+), 'B': (\d+)}}"


def test_light_mixing(tmp_path):
    """The optimiser comes far closer than a grid or chance, and near the colour that nobody was told."""
    text = execute("06-light-mixing", tmp_path, OMP_NUM_THREADS="1")  # several wait for one another
    assert "InvalidArgument: R must be a number from 0 to 255, not 300." in text
    assert "CommandRefused: The board declined 'R=99.5, G=0, B=0': TypeError: can't convert float" in text
    grid, chance, found = (
        list(map(float, re.search(OFF.format(way), text).groups())) for way in ("grid", "random", "Bayesian")
    )
    assert found[0] < min(grid[0], chance[0]) / 3, text
    secret = map(int, re.search(r"the colour was +{'R': (\d+), 'G': (\d+), 'B': (\d+)}", text).groups())
    assert max(abs(level - it) for level, it in zip(found[1:], secret, strict=True)) < 25, text
    assert re.search(r"Bayesian +27 ", text), "the panel's table has every trial"


def test_light_mixing_with_the_courses_own_board(tmp_path, broker, board):
    """All of it is done at the board, which knows nothing of an optimiser; it sees one spectrum only."""
    board("course_modules.py", "alice-07", "sdl-demo")
    text = execute("06-light-mixing", tmp_path, HIVEMQ_HOST=broker.url(), COURSE_ID="alice-07")
    assert "'ch410': 613.0" in text
    assert len(re.findall(OFF.format(r"\w+"), text)) == 3


def test_logging(tmp_path):
    """What is kept as MongoDB's documents comes back as it was measured.

    No registry has a MongoDB, so this is the way of the file, by MongoDB's own library.
    """
    text = execute("07-logging", tmp_path)
    kept, found = map(int, re.search(r"(\d+) readings kept, (\d+) found, in readings.json", text).groups())
    assert kept == found > 15
    assert "values equal: True; times within 0 ms" in text
    lines = (tmp_path / "readings.json").read_text("utf-8").splitlines()
    document = json.loads(lines[-1])
    assert set(document) == {"time", "channel", "value", "unit", "led", "mark", "course_id"}
    assert re.fullmatch(r"[\d-]+T[\d:.]+Z", document["time"]["$date"]), "a time is a time to MongoDB"
