"""At a broker that keeps no messages, which hangs up on a board whose last will is to be kept."""

import pytest
from harness import decoded

pytestmark = pytest.mark.micropython


def test_w3_a_board_works_without_retained_messages_and_says_again_what_it_is(room):
    broker = room.broker("allow_anonymous true\nretain_available false")
    board = room.board(broker, "ada")
    board.says("it keeps no messages", seconds=60)
    notebook = room.notebook(broker, "ada")  # it comes when all has been said
    infos = 0
    while infos < 2:
        end, payload = notebook.next(30)
        infos += end == "/info" and decoded(end, payload)["protocol"] == 1
    notebook.send("/cmd", '{"experiment_id":"1","led":"on"}')
    while True:
        end, payload = notebook.next(10)
        if end == "/ack":
            break
    assert decoded(end, payload)["led"] == "on"
    notebook.close()
