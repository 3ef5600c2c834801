"""A picture of rosight, a client of ROS 2 in a terminal, at a board: the board's topics, and the SVG's file.

To be run where `rosight` is installed, as a node of the ROS. Textual, by which it draws, makes the picture.
"""

import asyncio
import re
import sys
from pathlib import Path

from rosight.app import RosightApp
from textual.widgets import DataTable

board, picture = sys.argv[1:]


async def main():
    app = RosightApp()
    async with app.run_test(size=(108, 24)) as pilot:
        table = app.query_one("#topics-table", DataTable)
        await choose(pilot, table, f"{board}/temperature")
        await pilot.pause(4)  # readings come, and make a rate
        drawing = re.sub(r"@font-face {.*?}", "", app.export_screenshot(), flags=re.S)  # they are elsewhere
        Path(picture).write_text(drawing, "utf-8")
        print("saved")


async def choose(pilot, table, topic):
    names = []
    while topic not in names:
        await pilot.pause(1)
        names = [str(table.get_row_at(row)[0]) for row in range(table.row_count)]
    table.focus()
    table.move_cursor(row=names.index(topic))
    await pilot.press("enter")


asyncio.run(main())
