"""`picopanel board bundle` and `picopanel.board_bundle`."""

import ast
import json
import ssl
import zipfile

import pytest
import trustme

from picopanel import Broker, InvalidBroker, InvalidCommand, InvalidDeviceID
from picopanel._firmware import FOLDER
from picopanel._setup.certificates import own_files, read
from picopanel._setup.files import board_bundle

LISTED = dict(json.loads((FOLDER / "package.json").read_text())["urls"])
MQTT_AS = "mqtt_as/__init__.py"


def fetched(url):
    return f"# from {url}".encode()


def offline(url):
    raise OSError("no network")


def unpack(path):
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def secrets(files):
    tree = ast.parse(files["my_secrets.py"])
    return {line.targets[0].id: ast.literal_eval(line.value) for line in tree.body}


def test_holds_every_file_that_the_board_needs(tmp_path):
    files = unpack(board_bundle("alice-07", tmp_path / "a.zip", fetch=fetched))
    assert set(files) == {*LISTED, "my_secrets.py", "READ ME FIRST.txt"}
    assert files["main.py"] == (FOLDER / "main.py").read_bytes()
    assert files[MQTT_AS] == fetched(LISTED[MQTT_AS]), "mqtt_as comes from its author, by the pinned commit"


def test_leaves_every_secret_empty_that_is_not_given(tmp_path):
    known = secrets(unpack(board_bundle("alice-07", tmp_path / "a.zip", fetch=fetched)))
    assert known.pop("COUNTRY"), "a default, and no secret"
    assert known.pop("COURSE_ID") == "alice-07"
    assert set(known.values()) == {""}


def test_what_is_given_is_filled_in_whatever_quotes_it_has(tmp_path):
    broker = Broker("mqtt://ada:pa'ss@10.0.0.2:1884")
    wifi = {"SSID": "lab", "PASSWORD": 'q"q\\'}
    known = secrets(unpack(board_bundle("a", tmp_path / "a.zip", broker=broker, secrets=wifi, fetch=fetched)))
    assert known | {"COUNTRY": ""} == {
        **wifi,
        "COUNTRY": "",
        "COURSE_ID": "a",
        "HIVEMQ_HOST": "10.0.0.2",
        "HIVEMQ_USERNAME": "ada",
        "HIVEMQ_PASSWORD": "pa'ss",
        "HIVEMQ_PORT": 1884,
        "HIVEMQ_TLS": False,
    }


def test_the_secrets_are_in_one_file_only(tmp_path):
    broker = Broker("mqtt://ada-1815:Correct-Horse@10.0.0.2")
    wifi = {"SSID": "lab-1815", "PASSWORD": "Battery-Staple"}
    files = unpack(board_bundle("a", tmp_path / "a.zip", broker=broker, secrets=wifi, fetch=fetched))
    for secret in (b"ada-1815", b"Correct-Horse", b"Battery-Staple"):
        assert [name for name, text in files.items() if secret in text] == ["my_secrets.py"]


def test_brings_the_authority_of_a_broker_of_ones_own(tls_broker, tmp_path):
    broker = Broker(tls_broker.url("mqtts"), ca=tls_broker.ca)
    files = unpack(board_bundle("a", tmp_path / "a.zip", broker=broker, fetch=fetched))
    assert files["ca.der"][:1] == b"\x30", "DER, which is what the board reads"


def test_b1_brings_every_root_in_der_and_no_more_than_a_board_has_memory_for(tls_broker, tmp_path):
    roots = [trustme.CA() for _ in range(5)]
    texts = [root.cert_pem.bytes() for root in roots]
    (tmp_path / "two.pem").write_bytes(b"".join([*texts[:2], roots[0].create_child_ca().cert_pem.bytes()]))
    broker = Broker(tls_broker.url("mqtts"), ca=tmp_path / "two.pem")
    brought = own_files(broker)["ca.der"]
    assert {each.der for each in read(brought)} == {
        ssl.PEM_cert_to_DER_cert(each.decode()) for each in texts[:2]
    }
    (tmp_path / "five.pem").write_bytes(b"".join(texts))
    with pytest.raises(InvalidBroker, match="holds 5 authorities, and a board has memory for 4"):
        board_bundle(
            "a", tmp_path / "a.zip", broker=Broker("mqtts://h", ca=tmp_path / "five.pem"), fetch=fetched
        )


def test_says_offline_what_is_missing_and_where_to_get_it(tmp_path):
    with pytest.warns(UserWarning, match="mqtt_as"):
        files = unpack(board_bundle("a", tmp_path / "a.zip", fetch=offline))
    assert MQTT_AS not in files
    assert LISTED[MQTT_AS].encode() in files["READ ME FIRST.txt"]


def test_takes_mqtt_as_from_a_folder(tmp_path, run):
    (tmp_path / "mqtt_as.py").write_text("VERSION = (0, 7, 1)\n")
    command = ("board", "bundle", "a", "--mqtt-as", tmp_path / "mqtt_as.py", "--out", tmp_path / "a.zip")
    program = run("-m", "picopanel", *command)
    assert program.finish() == 0, program.lines
    assert "mqtt_as.py" in unpack(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("board_id", "more", "error"),
    [
        ("<your_id_here>", {}, InvalidDeviceID),
        ("a", {"broker": "wss://host/mqtt"}, InvalidBroker),
        ("a", {"secrets": {"WIFI": "lab"}}, InvalidCommand),
    ],
)
def test_refuses_what_no_board_could_use(tmp_path, board_id, more, error):
    with pytest.raises(error):
        board_bundle(board_id, tmp_path / "a.zip", fetch=fetched, **more)
    assert not (tmp_path / "a.zip").exists()
