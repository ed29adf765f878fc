from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from understudy.contract.behaviour_file import read_behaviour
from understudy.contract.load import load_contract
from understudy.contract.pointers import children, follow, join, split
from understudy.contract.relations import KINDS
from understudy.errors import ContractError
from understudy.types import Json

CATS = """
openapi: 3.0.3
info: {title: Cats, version: '1'}
paths:
  /owners/{owner}/cats:
    get:
      operationId: listCats
      parameters:
        - {name: owner, in: path, required: true, schema: {type: string}}
        - {name: limit, in: query, schema: {type: integer}}
      responses:
        '200':
          description: OK
          content:
            application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Cat'}}}
    post:
      operationId: addCat
      parameters: [{name: owner, in: path, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Cat'}}}}
      responses:
        '200':
          description: OK
          content: {application/json: {schema: {$ref: '#/components/schemas/Cat'}}}
components:
  schemas:
    Cat:
      type: object
      properties:
        id: {type: string}
        name: {type: string}
        born: {type: string, format: date-time}
        toys: {type: array, items: {$ref: '#/components/schemas/Toy'}}
    Toy:
      type: object
      properties: {color: {type: string}}
"""

BROKEN = """\
errors: django
weather: sunny
vocabulary: words.yaml
let:
  mood: {$from: moods}
parents:
  owner:
    lets: {}
resources:
  cat:
    schema: Cat
    parent: owner
    id: /identifier
    newest: /born
    sort: /name
  dog:
    schema: Dog
    parent: nobody
operations:
  listCats:
    list: cat
    parent: $request.path.owner
    limit: $request.query.count
    offset: five
    items: /data
    filters: {/colour: $request.query.limit}
  addCat:
    create: mouse
    parent: $request.path.owner
    assign:
      name: $request.body#/nickname
  feedCat:
    list: cat
    parent: $request.path.owner
  removeCat: {read: cat}
values:
  Cat:
    name: {$pick: ["{names}", "{/nickname}"]}
    born: {$later: [1, 2]}
    tail: long
    toys: {$resource: mouse}
  Toy:
    color: {$number: [1]}
  Bird: {}
relations:
  Cat:
    - in_order: [/born, /died]
    - same: [/id, /name]
    - equal: [/id]
    - renders: [/name, not a pointer]
  Toy:
    - equal: [/color, 2/name]
    - equal: [/color, 3/name]
veto: addCat create
"""

SOUND = """\
vocabulary: words.yaml
times: {fraction: 3}
errors: {invalid: 400, body: {message: "{message}"}, statuses: {"404": {message: Gone}}}
let: {mood: good}
parents: {owner: {let: {size: {$pick: [1, 2]}}}}
resources:
  cat:
    schema: Cat
    parent: owner
    id: /id
    count: [2, 5]
    newest: /born
    each: {kind: [a, b]}
    known: [[ann, tom]]
operations:
  listCats:
    list: cat
    parent: $request.path.owner
    limit: $request.query.limit
    filters: {/name: $request.query.limit}
    last: {/toys: $request.query.limit}
  addCat:
    create: cat
    parent: $request.path.owner
    let: {wish: $request.body#/name}
    assign: {name: $request.body#/name}
values:
  Cat:
    let: {toy: {$from: greetings}}
    name: {$weigh: [[1, "{kind}"], [2, {$faker: name}]]}
    born: {$after: [0, 5]}
    toys: {$repeat: [1, 2]}
relations:
  Cat:
    - in_order: [/born, /born]
    - holds: {required: [id]}
    - {clock_id: [/id, /born], epoch: "2026-01-01T00:00:00Z", shift: 1, low: 1}
veto: [addCat create, "* echo *"]
"""


def write(folder: Path, behaviour: str, words: str = "greetings: [hello, hi]") -> Path:
    (folder / "openapi.yaml").write_text(CATS)
    (folder / "behaviour.yaml").write_text(behaviour)
    (folder / "words.yaml").write_text(words)
    return folder


def problems(folder: Path, behaviour: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ContractError) as caught:
        load_contract(write(folder, behaviour, "greetings: [hello, 'hello {stranger}']"))
    assert {p.file for p in caught.value.problems} == {str(folder / "behaviour.yaml")}
    return [(p.line, p.pointer, p.message) for p in caught.value.problems]


