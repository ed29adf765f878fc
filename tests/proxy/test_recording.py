import json
import os
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.proxy.running import ITEM, SHOP, answer, ask, get, proxying, saying, service

from understudy.archive.recording import Record
from understudy.archive.redact import REDACTED, redaction
from understudy.errors import StartError
from understudy.exchange import Exchange, Reply, Sent
from understudy.probe.har import read_har
from understudy.proxy.recorder import Recorder

UNDERSTUDY = [sys.executable, "-m", "understudy"]
SHOP_FILE = str(Path(__file__).with_name("shop.yaml"))
LAW = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SAID: list[str] = []


def record(exchange: Exchange, origin: str = "http://shop.test") -> Record:
    return Record(exchange, origin, datetime(2026, 1, 15, tzinfo=UTC))


def recorded(path: Path, *exchanges: Exchange, names: tuple[str, ...] = ()) -> bytes:
    recorder = Recorder(path, redaction(SHOP, names=names), SAID.append)
    for one in exchanges:
        recorder.record(record(one))
    recorder.close()
    return path.read_bytes()


@LAW
@given(body=st.binary(max_size=300), reply=st.binary(max_size=300), kind=st.sampled_from(
    ["application/json", "text/plain; charset=utf-8", "application/octet-stream"]))  # fmt: skip
def test_what_is_written_is_read_again(tmp_path_factory, body, reply, kind):
    path = tmp_path_factory.mktemp("har") / "one.har"
    fields = (("content-type", kind), ("x-twice", "1"), ("x-twice", "\xe9"))
    sent = Sent("PUT", "/files?a=%20b&c", fields, body)
    exchange = Exchange(sent, Reply(200, reply, (("etag", "1"),), kind), 0.25)

    recorded(path, Exchange(Sent("PUT", f"/v1{sent.target}", fields, body), exchange.reply, 0.25))

    assert read_har(path, SHOP).exchanges == (exchange,)


SECRETS = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=';,"\\'),
    min_size=13, max_size=40,
).map(lambda text: f"Zq9{text}")  # fmt: skip


@LAW
@given(secret=SECRETS, where=st.sampled_from(range(8)), echo=st.booleans())
def test_nothing_secret_is_in_a_recording(tmp_path_factory, secret, where, echo):
    path = tmp_path_factory.mktemp("har") / "one.har"
    user = b64encode(f"me:{secret}".encode()).decode()
    sent_fields, reply_fields = [
        ([("authorization", f"Bearer {secret}")], []),
        ([("authorization", f"Basic {user}")], []),
        ([("X-Shop-Key", secret)], []),
        ([("cookie", f"a=b; session={secret}")], []),
        ([], [("set-cookie", f"session={secret}; Path=/")]),
        ([], []),
        ([("x-mine", secret)], []),
        ([("referer", f"http://shop.test/?shop_key={quote(secret, safe='')}")], []),
    ][where]
    target = f"/v1/items?shop_key={quote(secret, safe='')}&b=1" if where == 5 else "/v1/items"
    shown = json.dumps({"id": 1, "name": secret}).encode() if echo and where != 7 else ITEM
    exchange = Exchange(
        Sent("GET", target, tuple(sent_fields)), Reply(200, shown, tuple(reply_fields))
    )

    raw = recorded(path, exchange, names=("x-mine",))

    for text in (secret, user, quote(secret, safe=""), json.dumps(secret)[1:-1]):
        assert text.encode() not in raw
    assert REDACTED.encode() in raw


def test_who_showed_a_credential_still_does(tmp_path):
    path = tmp_path / "one.har"
    fields = (("authorization", "Bearer abcdefgh"), ("cookie", "a=1; session=2"))

    recorded(path, Exchange(Sent("GET", "/v1/items", fields), Reply(200, b"[]")))

    (found,) = read_har(path, SHOP).exchanges
    assert found.sent.headers == (
        ("authorization", "Bearer REDACTED"),
        ("cookie", "a=REDACTED; session=REDACTED"),
    )


