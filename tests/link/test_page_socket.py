"""The link over a page's own WebSocket: paho without threads and sockets, on a real Mosquitto with TLS."""

from pathlib import Path

import pytest

from ..support.ports import free_port
from ..support.waiting import eventually

ROOT = Path(__file__).parents[2]
PAGE = """
import asyncio, sys, time, websockets
url, ca, root = sys.argv[1:]
sys.path.append(root)
from tests.support.page import become_a_page, in_a_cell, WebSocket
become_a_page(ca)
from picopanel import Broker, NotConnected, Pico, PicoWall, cert
from picopanel._link import Receiver
from picopanel._link.mqtt import MqttLink
from picopanel._link.troubles import link_sentences

async def until(look, seconds=20):
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, 'it did not come to that'
        await asyncio.sleep(0.02)
    return found

def readings(board):
    return len(board.to_csv().splitlines())
"""


@pytest.fixture
def broker(start):
    return start(listeners=("mqtt", "wss"), users={"ada": "her word"})


@pytest.fixture
def in_a_page(run, broker):
    """Runs a story in a process that is as a page is."""

    def go_on(story, login="ada:her%20word"):
        code = f"{PAGE}{story}\nasyncio.run(story())"
        return run("-c", code, broker.url("wss", login), broker.ca, ROOT)

    return go_on


@pytest.fixture
def board(run, broker):
    """A board that sends ten readings a second, in a process of its own."""
    login = broker.url("mqtt", "ada:her%20word")
    return run("-m", "picopanel", "pico", "ada-07", "--interval", 100, "--broker", login)


def test_a_board_is_heard_between_cells_and_answers_in_them(in_a_page, board, broker):
    story = in_a_page("""
async def story():
    board = Pico('ada-07', broker=url)
    await until(lambda: readings(board) > 5)
    def cell():
        assert board.toggle().led is True
        assert board.blink(0.1, n=2, wait=True).command == 'blink'
        assert len(list(board.readings(n=3))) == 3
        start = time.monotonic()
        board.sleep(0.2)
        assert 0.2 <= time.monotonic() - start < 2
        assert board.doctor()
    await in_a_cell(cell)
    board.close()
    await until(lambda: WebSocket.closed)
""")
    assert story.finish() == 0, story.lines
    assert "name       skipped" in "\n".join(story.lines), "the doctor leads no socket astray"
    eventually(lambda: broker.log.read_text().count(" disconnected.") == 1, "it has said goodbye")


def test_where_python_cannot_give_way_no_answer_is_waited_for(in_a_page, board):
    story = in_a_page("""
async def story():
    board = Pico('ada-07', broker=url)
    await until(lambda: readings(board) > 2)
    for wait in (board.on, lambda: board.blink(wait=True), lambda: next(board.readings(n=1))):
        try:
            wait()
        except NotConnected as error:
            assert 'Nothing was sent' in str(error) and 'wait=False' in str(error), error
        else:
            raise AssertionError('it waits in vain')
    sent = WebSocket.sent
    board.on(wait=False)
    assert WebSocket.sent > sent, 'it is sent at once: the cell may go on for long'
    await until(lambda: board.led)
""")
    assert story.finish() == 0, story.lines


def test_a_broker_that_is_killed_is_connected_again(in_a_page, board, broker):
    story = in_a_page("""
async def story():
    board = Pico('ada-07', broker=url)
    for turn in range(2):
        had = readings(board)
        await until(lambda: readings(board) > had + 3, 40)
        print('heard', turn)
        await until(lambda: board.status == 'lost')
        print('lost', turn)
""")
    story.wait_for("heard 0")
    broker.kill()
    story.wait_for("lost 0")
    broker.start()
    story.wait_for("heard 1")


