"""The ends of cells, as panels hear them."""

from __future__ import annotations

from picopanel import PicoPanel, PicoWall
from picopanel._page import kernel
from picopanel._page.kernel import cells


def heard_by(device_id: str) -> int:
    ends = [end() for end in cells._ends]
    return sum(
        end is not None
        and getattr(end.__self__, "_device", None) is not None
        and end.__self__._device.id == device_id
        for end in ends
    )


def test_l7_of_a_panel_that_is_made_five_times_the_last_one_hears_of_cells() -> None:
    panels = [PicoPanel.demo("l7") for _ in range(5)]
    panels[0]._device.store.append_event(0.0, {"kind": "mark", "text": "kept"})
    assert heard_by("l7") == 5, "each leaves what its cell has brought"
    cells._end()
    assert heard_by("l7") == 1
    assert (0.0, "kept") in [
        (rows.times[row - rows.first], event.get("text"))
        for rows in [panels[0]._device.store.since(0)]
        for row, event in rows.events
    ], "the readings stay"
    panels[0]._repr_mimebundle_()
    assert heard_by("l7") == 2, "one that is shown again gets its picture once more"
    panels[-1].close()
    cells._end()
    assert heard_by("l7") == 0


def test_l7_a_wall_that_is_closed_hears_of_no_more_cells() -> None:
    wall = PicoWall.demo(count=1)
    wall.close()
    cells._end()
    assert wall._at_cell_end not in [end() for end in cells._ends]


def test_what_is_none_is_pyodides_null_on_its_way_to_the_page_and_back() -> None:
    null = object()
    state = {"blocked": None, "lamps": [{"word": None}, "ok"], "at": (1, None), "led": False}
    sent = kernel._replaced(state, None, null)
    assert sent == {"blocked": null, "lamps": [{"word": null}, "ok"], "at": [1, null], "led": False}
    assert kernel._replaced(sent, null, None) == {**state, "at": [1, None]}
    assert kernel.told(state) is state, "elsewhere nothing is copied"
