import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.contract.validate import Validator
from understudy.errors import ContractError
from understudy.types import Json, JsonObject

HEAD: JsonObject = {"openapi": "3.1.0", "info": {"title": "Cats", "version": "1"}}


def write(folder: Path, files: dict[str, Json]) -> Path:
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value, indent=1))
    return folder / next(iter(files))


def answering(schema: Json, **more: Json) -> JsonObject:
    """Return a document with one operation that answers a schema."""
    content = {"application/json": {"schema": schema}}
    get = {"operationId": "get", "responses": {"200": {"description": "", "content": content}}}
    return {**HEAD, "paths": {"/a": {"get": get}}, **more}


def answer(contract: Contract) -> Json:
    return contract.operations["get"].responses["200"].schemas["application/json"]


def accepts(contract: Contract, value: Json) -> bool:
    return Validator(answer(contract), contract.schemas).accepts(value)


def warnings(contract: Contract) -> list[str]:
    return [f"{w.line} {w.pointer} {w.message}" for w in contract.warnings]


@pytest.mark.parametrize(
    ("reference", "files", "name"),
    [
        ("cat.json", {"cat.json": {"type": "string"}}, "cat"),
        (
            "./x/cat.json",
            {"x/cat.json": {"$ref": "../c.json"}, "c.json": {"type": "string"}},
            "cat",
        ),
        ("all.json#/Cat", {"all.json": {"Cat": {"type": "string"}}}, "Cat"),
        ("a%20b.json#/C%20at", {"a b.json": {"C at": {"type": "string"}}}, "C_at"),
        ("a.json#/x~1y/z~0", {"a.json": {"x/y": {"z~": {"type": "string"}}}}, "x_y.z"),
        ("a.json#cat", {"a.json": {"$defs": {"C": {"$anchor": "cat", "type": "string"}}}}, "C"),
        ("a.yaml", {"a.yaml": "type: string"}, "a"),
    ],
)
def test_a_schema_in_another_file_gets_a_name(
    tmp_path: Path, reference: str, files: dict[str, Json], name: str
) -> None:
    contract = load_contract(write(tmp_path, {"o.json": answering({"$ref": reference}), **files}))

    assert answer(contract) == {"$ref": f"#/components/schemas/{name}"}
    assert (accepts(contract, "a"), accepts(contract, 1)) == (True, False)
    assert contract.warnings == ()


@pytest.mark.parametrize(
    "pointer",
    [
        "#/components/schemas/A/properties/b",
        "#/paths/~1b/get/responses/200/content/application~1json/schema",
        "#/definitions/B",
        "#/components/schemas/Foo«Bar»",
        "#/components/schemas/Foo%C2%ABBar%C2%BB",
        "#/components/schemas/odd~1name~0",
        "https://cats.example/named",
        "#plain",
    ],
)
def test_a_schema_anywhere_in_the_document_can_be_referred_to(tmp_path: Path, pointer: str) -> None:
    document = answering(
        {"$ref": pointer},
        definitions={"B": {"type": "string"}},
        components={
            "schemas": {
                "A": {"type": "object", "properties": {"b": {"type": "string"}}},
                "Foo«Bar»": {"type": "string"},
                "odd/name~": {"type": "string"},
                "Named": {"$id": "https://cats.example/named", "type": "string"},
                "Anchored": {"$anchor": "plain", "type": "string"},
            }
        },
    )
    content = {"application/json": {"schema": {"type": "string"}}}
    document["paths"]["/b"] = {
        "get": {"operationId": "b", "responses": {"200": {"description": "", "content": content}}}
    }
    contract = load_contract(write(tmp_path, {"o.json": document}))

    assert (accepts(contract, "a"), accepts(contract, 1)) == (True, False)
    assert contract.warnings == ()


def test_names_relative_to_an_id_are_found(tmp_path: Path) -> None:
    tree = {
        "$id": "https://cats.example/tree",
        "type": "object",
        "properties": {"left": {"$ref": "#"}, "leaf": {"$ref": "leaf"}},
        "$defs": {"leaf": {"$id": "leaf", "type": "integer"}},
    }
    contract = load_contract(
        write(tmp_path, {"o.json": answering({"$ref": "tree.json"}), "tree.json": tree})
    )

    assert accepts(contract, {"left": {"left": {"leaf": 1}}})
    assert not accepts(contract, {"left": {"left": {"leaf": "x"}}})