def test_every_mistake_is_reported_at_once_with_file_line_and_pointer(tmp_path: Path) -> None:
    found = problems(tmp_path, BROKEN)
    declared = ", ".join(name for name, kind in KINDS.items() if not kind.told)

    assert sorted(found) == [
        (1, "/errors", "unknown error dialect 'django'"),
        (2, "/weather", "unknown key 'weather'"),
        (3, "/vocabulary", "/greetings/1: nothing is called 'stranger'"),
        (5, "/let/mood", "nothing is called 'moods'"),
        (8, "/parents/owner/lets", "unknown key 'lets'"),
        (13, "/resources/cat/id", "/identifier matches nothing in Cat"),
        (15, "/resources/cat/sort", "unknown key 'sort'"),
        (17, "/resources/dog/schema", "unknown schema 'Dog'"),
        (18, "/resources/dog/parent", "unknown parent 'nobody'"),
        (23, "/operations/listCats/limit", "$request.query.count is nothing that listCats takes"),
        (24, "/operations/listCats/offset", "'five' is not a runtime expression"),
        (25, "/operations/listCats/items", "'/data' leads to no list in the response"),
        (26, "/operations/listCats/filters/~1colour", "/colour matches nothing in Cat"),
        (28, "/operations/addCat", "unknown resource 'mouse'"),
        (
            31,
            "/operations/addCat/assign/name",
            "$request.body#/nickname is nothing that addCat takes",
        ),
        (33, "/operations/feedCat", "unknown operation 'feedCat'"),
        (35, "/operations/removeCat", "names no id"),
        (35, "/operations/removeCat", "names no parent"),
        (35, "/operations/removeCat", "unknown operation 'removeCat'"),
        (38, "/values/Cat/name", "/nickname matches nothing from Cat"),
        (38, "/values/Cat/name", "nothing is called 'names'"),
        (39, "/values/Cat/born", "unknown recipe $later"),
        (40, "/values/Cat/tail", "Cat has no property 'tail'"),
        (41, "/values/Cat/toys", "unknown resource 'mouse'"),
        (43, "/values/Toy/color", "$number is not written as it should be"),
        (44, "/values/Bird", "unknown schema 'Bird'"),
        (47, "/relations/Cat/0", "/died matches nothing from Cat"),
        (48, "/relations/Cat/1", f"unknown relation 'same'; known are {declared}"),
        (49, "/relations/Cat/2", "equal does not take 1 terms"),
        (50, "/relations/Cat/3", "'not a pointer' is not a relative JSON pointer"),
        (53, "/relations/Toy/1", "3/name matches nothing from Toy"),
        (54, "/veto", "is not a list of facts"),
    ]


def test_a_sound_file_is_applied(tmp_path: Path) -> None:
    behaviour = load_contract(write(tmp_path, SOUND)).behaviour

    assert behaviour.fraction == 3
    assert behaviour.vetoes == ("addCat create", "* echo *")
    assert behaviour.resources["cat"].count == (2, 2)
    assert {name: action.kind for name, action in behaviour.operations.items()} == {
        "listCats": "list",
        "addCat": "create",
    }


def every_pointer(value: Json, pointer: str = "") -> Iterator[str]:
    for key, child in children(value):
        yield join(pointer, key)
        yield from every_pointer(child, join(pointer, key))


@pytest.mark.parametrize("odd", [None, 5, "odd", [1], {}, {"a": 1}])
def test_whatever_stands_where_it_should_not_is_reported_and_not_fatal(
    tmp_path: Path, odd: Json
) -> None:
    contract = load_contract(write(tmp_path, SOUND))
    path = tmp_path / "behaviour.yaml"

    for pointer in every_pointer(yaml.safe_load(SOUND)):
        data = yaml.safe_load(SOUND)
        *above, last = split(pointer)
        container = follow(data, tuple(above))
        container[int(last) if isinstance(container, list) else last] = odd
        path.write_text(yaml.safe_dump(data))
        with suppress(ContractError):
            read_behaviour(contract, path)


def test_a_template_of_errors_needs_a_body(tmp_path: Path) -> None:
    assert problems(tmp_path, "errors: {invalid: 400}") == [(1, "/errors", "names no body")]


def test_a_contract_needs_no_behaviour(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(CATS)

    assert load_contract(tmp_path).behaviour.operations == {}


@pytest.mark.parametrize("name", ["../words.yaml", "/etc/passwd", "a/b.yaml"])
def test_a_vocabulary_lies_beside_its_behaviour(tmp_path: Path, name: str) -> None:
    assert problems(tmp_path, f"vocabulary: {name}") == [
        (1, "/vocabulary", "lies outside the folder of the contract")
    ]


def test_a_vocabulary_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"nowhere\.yaml: No such file or directory"):
        load_contract(write(tmp_path, "vocabulary: nowhere.yaml"))
