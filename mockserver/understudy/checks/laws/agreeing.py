"""Lists and their items agree; what is not there is not there; what is another's is not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from understudy.checks import access
from understudy.checks.case import Case
from understudy.checks.laws.asking import (
    Asker,
    Scene,
    arguments_of,
    held,
    items_of,
    outcome,
    some,
    with_,
)
from understudy.checks.laws.paging import REPEATABLE, short
from understudy.checks.laws.walking import ids, walk
from understudy.checks.meaning import same
from understudy.checks.promise import Outcome, promise
from understudy.codec import identity
from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.model import Listing, Reading, Tokens
from understudy.contract.model import Operation
from understudy.contract.pointers import MISSING, follow, join
from understudy.contract.wire.writing import Arguments
from understudy.types import Json

READABLE = promise("meaning/listed-readable", "Whatever is listed can be read by its id")
AGREES = promise("meaning/list-agrees", "A list shows of each item what reading the item shows")
UNKNOWN = promise("meaning/unknown-404", "An id that nothing has is answered with 404")
FOREIGN = promise("meaning/foreign-404", "What belongs to one is not found under another")
DISJOINT = promise("meaning/foreign-list", "What belongs to one is not in the list of another")
ISOLATED = promise("access/isolated", "What belongs to one user is not shown to another")
LAST = promise(
    "meaning/last-entries", "A list within a resource is cut to its last entries, as asked for"
)
SAFE = promise(
    "meaning/safe", "Reading changes nothing: the same list comes afterwards", "RFC 9110, 9.2.1"
)
HEAD = promise(
    "method/head", "HEAD is answered as GET would be, without the body", "RFC 9110, section 9.3.2"
)

_Last: TypeAlias = Mapping[Tokens, Runtime]
_LOOKS = 12
_GONE = (404, 410)


def agreement(asker: Asker, scene: Scene) -> Iterator[Outcome]:
    """Check that members of a list can be read, twice, and look there as in the list."""
    if scene.reading is None or scene.listing is None:
        return
    before = asker.ask(scene.listing.operation, scene.arguments)
    items = items_of(before, scene.listing) or []
    now = dict(zip(ids(scene.listing, items), items, strict=True))
    for member in some(scene.members, _LOOKS):
        arguments = arguments_of(scene.reading, member)
        if arguments is None:
            continue
        case = asker.ask(scene.reading.operation, arguments)
        (key,) = ids(scene.listing, [member.value])
        listed = now.get(key, member.value)  # which a probe may have changed in the meantime
        cases = [before if key in now else member.case, case]
        if case.status in (*_GONE, 403):
            yield outcome(READABLE, cases, "a success", f"{case.status}", keyword=str(case.status))
            continue
        if not case.ok or case.value is MISSING:
            continue
        yield held(READABLE, cases)
        value, body = follow(case.value, scene.reading.body), scene.reading.body
        yield from agrees(cases, listed, value, body, scene.reading.last)
        again = asker.ask(scene.reading.operation, arguments)
        same_again = again.ok and same(again.value, case.value)
        yield outcome(
            REPEATABLE, [case, again], "the same response", "another one", broken=not same_again
        )
        yield from _last(asker, scene.reading, arguments, case)
    after = asker.ask(scene.listing.operation, scene.arguments)
    if before.ok and after.ok:
        yield outcome(
            SAFE,
            [before, after],
            "the same list",
            "another one",
            broken=not same(before.value, after.value),
        )


def _last(asker: Asker, reading: Reading, arguments: Arguments, case: Case) -> Iterator[Outcome]:
    """Check that one entry fewer than there are leaves out the first."""
    for tokens, runtime in reading.last.items():
        entries = follow(case.value, (*reading.body, *tokens))
        if not isinstance(entries, list) or len(entries) < 2:
            continue
        size = len(entries) - 1
        cut = asker.ask(reading.operation, with_(arguments, (runtime, size)))
        got = follow(cut.value, (*reading.body, *tokens)) if cut.ok else None
        if isinstance(got, list):
            yield outcome(
                LAST,
                [case, cut],
                f"the last {size} of {len(entries)} entries",
                f"{len(got)} others" if len(got) == size else f"{len(got)}",
                broken=identity(got) != identity(entries[1:]),
                subject=f"{runtime.location} {runtime.name}",
            )


def _is_whole(case: Case, entries: Json, runtime: Runtime) -> bool:
    """Tell whether a list within a resource has fewer entries than it may be cut to."""
    limit = runtime.of(case.understood.request) if case.understood else MISSING
    return isinstance(entries, list) and isinstance(limit, int) and len(entries) < limit


def agrees(
    cases: Sequence[Case], one: Json, other: Json, at: Tokens, last: _Last | None = None
) -> Iterator[Outcome]:
    """Check that two views of a resource say the same where both speak.

    The other one stands in the last reply where `at` leads to; lists in `last` may be shorter.
    """
    cut = [
        tokens
        for tokens, runtime in (last or {}).items()
        if not _is_whole(cases[-1], follow(other, tokens), runtime)
    ]
    for path, first, second in differences(one, other, ()):
        if any(path[: len(tokens)] == tokens for tokens in cut):
            continue
        starred = cases[-1].starred((*at, *path)).removeprefix(cases[-1].starred(at))
        yield outcome(
            AGREES,
            cases,
            f"{join('', *path)} is {short(first)}",
            short(second),
            subject=f"body {starred}",
        )
        return
    yield held(AGREES, cases)


def differences(
    one: Json, other: Json, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Json, Json]]:
    """Yield where two values differ in members that both have; arrays of other lengths are cut."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in (key for key in one if key in other):
            yield from differences(one[key], other[key], (*path, key))
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) == len(other):
            for index, pair in enumerate(zip(one, other, strict=True)):
                yield from differences(*pair, (*path, str(index)))
    elif not same(one, other):
        yield path, one, other