def test_a_contract_knows_the_files_that_its_references_lead_to(tmp_path: Path) -> None:
    schema = {"anyOf": [{"$ref": "there.json"}, {"$ref": "missing.json"}, {"$ref": "../out.json"}]}
    files = {
        "o.json": answering(schema),
        "there.json": {"$ref": "further.json"},
        "further.json": {},
    }
    path = write(tmp_path, files)

    found = load_contract(path, allow_outside=True).document.files

    names = ("o.json", "there.json", "further.json", "missing.json", "../out.json")
    assert found == {(tmp_path / name).resolve() for name in names}


def test_recursion_across_files_ends(tmp_path: Path) -> None:
    files = {
        "o.json": answering({"$ref": "cat.json"}),
        "cat.json": {"properties": {"owner": {"$ref": "owner.json"}, "id": {"type": "integer"}}},
        "owner.json": {"properties": {"cats": {"items": {"$ref": "cat.json"}}}},
    }
    contract = load_contract(write(tmp_path, files))

    assert contract.schemas.keys() == {"cat", "owner"}
    assert {path.name for path in contract.document.files} == files.keys()
    assert not accepts(contract, {"owner": {"cats": [{"id": "x"}]}})


def test_everything_else_can_be_in_other_files_and_keeps_its_lines(tmp_path: Path) -> None:
    files = {
        "o.json": {
            **HEAD,
            "paths": {"$ref": "paths/all.json"},
            "components": {"schemas": {"$ref": "schemas.json"}},
        },
        "paths/all.json": {"/cats/{id}": {"$ref": "cat.json#/item", "summary": "ours"}},
        "paths/cat.json": {
            "item": {
                "parameters": [{"$ref": "../parameters.json#/Id"}],
                "get": {
                    "operationId": "get",
                    "responses": {"200": {"$ref": "../responses.json#/Ok"}},
                },
            }
        },
        "parameters.json": {"Id": {"name": "id", "in": "path", "required": True, "schema": {}}},
        "responses.json": {
            "Ok": {
                "description": "",
                "content": {"application/json": {"schema": {"$ref": "schemas.json#/Cat"}}},
            }
        },
        "schemas.json": {"Cat": {"type": "object", "properties": {"a": {"minLength": "x"}}}},
    }
    contract = load_contract(write(tmp_path, files))

    assert answer(contract) == {"$ref": "#/components/schemas/Cat"}
    assert [p.name for p in contract.operations["get"].parameters] == ["id"]
    (found,) = contract.warnings
    assert (Path(found.file).name, found.line, found.pointer) == (
        "schemas.json",
        6,
        "/Cat/properties/a/minLength",
    )


def test_parts_can_stand_anywhere_in_the_document(tmp_path: Path) -> None:
    document = answering({})
    document["paths"]["/a"]["get"]["responses"] = {"200": {"$ref": "#/x-parts/Ok"}}
    document["paths"]["/b"] = {"$ref": "#/paths/~1a"}
    content = {"application/json": {"schema": {"$ref": "cat.json"}}}
    files = {
        "o.json": {**document, "x-parts": {"Ok": {"description": "", "content": content}}},
        "cat.json": {"type": "string"},
    }

    contract = load_contract(write(tmp_path, files))

    assert answer(contract) == {"$ref": "#/components/schemas/cat"}
    assert [one.path for one in contract.operations.values()] == ["/a", "/b"]
    assert [w.rule for w in contract.warnings] == ["operation-id"]