def test_what_is_published_reaches_the_broker_with_its_qos_and_pings_go_out_in_between(in_a_page, broker):
    story = in_a_page("""
class Short(MqttLink):
    _greeting = {'keepalive': 1}

class Ear(Receiver):
    heard = []
    def on_message(self, topic, payload, retained, more=False, qos=0):
        self.heard.append((payload, qos))
    def on_published(self, topic, code):
        self.heard.append(code)

async def story():
    link = Short(Broker(url))
    link.attach({'x/y': 2}, Ear())
    await until(lambda: link.status.phase == 'connected')
    for qos in (0, 1, 2):
        link.publish('x/y', b'%d' % qos, qos=qos, expiry=10)
    await until(lambda: len(Ear.heard) == 6)
    assert [it for it in Ear.heard if it] == [(b'0', 0), (b'1', 1), (b'2', 2)], Ear.heard
    print('heard')
    await asyncio.sleep(30)
""")
    story.wait_for("heard")
    eventually(lambda: broker.log.read_text().count("Sending PINGRESP") > 1, "pings go out, and are answered")
    assert broker.log.read_text().count("New client connected") == 1


def test_what_keeps_a_page_out_is_told_as_far_as_a_browser_tells(in_a_page, broker):
    story = in_a_page(
        f"""
async def answer(reader, writer):
    await reader.read(100)
    writer.write(b'HTTP/1.1 404 Not Found\\r\\nConnection: close\\r\\n\\r\\n')
    writer.close()

async def problem(url):
    link, ear = MqttLink(Broker(url)), Receiver()
    link.attach({{'x/y': 0}}, ear)
    await until(lambda: link.status.problem)
    print(link.status.problem, *link_sentences(link.status))
    return link

async def story():
    refused = await problem(url)
    await problem('wss://localhost:{free_port()}/mqtt')
    web = await asyncio.start_server(answer, '127.0.0.1', 0)
    await problem(f'ws://127.0.0.1:{{web.sockets[0].getsockname()[1]}}/mqtt')
    async with websockets.serve(lambda _: asyncio.sleep(0), '127.0.0.1', 0, subprotocols=['mqtt']) as mute:
        await problem(f'ws://127.0.0.1:{{mute.sockets[0].getsockname()[1]}}/mqtt')
    become_a_page(None)
    await problem(url)
    become_a_page(None, online=False)
    await problem(url)
    assert refused.status.phase == 'refused', 'nor is a password tried again'
""",
        login="ada:mistyped",
    )
    assert story.finish() == 0, story.lines
    password, closed, no_websocket, mute, untrusted, offline = story.lines
    assert password.startswith("not-authorized The broker refused the user name or password")
    assert closed.startswith("unopened The browser could not open a connection")
    assert no_websocket.startswith("no-websocket The port answers")
    assert mute.startswith("hung-up-page The broker's WebSocket opened")
    assert untrusted.startswith("unopened")
    assert f"open https://localhost:{broker.ports['wss']} in" in untrusted
    assert offline.startswith("network The broker cannot be reached.")


def test_what_no_page_reaches_is_refused_with_what_to_write_instead(in_a_page):
    story = in_a_page("""
become_a_page(ca, origin='https://lite.example')

async def story():
    for refused in (
        lambda: Pico('ada-07', broker='ws://broker.example:8080/mqtt'),
        lambda: Pico('ada-07', broker='mqtts://ada:secret@broker.example'),
        lambda: Pico('ada-07', broker=Broker('wss://broker.example', ca=ca)),
        lambda: Pico('ada-07', broker=Broker('wss://broker.example', verify=False)),
        lambda: PicoWall.discover('+', broker='mqtts://broker.example'),
        lambda: cert('broker.example'),
    ):
        try:
            refused()
        except (NotConnected, ValueError) as error:
            print(error)
    Pico('ada-07', broker='ws://127.0.0.1:8080/mqtt').close()
    assert not WebSocket.opened, 'what is opened and closed at once asks nobody'
""")
    assert story.finish() == 0, story.lines
    plain, tcp, authority, unchecked, wall, certificate = story.lines
    assert "write wss:// instead of ws://" in plain
    assert "write wss://broker.example:8884/mqtt" in tcp and "secret" not in tcp
    assert "leave out ca=" in authority and authority == unchecked
    assert wall == tcp and "in a terminal" in certificate