def test_members_and_fields_of_forms_are_taken_out_by_name(tmp_path):
    json_, form = (("content-type", "application/json"),), "application/x-www-form-urlencoded"
    raw = recorded(
        tmp_path / "one.har",
        Exchange(
            Sent("POST", "/v1/items", json_, b'{"name":"cup","owner":{"pin":1234}}'),
            Reply(201, b'[{"pin":"987654321"},"987654321"]'),
        ),
        Exchange(
            Sent("POST", "/v1/items", (("content-type", form),), b"pin=4711&name=cup"), Reply(201)
        ),
        names=("PIN",),
    )

    assert not [one for one in (b"1234", b"987654321", b"4711") if one in raw]
    assert b"name=cup" in raw


def test_a_recording_is_continued(tmp_path):
    path = tmp_path / "one.har"
    one = Exchange(Sent("GET", "/v1/items"), Reply(200, b"[]"))

    recorded(path)
    assert json.loads(path.read_bytes())["log"]["entries"] == []
    recorded(path, one)
    recorded(path, one, one)

    assert len(json.loads(path.read_bytes())["log"]["entries"]) == 3
    assert path.stat().st_mode & 0o777 == 0o600


def test_another_file_is_not_written_over(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("mine")

    with pytest.raises(StartError, match="no recording of this command"):
        Recorder(path, redaction(SHOP), SAID.append)

    assert path.read_text() == "mine"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_ends_the_recording_and_not_the_proxy(tmp_path):
    said: list[str] = []
    recorder = Recorder(tmp_path / "one.har", redaction(SHOP), said.append)
    os.dup2(os.open("/dev/full", os.O_RDWR), recorder._file)

    recorder.record(record(Exchange(Sent("GET", "/v1/items"), Reply(200, b"[]"))))
    recorder.record(record(Exchange(Sent("GET", "/v1/items"), Reply(200, b"[]"))))

    assert said[0].startswith("the recording has ended")
    assert sum(one.startswith("the recording has ended") for one in said) == 1


def test_bodies_that_are_not_kept_are_told_as_left_out(tmp_path):
    from understudy.probe.har_entry import NO_BODY
    from understudy.proxy.desk import Options

    path = tmp_path / "one.har"
    recorder = Recorder(path, redaction(SHOP), SAID.append)
    long = b"[" + b" " * 2000 + b"]"
    with (
        saying(answer(long)) as shop,
        proxying(shop.url, Options(limit=1000), record=recorder.record) as proxy,
    ):
        found = ask(proxy.url, get("/v1/items"))
    recorder.close()

    assert found.endswith(long)
    assert read_har(path, SHOP).left_out == {NO_BODY: 1}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_command_records_and_leaves_a_whole_file_however_it_ends(tmp_path, number):
    async def talk(reader, writer):
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(answer(b"[%s]" % b",".join([ITEM] * 200), b"set-cookie: a=secret-cookie"))
            await writer.drain()

    path = tmp_path / "traffic.har"
    with service(talk) as shop:
        command = [*UNDERSTUDY, "proxy", SHOP_FILE, shop.url, "--port", "0", "--record", str(path)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            url = process.stderr.readline().split(" at ")[1].split("/ for ")[0]
            stop, answered = threading.Event(), []

            def load():
                with httpx.Client() as client, suppress(httpx.TransportError):
                    while not stop.is_set():
                        client.get(f"{url}/v1/items", headers={"x-shop-key": "secret-key"})
                        answered.append(1)

            threads = [threading.Thread(target=load) for _ in range(3)]
            for one in threads:
                one.start()
            while len(answered) < 20:
                time.sleep(0.01)
            process.send_signal(number)
            process.wait(10)
            stop.set()
            for one in threads:
                one.join()

    found = read_har(path, SHOP).exchanges
    assert len(found) >= 20
    assert b"secret-" not in path.read_bytes()
    assert process.returncode == (-9 if number == signal.SIGKILL else process.returncode)
