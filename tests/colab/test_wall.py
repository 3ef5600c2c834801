"""The wall in kernels of Colab's age and of today: the page asks, and is answered."""

import pytest

CELL = "from picopanel import PicoWall\nwall = PicoWall.demo(count=4)\nwall"


class WallPage:
    """A page that keeps what the wall says."""

    def __init__(self, kernel, comm):
        self.comm, self.kernel, self.tiles, self.head, self.answers = comm, kernel, {}, {}, 0
        self.subshell = kernel.open_subshell() if kernel.has_subshells else None
        kernel.pages.append(self)

    def send(self, **message):
        self.kernel.send(self.comm, message, self.subshell)

    def hear(self, news, buffers):
        assert news["type"] == "wall", news
        self.answers += "answer" in news
        self.tiles |= {tile["id"]: tile for tile in news["tiles"]}
        self.head = news.get("head", self.head)


@pytest.mark.parametrize("python", ["6.17.1 on Colab", "7.4"], indirect=True)
def test_a_wall_is_shown_asked_and_commanded(kernel):
    kernel.run(CELL)
    comm = kernel.display()
    first = kernel.models[comm]["_recorded"]["tiles"]
    assert [tile["id"] for tile in first] == [f"board-0{n}" for n in range(1, 5)], (
        "the first paint needs no answer"
    )
    page = WallPage(kernel, comm)
    page.send(type="ask", since=0)
    kernel.until(lambda: page.answers and len(page.tiles) == 4, "the page's question is answered")
    page.send(type="all", click="c1", command="on", ids=None)

    def all_have_answered():
        page.send(type="ask", since=0)
        kernel.listen(0.1)
        round_ = page.head.get("round")
        return round_ and round_["click"] == "c1" and round_["answered"] == 4

    kernel.until(all_have_answered, "all four have answered")
    assert not kernel.errors
