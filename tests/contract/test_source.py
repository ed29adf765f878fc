import io
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from understudy.contract.load import load_contract
from understudy.errors import ContractError

CATS = b"""openapi: 3.0.3
info: {title: Cats, version: '1'}
paths: {/cats: {get: {operationId: cats, responses: {200: {description: OK}}}}}
components: {schemas: {Cat: {$ref: 'cat.json'}}}
"""
FILES = {"/v1/cats.yaml": CATS, "/v1/cat.json": b'{"type": "string"}'}


@pytest.fixture
def web() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/to/"):
                self.send_response(302)
                self.send_header("Location", self.path.removeprefix("/to/"))
                self.end_headers()
                return
            self.send_response(200 if self.path in FILES else 404)
            self.end_headers()
            self.wfile.write(FILES.get(self.path, b""))

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def refused(source: str | Path) -> str:
    with pytest.raises(ContractError) as caught:
        load_contract(source)
    return str(caught.value)


def test_a_url_is_read_with_what_is_beside_it(web: str) -> None:
    contract = load_contract(f"{web}/v1/cats.yaml")

    assert (contract.name, contract.schemas) == ("cats", {"Cat": {"type": "string"}})
    assert contract.document.problem("/paths", "x").file == f"{web}/v1/cats.yaml"


def test_redirects_are_followed_within_the_web(web: str) -> None:
    assert load_contract(f"{web}/to//v1/cats.yaml").title == "Cats"
    assert refused(f"{web}/to/file:///etc/hostname").endswith("answers 302")


def test_what_cannot_be_fetched_is_refused(web: str) -> None:
    assert refused(f"{web}/nothing") == f"{web}/nothing: answers 404"
    assert "cannot be fetched" in refused("http://127.0.0.1:9/cats.yaml")


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(CATS)))

    assert load_contract("-").operations.keys() == {"cats"}


@pytest.mark.parametrize(
    "names",
    [
        ["openapi.yaml", "swagger.json", "other.yaml"],
        ["openapi.yml"],
        ["swagger.json"],
        ["anything.json"],
    ],
)
def test_a_folder_stands_for_its_document(tmp_path: Path, names: list[str]) -> None:
    document = {"openapi": "3.0.3", "info": {"title": names[0], "version": "1"}, "paths": {}}
    (tmp_path / "notes.json").write_text("{}")
    for name in names:
        document = {**document, "info": {"title": name, "version": "1"}}
        (tmp_path / name).write_text(json.dumps(document))

    assert load_contract(tmp_path).title == names[0]


def test_a_folder_of_several_or_none_is_refused(tmp_path: Path) -> None:
    assert "holds no OpenAPI document" in refused(tmp_path)
    (tmp_path / "a.yaml").write_bytes(CATS)
    (tmp_path / "b.yaml").write_bytes(CATS)
    assert "name one of a.yaml, b.yaml" in refused(tmp_path)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    with (tmp_path / "huge.yaml").open("wb") as huge:
        huge.truncate(2 << 30)

    assert "is no regular file" in refused(tmp_path / "pipe.yaml")
    assert "symbolic links" in refused(tmp_path / "loop.yaml")
    assert "is larger than 100 MB" in refused(tmp_path / "huge.yaml")
    assert "no such file" in refused("a\0b")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_text_with_a_byte_order_mark_is_read(tmp_path: Path, encoding: str, suffix: str) -> None:
    path = tmp_path / f"cats.{suffix}"
    text = '{"openapi": "3.0.3", "info": {"title": "Kätzchen", "version": "1"}, "paths": {}}'
    path.write_text(text, encoding=encoding)

    assert load_contract(path).title == "Kätzchen"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a: " + b"9" * 5000, "a number with too many digits"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number with too many digits"),
        (b'{"a": 1e999}', "beyond what a double holds"),
        (b'{"a": "\x00"}', "is not YAML"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b'{"a": ' * 300 + b"1" + b"}" * 300, "nested deeper"),
        (b"[" * 100_000, "nested deeper"),
    ],
)
def test_hostile_text_is_refused_with_a_reason(tmp_path: Path, text: bytes, message: str) -> None:
    path = tmp_path / "cats.json"
    path.write_bytes(text)

    assert message in refused(path)


def test_lines_of_json_are_those_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "cats.json"
    path.write_text(
        '{"openapi": "3.0.3",\n "info": {"title": "a \\" \\\\", "version":\n "1"},\n'
        ' "x": [1, {}, []], "paths": {\n "/a": {"get":\n {"operationId": "a"}}}}'
    )

    contract = load_contract(path)

    assert [(w.line, w.rule) for w in contract.warnings] == [(6, "responses")]
