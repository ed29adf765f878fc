from pathlib import Path
from time import perf_counter

import pytest

from understudy.contract import pointers
from understudy.contract.document import Document, read_document
from understudy.errors import ContractError, Problem
from understudy.types import Json


def read(folder: Path, text: str | bytes) -> Document:
    path = folder / "some.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_document(path)


def problems(folder: Path, text: str | bytes) -> list[Problem]:
    with pytest.raises(ContractError) as caught:
        read(folder, text)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("0o7", "0o7"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("007", 7),
        ("-12", -12),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        ("null", None),
        ("~", None),
        ('""', ""),
        ('"1"', "1"),
        ("'true'", "true"),
        ("=", "="),
        ("1.0.3", "1.0.3"),
    ],
)
def test_a_plain_scalar_is_what_the_core_schema_of_yaml_1_2_says(
    tmp_path: Path, text: str, value: Json
) -> None:
    found = read(tmp_path, f"key: {text}").data["key"]

    assert (type(found), found) == (type(value), value)


def test_keys_are_text_whatever_they_look_like(tmp_path: Path) -> None:
    assert read(tmp_path, "200: a\ntrue: b\nno: c").data == {"200": "a", "true": "b", "no": "c"}


def test_json_is_read_as_well(tmp_path: Path) -> None:
    assert read(tmp_path, '{"a": [1, null, {"b": "\\u00e9"}]}').data == {"a": [1, None, {"b": "é"}]}


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n"])
def test_an_empty_file_is_null(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).data is None


def test_aliases_stand_for_the_value_they_name(tmp_path: Path) -> None:
    assert read(tmp_path, "a: &x {b: [1]}\nc: *x").data == {"a": {"b": [1]}, "c": {"b": [1]}}


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    document = read(tmp_path, "a:\n  b:\n    - 1\n    - c/d: 2\n      e~f: 3\n")

    expected = {
        "": 1,
        "/a": 2,
        "/a/b": 3,
        "/a/b/0": 3,
        "/a/b/1": 4,
        "/a/b/1/c~1d": 4,
        "/a/b/1/e~0f": 5,
    }
    assert {pointer: document.lines.at(pointer) for pointer in expected} == expected


def test_a_problem_stands_on_the_line_of_its_nearest_ancestor(tmp_path: Path) -> None:
    document = read(tmp_path, "a: 1\nb: {c: 2}\n")

    problem = document.problem("/b/missing/deeper", "is missing", "add it")

    assert problem == Problem(
        str(tmp_path / "some.yaml"), 2, "/b/missing/deeper", "is missing", "add it"
    )


def test_every_repeated_key_is_reported(tmp_path: Path) -> None:
    found = problems(tmp_path, "a: 1\nb:\n  c: 1\n  c: 2\na: 2\n")

    assert [(p.line, p.pointer, p.message) for p in found] == [
        (4, "/b", "repeats the key 'c'"),
        (5, "", "repeats the key 'a'"),
    ]


def test_a_key_that_is_no_scalar_is_reported(tmp_path: Path) -> None:
    found = problems(tmp_path, "a: 1\n[b, c]: 2\n")

    assert [(p.line, p.message) for p in found] == [(2, "has a key that is not text")]


@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 [x, x]\n"
        + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30)),
        "&a [*a]",
    ],
    ids=["a bomb of aliases", "a circle of aliases"],
)
def test_a_small_file_cannot_become_a_large_value(tmp_path: Path, text: str) -> None:
    start = perf_counter()

    found = problems(tmp_path, text)

    assert [p.message for p in found] == ["holds too many or too deep values"]
    assert perf_counter() - start < 20


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    assert [p.message for p in problems(tmp_path, b"a: \xff\xfe")] == ["is not UTF-8 text"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3),
        ("a: 1\n b: 2\n", 2),
        ("a: 'open\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\nb: *nobody\n", 2),
    ],
    ids=["open list", "indentation", "open quote", "two documents", "unknown alias"],
)
def test_broken_yaml_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (problem,) = problems(tmp_path, text)

    assert problem.line == line
    assert problem.message.startswith("is not YAML: ")


def test_control_characters_are_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, b"a: \x00")

    assert problem.message.startswith("is not YAML: ")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 202 + "]" * 202,
        "{a: " * 201 + "1" + "}" * 201,
        "[" * 100_000,
        "\n".join(" " * i + "a:" for i in range(400)),
    ],
    ids=["deep lists", "deep mappings", "so deep that the C library would crash", "blocks"],
)
def test_a_very_deep_file_is_refused(tmp_path: Path, text: str) -> None:
    assert [p.message for p in problems(tmp_path, text)] == ["is nested deeper than 200 levels"]


@pytest.mark.parametrize("text", ["a: !!python/object/apply:os.getcwd []", "a: !include secrets"])
def test_tags_run_nothing(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).data in ({"a": []}, {"a": "secrets"})


def test_a_file_may_be_two_hundred_levels_deep(tmp_path: Path) -> None:
    deep = read(tmp_path, "[" * 200 + "x" + "]" * 200)

    assert pointers.follow(deep.data, ("0",) * 200) == "x"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="No such file"):
        read_document(tmp_path / "nowhere.yaml")


def test_a_file_below_the_working_folder_is_shown_as_the_user_would_type_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    (problem,) = problems(tmp_path, "a: 1\na: 2\n")

    assert str(problem) == "some.yaml:2: repeats the key 'a'"
