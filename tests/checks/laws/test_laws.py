from collections.abc import Callable, Iterable, Iterator

import pytest
from tests.checks.exchanges import NOTES, RULES, note, page, reply
from tests.checks.laws.board import OWNED, Board, Twist, api, scene
from tests.checks.laws.twists import (
    counting,
    doing,
    elsewhere,
    forgetting,
    instead,
    odd_times_backwards,
    on,
    one_id_for_all,
)

from understudy.checks.case import Case
from understudy.checks.laws import agreeing, changing, creating, filtering, paging
from understudy.checks.laws.asking import Member
from understudy.checks.promise import Outcome
from understudy.contract.expressions import Runtime
from understudy.contract.meaning.model import Listing
from understudy.contract.pointers import MISSING
from understudy.contract.wire.writing import Arguments
from understudy.probe.api import Api

GET_NOTE = NOTES.operations["getNote"]
OWNER = Runtime("path", "owner_id")


def numbered(number: int) -> Arguments:
    return {**OWNED, ("path", "note_id"): number}


def listing(operation_id: str) -> Listing:
    found = RULES.meaning.listing(NOTES.operations[operation_id])
    assert found is not None
    return found


def create(asker: Api) -> Case:
    return asker.ask(NOTES.operations["createNote"], OWNED, {"title": "Salt"})


def created(asker: Api) -> Iterator[Outcome]:
    here = scene(asker)
    yield from creating.created(asker, here, [(create(asker), OWNED) for _ in range(2)])


def created_once(asker: Api) -> Iterator[Outcome]:
    yield from creating.created_once(asker, scene(asker), lambda: create(asker))


def changed(asker: Api) -> Iterator[Outcome]:
    here, made = scene(asker), create(asker)
    (updating,) = RULES.meaning.of_kind("update", "note")
    member = Member(made.value, OWNED, made)
    yield from changing.changed(asker, here, updating, member, {"title": "Pepper"}, clock=True)


def deleted(asker: Api) -> Iterator[Outcome]:
    here, made = scene(asker), create(asker)
    (deleting,) = RULES.meaning.of_kind("delete", "note")
    yield from changing.deleted(asker, here, deleting, Member(made.value, OWNED, made))


LAWS: dict[str, Callable[[Api], Iterable[Outcome]]] = {
    "pages by offset": lambda asker: paging.pages(asker, listing("listNotes"), OWNED),
    "pages by number": lambda asker: paging.pages(asker, listing("listLabels"), {}),
    "pages by cursor": lambda asker: paging.pages(asker, listing("listEvents"), {}),
    "filters": lambda asker: filtering.filters(asker, listing("listNotes"), OWNED),
    "agreement": lambda asker: agreeing.agreement(asker, scene(asker)),
    "unknown": lambda asker: agreeing.unknown(
        asker, GET_NOTE, [(numbered(999), MISSING)], "path note_id"
    ),
    "foreign": lambda asker: agreeing.foreign(asker, scene(asker), {"ownerid": [2]}),
    "unknown scope": lambda asker: agreeing.unknown_scope(asker, scene(asker), OWNER, [77]),
    "isolated": lambda asker: agreeing.isolated(asker, scene(asker)),
    "head": lambda asker: agreeing.head(asker, asker.ask(GET_NOTE, numbered(7))),
    "created": created,
    "created once": created_once,
    "changed": changed,
    "deleted": deleted,
}


ALL = reply(200, page(*(note(number) for number in (7, 6, 5)), total=7), (("X-Page", "1"),))
LEFT = reply(200, page(note(110)), (("X-Page", "1"),))
NEW = r"notes/1\d\d"