def test_an_example_can_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    document = answering({"type": "string"})
    media = document["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
    outside = "http://127.0.0.1:9/x.json"
    media["examples"] = {"a": {"externalValue": "a.json"}, "b": {"externalValue": outside}}

    contract = load_contract(write(tmp_path, {"o.json": document, "a.json": '"Tom"'}))

    found = contract.operations["get"].responses["200"].content["application/json"].examples
    assert [(one.name, one.value) for one in found] == [("a", "Tom")]
    assert [w.rule for w in contract.warnings] == ["reference"]


def test_what_leads_nowhere_is_anything_with_a_warning(tmp_path: Path) -> None:
    document = answering({"properties": {"a": {"$ref": "no.json"}, "b": {"$ref": "#/no"}}})

    contract = load_contract(write(tmp_path, {"o.json": document}))

    assert accepts(contract, {"a": 1, "b": "x"})
    assert [w.rule for w in contract.warnings] == ["reference", "reference"]


@pytest.mark.parametrize(
    "schemas",
    [
        {"A": {"$ref": "#/components/schemas/A"}},
        {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}},
        {"A": {"allOf": [{"$ref": "#/components/schemas/A"}, {"title": "a"}]}},
    ],
)
def test_a_circle_of_references_is_opened_with_a_warning(
    tmp_path: Path, schemas: JsonObject
) -> None:
    document = answering({"$ref": "#/components/schemas/A"}, components={"schemas": schemas})

    contract = load_contract(write(tmp_path, {"o.json": document}))

    assert accepts(contract, 1)
    assert [w.rule for w in contract.warnings] == ["circle"]


@pytest.mark.parametrize("reference", ["../secret.json", "link.json", "/etc/hostname"])
def test_files_outside_the_folder_are_read_only_when_allowed(
    tmp_path: Path, reference: str
) -> None:
    (tmp_path / "secret.json").write_text('{"type": "string"}')
    path = write(tmp_path, {"in/o.json": answering({"$ref": reference})})
    (tmp_path / "in" / "link.json").symlink_to(tmp_path / "secret.json")

    with pytest.raises(ContractError, match="--allow-outside"):
        load_contract(path)
    if not reference.startswith("/"):
        assert accepts(load_contract(path, allow_outside=True), "a")


def test_addresses_of_the_web_are_read_only_when_allowed(tmp_path: Path) -> None:
    path = write(tmp_path, {"o.json": answering({"$ref": "http://127.0.0.1:9/cat.json"})})

    with pytest.raises(ContractError, match="--allow-remote"):
        load_contract(path)
    assert "cannot be fetched" in load_contract(path, allow_remote=True).warnings[0].message


@pytest.mark.parametrize(("version", "accepted"), [("3.0.3", ["a", "long"]), ("3.1.0", ["a"])])
def test_what_stands_beside_a_reference_counts_since_3_1(
    tmp_path: Path, version: str, accepted: list[str]
) -> None:
    document = answering(
        {"$ref": "#/components/schemas/A", "maxLength": 1},
        components={"schemas": {"A": {"type": "string"}}},
    )

    contract = load_contract(write(tmp_path, {"o.json": {**document, "openapi": version}}))

    assert [text for text in ("a", "long") if accepts(contract, text)] == accepted


SCHEMAS: Any = st.recursive(
    st.sampled_from([{"type": "integer"}, {"type": "string", "maxLength": 2}, {}, True]),
    lambda inner: st.one_of(
        st.builds(lambda one: {"type": "array", "items": one}, inner),
        st.builds(lambda a, b: {"properties": {"a": a, "b": b}, "required": ["a"]}, inner, inner),
        st.builds(lambda a, b: {"anyOf": [a, b]}, inner, inner),
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    st.sampled_from([0, 1.5, "a", "long", None, True]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(schema=SCHEMAS, value=VALUES, data=st.data())
def test_a_document_in_pieces_accepts_what_it_accepts_in_one(
    tmp_path_factory: pytest.TempPathFactory, schema: Json, value: Json, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("pieces")
    files: dict[str, Json] = {}

    def cut(part: Json) -> Json:
        """Return a schema of which some parts stand in other files."""
        if isinstance(part, dict):
            part = {
                key: cut(one)
                if key == "items"
                else [cut(inner) for inner in one]
                if key == "anyOf"
                else {name: cut(inner) for name, inner in one.items()}
                if key == "properties"
                else one
                for key, one in part.items()
            }
        if not data.draw(st.booleans()):
            return part
        name, deep = f"f{len(files)}.json", data.draw(st.booleans())
        files[name] = {"x": {"y": part}} if deep else part
        return {"$ref": f"{name}#/x/y" if deep else name}

    pieces = {"o.json": answering(cut(schema)), **files}
    whole = Validator(schema)

    assert accepts(load_contract(write(folder, pieces)), value) == whole.accepts(value)
