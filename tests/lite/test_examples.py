"""Every cell of every example, in a real JupyterLite: it runs, or why not stands here (`make browsers`)."""

import json
import os
import re
from contextlib import closing

import pytest

from ..support.browser import Window
from ..support.lite import ROOT, LiteNotebook

# What a cell says that does not run here.
PANDAS, PYMONGO = r"No module named 'pandas'", r"No module named 'bson'"
"""They come from Pyodide's own address, which no test may ask."""
NO_OPTIMISER = r"No module named 'bayes_opt'"
"""It needs scikit-learn, from that same address."""
NO_BROKER = r"^NoBroker: No broker was given"
NO_SERVERS = r"where no other program reaches it"
NO_CLIENT = r"No module named '(asyncua|sila2|roslibpy)'"
AFTER = r"NameError: name '\w+' is not defined"
"""It uses what a cell above did not make."""
NOT_HERE = {
    "00-start-here": {10: PANDAS},
    "01-course-1.4": {3: NO_BROKER, 5: AFTER, 7: AFTER, 9: PANDAS, 11: AFTER},
    "02-closed-loop": {6: PANDAS, 8: AFTER, 11: PANDAS},
    "03-lecture": {8: PANDAS},
    "04-class-wall": {11: PANDAS, 12: AFTER},
    "05-spectrometer": {9: PANDAS, 10: AFTER, 12: AFTER, 14: PANDAS},
    "06-light-mixing": {13: NO_OPTIMISER, 15: AFTER, 20: PANDAS},
    "07-logging": {6: PANDAS, 9: PYMONGO, 11: PANDAS, 13: AFTER},
    "08-laboratory": {
        4: NO_SERVERS,
        6: NO_CLIENT,
        8: NO_CLIENT,
        10: NO_CLIENT,
        12: AFTER,
        14: NO_CLIENT,
        15: AFTER,
    },
}
FROM_PYODIDE = re.compile(
    r"https://cdn\.jsdelivr\.net/pyodide/v[\d.]+/full/(numpy|pandas|pymongo|dnspython)-[\w.-]+\.whl"
)


def test_the_table_has_every_example_and_so_has_the_page_of_hosts():
    assert {path.stem for path in (ROOT / "examples").glob("*.ipynb")} == NOT_HERE.keys()
    page = (ROOT / "docs" / "hosts.md").read_text("utf-8")
    assert [name for name in NOT_HERE if f"| `{name}` |" not in page] == []


@pytest.mark.skipif(not os.environ.get("PICOPANEL_BROWSERS"), reason="minutes of real time: make browsers")
@pytest.mark.parametrize("name", NOT_HERE)
def test_example(name, lite, browser):
    cells = json.loads((lite.site / "files" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    with closing(Window(browser)) as window:
        book = LiteNotebook(lite, window, address=f"lab/index.html?path={name}.ipynb")
        said = {at: book.run_to_end(at) for at, cell in enumerate(cells) if cell["cell_type"] == "code"}
        failed = {at: text for at, text in said.items() if re.search(r"(?m)^(\w+Error|NoBroker)\b", text)}
        assert failed.keys() == NOT_HERE[name].keys(), failed
        for at, why in NOT_HERE[name].items():
            assert re.search(why, failed[at], re.M), failed[at]
        assert [address for address in window.escapes if not FROM_PYODIDE.fullmatch(address)] == []