BROKEN: list[tuple[str, Twist, str]] = [
    (
        "pages by offset",
        on("GET", "limit=3&offset=3", lambda value: value["items"].reverse()),
        "meaning/pages-whole | query offset",
    ),
    (
        "pages by offset",
        on("GET", "limit=2", lambda value: {**value, "items": value["items"][:1]}),
        "meaning/page-full | query limit",
    ),
    (
        "pages by offset",
        on("GET", "notes$", lambda value: {**value, "items": value["items"][:2]}),
        "meaning/page-default",
    ),
    (
        "pages by offset",
        instead("GET", r"\?offset=7$", ALL),
        "meaning/past-end | query offset",
    ),
    (
        "pages by offset",
        on("GET", "", lambda value: {**value, "total": len(value["items"])}),
        "meaning/total",
    ),
    ("pages by offset", odd_times_backwards, "meaning/repeatable"),
    (
        "pages by number",
        on("GET", "", lambda value: value["pagination"].update(pages=9)),
        "meaning/page-count",
    ),
    (
        "pages by number",
        on("GET", "page=2&page_size=3|page_size=3&page=2", lambda value: value["data"].reverse()),
        "meaning/pages-whole | query page",
    ),
    (
        "pages by cursor",
        on("GET", "limit=3&cursor=3", lambda value: value["items"].reverse()),
        "meaning/pages-whole | query cursor",
    ),
    (
        "pages by cursor",
        on(
            "GET",
            "limit=3$",
            lambda value: {"items": value["items"][:2], "next_cursor": "2"},
        ),
        "meaning/page-full",
    ),
    (
        "filters",
        on("GET", "colour=blue", lambda value: {**value, "items": value["items"][1:]}),
        "meaning/filter-complete | query colour",
    ),
    (
        "filters",
        on("GET", "colour=blue", lambda value: {**value, "total": 7}),
        "meaning/filter-total | query colour",
    ),
    ("agreement", instead("GET", "notes/7", reply(404)), "meaning/listed-readable | 404"),
    (
        "agreement",
        on("GET", "notes/7", lambda value: {**value, "title": "Other"}),
        "meaning/list-agrees | body /title",
    ),
    (
        "agreement",
        on("GET", r"notes/\d", lambda value: {**value, "marks": {"b": 2}}),
        "meaning/list-agrees | body /marks/*",
    ),
    ("agreement", doing("GET", r"notes/\d", forgetting), "meaning/safe"),
    ("agreement", counting, "meaning/repeatable"),
    (
        "unknown",
        instead("GET", "notes/999", reply(200, note(999))),
        "meaning/unknown-404 | path note_id | unknown",
    ),
    (
        "unknown",
        instead("GET", "notes/999", reply(400)),
        "meaning/unknown-404 | path note_id | unknown",
    ),
    (
        "foreign",
        instead("GET", r"owners/2/notes/\d", reply(200, note(7))),
        "meaning/foreign-404 | path owner_id",
    ),
    (
        "foreign",
        instead("GET", r"owners/2/notes$|owners/2/notes\?", ALL),
        "meaning/foreign-list | path owner_id",
    ),
    (
        "unknown scope",
        instead("GET", "owners/77", reply(200, page())),
        "meaning/unknown-404 | path owner_id",
    ),
    (
        "isolated",
        instead("GET", r"notes/\d", reply(200, note(7)), who="other"),
        "access/isolated | second user",
    ),
    ("isolated", instead("GET", "notes$", ALL, who="other"), "access/isolated | second user"),
    ("head", instead("HEAD", "", reply(404)), "method/head"),
    (
        "created",
        instead("GET", NEW, reply(404)),
        "meaning/created-readable + meaning/location | header Location",
    ),
    (
        "created",
        on("GET", NEW, lambda value: {**value, "title": "Other"}),
        "meaning/created-same | body /title",
    ),
    (
        "created",
        on("GET", r"notes\b(?!/)", lambda value: {**value, "items": value["items"][2:]}),
        "meaning/created-listed",
    ),
    ("created", one_id_for_all, "meaning/created-id"),
    (
        "created",
        elsewhere,
        "meaning/location | header Location",
    ),
    (
        "created once",
        doing("POST", "", lambda board: board.notes.append(note(300))),
        "meaning/created-once",
    ),
    ("created once", doing("POST", "", forgetting), "meaning/created-once"),
    (
        "changed",
        on("PATCH", "", lambda value: {**value, "title": "Salt"}),
        "meaning/changed | body /title",
    ),
    (
        "changed",
        on("GET", NEW, lambda value: {**value, "title": "Salt"}),
        "meaning/changed | body /title",
    ),
    (
        "changed",
        on("PATCH", "", lambda value: {**value, "colour": "blue"}),
        "meaning/untouched | body /colour",
    ),
    (
        "changed",
        on("PATCH", "", lambda value: {**value, "updated_at": value["created_at"]}),
        "meaning/changed-later | body /updated_at",
    ),
    ("deleted", instead("DELETE", "", reply(204)), "meaning/deleted | again"),
    ("deleted", instead("GET", NEW, reply(200, note(110))), "meaning/deleted"),
    ("deleted", instead("GET", r"notes\b(?!/)", LEFT), "meaning/deleted | list"),
]


@pytest.mark.parametrize("law", LAWS)
def test_an_api_that_keeps_its_promises_is_tested_and_nothing_is_found(law: str) -> None:
    asker = api(Board())
    outcomes = list(LAWS[law](asker))

    assert outcomes
    assert [one.finding for one in outcomes if one.finding] == []
    assert asker.ledger.findings == ()


@pytest.mark.parametrize(("law", "twist", "finding"), BROKEN)
def test_what_several_exchanges_show_is_found(law: str, twist: Twist, finding: str) -> None:
    found = [one.finding for one in LAWS[law](api(Board(twist))) if one.finding]

    assert {
        " | ".join(part for part in (one.promise.id, one.subject, one.keyword) if part)
        for one in found
    } == set(finding.split(" + "))
    assert all(one.exchanges for one in found)