def is_same(one: Json, other: Json) -> bool:
    """Tell whether two values of one member say the same, in arrays item by item."""
    if isinstance(one, list) and isinstance(other, list) and len(one) != len(other):
        return False
    return not any(differences(one, other, ()))


def unknown(
    asker: Asker, operation: Operation, asked: Sequence[tuple[Arguments, Json]], subject: str
) -> Iterator[Outcome]:
    """Check that ids which nothing has are not found, each asked for with a body if one is due."""
    for arguments, body in asked:
        case = asker.ask(operation, arguments, body)
        if case.status >= 500 or case.status in (0, 401):
            continue
        right = case.status in _GONE or (case.status == 403 and "403" in operation.responses)
        yield outcome(
            UNKNOWN,
            [case],
            "404",
            f"{case.status}",
            broken=not right,
            subject=subject,
            keyword="" if right else "unknown",
        )


def foreign(asker: Asker, scene: Scene, others: Mapping[str, Sequence[Json]]) -> Iterator[Outcome]:
    """Check that members are neither read nor listed under other owners; `others` are by name."""
    reading, listing = scene.reading, scene.listing
    for member in some(scene.members, 2):
        arguments = arguments_of(reading, member) if reading else None
        if reading is None or arguments is None:
            break
        for runtime in reading.owners.values():
            for value in others.get(names.plain(runtime.name), ()):
                case = asker.ask(reading.operation, with_(arguments, (runtime, value)))
                if case.status >= 500 or case.status == 0:
                    continue
                yield outcome(
                    FOREIGN, [member.case, case], "404", f"{case.status}", broken=case.ok,
                    subject=f"{runtime.location} {runtime.name}",
                )  # fmt: skip
    if listing is not None:
        yield from _disjoint(asker, scene, listing, others)


def _disjoint(
    asker: Asker, scene: Scene, listing: Listing, others: Mapping[str, Sequence[Json]]
) -> Iterator[Outcome]:
    mine = set(ids(listing, [member.value for member in scene.members]))
    for location, name in scene.arguments:
        for value in others.get(names.plain(name), ()) if listing.id else ():
            asked = {**scene.arguments, (location, name): value}
            found = walk(asker, listing, asked, None, pages=2)
            if found.failed or not mine:
                continue
            shared = mine & set(ids(listing, found.items))
            got = f"{len(shared)} of them"
            yield outcome(
                DISJOINT, [scene.members[0].case, found.cases[-1]],
                f"none of the items of {short(scene.arguments[location, name])}", got,
                broken=bool(shared), subject=f"{location} {name}",
            )  # fmt: skip


def unknown_scope(
    asker: Asker, scene: Scene, runtime: Runtime, values: Sequence[Json]
) -> Iterator[Outcome]:
    """Check that there is no list of what does not exist, where the contract says so."""
    for value in values:
        if scene.listing is None:
            return
        case = asker.ask(scene.listing.operation, with_(scene.arguments, (runtime, value)))
        if 0 < case.status < 500:
            right = case.status in (*_GONE, 403)
            yield outcome(
                UNKNOWN,
                [case],
                "404",
                f"{case.status}",
                broken=not right,
                subject=f"{runtime.location} {runtime.name}",
            )


def isolated(asker: Asker, scene: Scene) -> Iterator[Outcome]:
    """Check that a second user neither reads nor lists what belongs to the first."""
    reading, listing = scene.reading, scene.listing
    for member in some(scene.members, 2):
        arguments = arguments_of(reading, member) if reading else None
        if reading is None or arguments is None:
            break
        case = asker.as_second(reading.operation, arguments)
        if 0 < case.status < 500:
            yield outcome(
                ISOLATED,
                [member.case, case],
                "401, 403 or 404",
                f"{case.status}",
                broken=case.ok,
                subject="second user",
            )
    if listing is not None and listing.id and scene.members:
        case = asker.as_second(listing.operation, scene.arguments)
        found = set(ids(listing, items_of(case, listing) or []))
        shared = found & set(ids(listing, [member.value for member in scene.members]))
        yield outcome(
            ISOLATED,
            [scene.members[0].case, case],
            "none of the first user's items",
            f"{len(shared)} of them",
            broken=bool(shared),
            subject="second user",
        )


def head(asker: Asker, case: Case) -> Iterator[Outcome]:
    """Check that HEAD says what GET said, where HEAD is offered at all."""
    sent = case.exchange.sent
    if case.operation is None or sent.method != "GET":
        return
    again = asker.repeat(case, "HEAD")
    if again.status in (405, 501, 0):
        return
    if again.status != case.status:  # what was there may be gone by now
        case = asker.repeat(case, "GET")
    right = again.status == case.status
    yield outcome(HEAD, [case, again], f"{case.status}", f"{again.status}", broken=not right)


def head_refused(case: Case) -> Iterator[Outcome]:
    """Check that HEAD without a credential is refused as GET is."""
    if case.status in (0, 405, 501):
        return
    yield outcome(
        access.REFUSED,
        [case],
        "401",
        f"{case.status}",
        broken=case.ok,
        subject="HEAD",
        keyword="absent" if case.ok else "",
    )
