import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from understudy.archive.curl import curl
from understudy.exchange import Exchange, Reply, Sent

SECRET = "s3cr3t/+= '\"$x`!\\"
SIMPLE = "sk-12345"
SECRETS = {
    SECRET: "API_KEY",
    SIMPLE: "TOKEN",
    SIMPLE[:-1]: "TOKEN%?",
    SIMPLE.swapcase(): "TOKEN~~",
}
ENVIRONMENT = {"API_KEY": SECRET, "TOKEN": SIMPLE, "PATH": "/usr/local/bin:/usr/bin:/bin"}

needs_curl = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("bash")), reason="curl or bash is not installed"
)


class Recorder(socketserver.ThreadingTCPServer):
    """Takes down the bytes of requests, and answers 200."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[bytes] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/base"


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Recorder)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.rfile.readline()
        fields = head.lower().split(b"\r\n")
        length = next((int(f[15:]) for f in fields if f.startswith(b"content-length:")), 0)
        self.server.seen.append(head + self.rfile.read(length))
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with Recorder() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def command(sent: Sent, target: str = "http://localhost/base") -> str:
    return curl(Exchange(sent, Reply(200)), target, SECRETS)


def arrived(recorder: Recorder, sent: Sent) -> Sent:
    """Return what comes when bash runs the command; without what curl adds of its own accord."""
    recorder.seen.clear()
    script = command(sent, recorder.url)
    ran = subprocess.run(  # a script may be longer than an argument
        ["bash"], input=script.encode(), env=ENVIRONMENT, capture_output=True, timeout=20
    )
    assert ran.returncode == 0, (script, ran.stderr)
    head, _, body = recorder.seen[0].partition(b"\r\n\r\n")
    first, *fields = head.split(b"\r\n")
    method, _, rest = first.decode("latin-1").partition(" ")
    target = rest.removesuffix(" HTTP/1.1").removeprefix("/base")
    headers = [tuple(f.decode("latin-1").split(":", 1)) for f in fields]
    given = [name.lower() for name, _ in sent.headers]
    added = {"host", "user-agent", "accept", "content-length"} - set(given)
    kept = tuple((n, v.removeprefix(" ")) for n, v in headers if n.lower() not in added)
    return Sent(method, target, kept, body)


@needs_curl
@pytest.mark.parametrize("value", [SIMPLE[:-1], SIMPLE.swapcase(), f"{SIMPLE}x", SIMPLE])
def test_close_misses_of_a_secret_are_sent_and_not_shown(recorder: Recorder, value: str) -> None:
    sent = Sent("GET", f"/a?b={value}", (("X-Key", value),))

    assert arrived(recorder, sent) == sent
    assert SIMPLE[:-1] not in command(sent).lower()


token = st.text("abcdefXYZ0189-_", min_size=1, max_size=8)
printed = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
latin_1 = st.characters(min_codepoint=0xA1, max_codepoint=0xFF)
value = st.one_of(
    st.text(printed | latin_1, max_size=20).map(str.strip),
    st.sampled_from(["", f"Bearer {SIMPLE}", "@/etc/passwd", "a;", "$HOME", "!!", "'", '"', "\\"]),
)
header = st.tuples(token.map(lambda t: f"X-{t}"), value)
kind = st.sampled_from(["application/json", "text/plain; charset=utf-8"])
headers = st.builds(
    lambda many, types: (*many, *(("Content-Type", t) for t in types)),
    st.lists(header, max_size=4),
    st.lists(kind, max_size=1),
)
ascii_text = st.text(printed.filter(lambda one: one != " "), max_size=30)
target = st.one_of(
    ascii_text.map(lambda t: f"/{t}"),
    st.sampled_from(["/a/../b/./c", "/%2e%2e/a", "/a?x[]={1,2}", "//a", "/%00%zz", "/a#b?c", "/"]),
    st.just(f"/a?key={SIMPLE}&b={SIMPLE}"),
)
bodies = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=30).map(lambda t: t.encode("utf-8", "surrogatepass")),
    st.sampled_from(
        [b"@file", b"-x %s %%", b"\0\n\r'", b'{"a": "\\ud800 $(x)"}', b"-\0", b"\xff1"]
    ),
    st.just(f'{{"token": "{SIMPLE}a", "other": "{SECRET}"}}'.encode()),
    st.just(f"\0{SIMPLE}1%{SECRET}".encode()),
)
methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])


@needs_curl
@settings(max_examples=150, deadline=None)
@example(Sent("GET", "/"))
@example(Sent("POST", "/", (("Accept", "a/b"), ("Content-Length", "2")), b"{}"))
@example(Sent("GET", "/a/../../b", (("X-A", f"a {SECRET} b {SIMPLE}1"),)))
@given(st.builds(Sent, methods, target, headers, bodies))
def test_the_bytes_that_arrive_are_those_that_were_sent(recorder: Recorder, sent: Sent) -> None:
    assert arrived(recorder, sent) == sent


@needs_curl
@settings(max_examples=20, deadline=None)
@given(target, st.lists(header, max_size=2).map(tuple))
def test_head_is_sent_as_head(
    recorder: Recorder, where: str, fields: tuple[tuple[str, str], ...]
) -> None:
    sent = Sent("HEAD", where, fields)
    assert arrived(recorder, sent) == sent
    assert "--head" in command(sent)


@needs_curl
def test_head_with_a_body_ends(recorder: Recorder) -> None:
    sent = Sent("HEAD", "/a", (("Content-Type", "text/plain"),), b"body")
    assert arrived(recorder, sent) == sent


@needs_curl
@pytest.mark.parametrize("size", [100_001, (1 << 20) + 1])
def test_long_bodies_arrive_whole(recorder: Recorder, size: int) -> None:
    sent = Sent("POST", "/a", (("Content-Type", "text/plain"),), b"%" * size)
    assert arrived(recorder, sent) == sent


@needs_curl
def test_a_secret_that_a_url_must_encode_is_put_in_by_the_shell(recorder: Recorder) -> None:
    encoded = "".join(f"%{byte:02x}" for byte in SECRET.encode())
    quoted = "s3cr3t%2F%2B%3D%20%27%22%24x%60%21%5C"
    came = arrived(recorder, Sent("GET", f"/a?key={quoted}&b=1"))
    assert came == Sent("GET", f"/a?key={encoded}&b=1")


@needs_curl
def test_a_secret_in_basic_credentials_is_put_in_by_the_shell(recorder: Recorder) -> None:
    sent = Sent("GET", "/", (("Authorization", "Basic dXNlcjpwYXNz"),))
    script = curl(Exchange(sent, Reply(200)), recorder.url, {"user:pass": "API_KEY"})
    recorder.seen.clear()
    environment = {**ENVIRONMENT, "API_KEY": "user:pass"}
    subprocess.run(["bash", "-c", script], env=environment, capture_output=True, check=True)
    assert b"Authorization: Basic dXNlcjpwYXNz\r\n" in recorder.seen[0]
    assert "dXNlcjpwYXNz" not in script


@given(st.builds(Sent, methods, target, headers, bodies))
def test_a_command_is_printable_and_holds_no_secret(sent: Sent) -> None:
    told = command(sent)
    assert all(line.isprintable() for line in told.split("\n"))
    assert SIMPLE not in told


def test_a_command_reads_well() -> None:
    sent = Sent(
        "POST",
        "/threads?limit=1",
        (("Authorization", f"Bearer {SIMPLE}"), ("Content-Type", "application/json")),
        b'{"name": "it"}',
    )
    assert command(sent) == (
        "curl --include --request POST 'http://localhost/base/threads?limit=1' \\\n"
        '  --header "Authorization: Bearer $TOKEN" \\\n'
        "  --header 'Content-Type: application/json' \\\n"
        """  --data-raw '{"name": "it"}'"""
    )


@pytest.mark.parametrize(
    ("where", "option"),
    [
        ("/a/../b", "--path-as-is"),
        ("/a/%2e%2E/b", "--path-as-is"),
        ("/a?b[]=1", "--globoff"),
        ("/a#b", "--request-target"),
    ],
)
def test_options_keep_curl_from_changing_the_target(where: str, option: str) -> None:
    assert option in command(Sent("GET", where))
    assert option not in command(Sent("GET", "/a/b?c=.."))
