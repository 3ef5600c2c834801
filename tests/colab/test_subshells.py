"""A front end that has no subshells, as VS Code's, on a kernel that has them."""

import pytest

from .kernel import OPEN
from .page import Page


@pytest.mark.parametrize("python", ["7.4"], indirect=True)
def test_it_is_heard_while_any_cell_runs_and_between_them(kernel):
    """ipykernel 7 has nothing by which `panel.sleep` could hand over in the cells' thread, as 6 has."""
    cell = kernel.start(f"{OPEN.removesuffix('panel')}import time; display(panel); time.sleep(60)")
    page = Page(kernel, kernel.display())
    click = page.click("on")
    kernel.until(lambda: page.outcome(click) == "answered", "the click is answered")
    kernel.until(lambda: len(page.values) >= 5, "readings come")
    kernel.interrupt()
    kernel.until(lambda: kernel.over(cell), "the cell is over")
    kernel.errors.clear()
    assert kernel.run("print('next')") == "next\n"
    click = page.click("off")
    kernel.until(lambda: page.outcome(click) == "answered", "it goes on between cells")
