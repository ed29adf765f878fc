"""What is changed is changed, and nothing else; what is deleted is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from understudy.checks.case import Case
from understudy.checks.laws.agreeing import is_same
from understudy.checks.laws.asking import Asker, Member, Scene, arguments_of, outcome
from understudy.checks.laws.walking import collect, ids
from understudy.checks.promise import Outcome, promise
from understudy.codec import identity
from understudy.contract.meaning import names
from understudy.contract.meaning.model import Writing
from understudy.contract.nodes import instant
from understudy.contract.pointers import MISSING, follow
from understudy.types import JsonObject

CHANGED = promise("meaning/changed", "A change is answered, and read afterwards, as it was asked")
UNTOUCHED = promise("meaning/untouched", "A change leaves alone what it does not name")
LATER = promise("meaning/changed-later", "What was changed tells a later time of its last change")
DELETED = promise("meaning/deleted", "What was deleted is 404 and not listed")

_CHANGING = ("etag", "revision", "version", *names.LATEST)
_GONE = (404, 410)


def changed(
    asker: Asker,
    scene: Scene,
    updating: Writing,
    member: Member,
    body: JsonObject,
    *,
    clock: bool,
) -> Iterator[Outcome]:
    """Change a member by `body`, and check the answer and what is read afterwards.

    With `clock`, the times that the API tells are known to move on from request to request.
    """
    arguments = arguments_of(updating, member)
    if arguments is None:
        return
    case = asker.ask(updating.operation, arguments, body)
    if not case.ok:
        return
    answer = follow(case.value, updating.body) if case.value is not MISSING else {}
    cases = [case]
    views = [answer] if isinstance(answer, dict) and answer else []
    if scene.reading is not None and (reads := arguments_of(scene.reading, member)) is not None:
        found = asker.ask(scene.reading.operation, reads)
        cases.append(found)
        value = follow(found.value, scene.reading.body) if found.ok else MISSING
        views += [value] if isinstance(value, dict) else []
    for view in views:
        yield from _as_asked(cases, updating, member, body, view)
        if clock:
            yield from _later(cases, member.value, view)


def _later(cases: Sequence[Case], before: JsonObject, after: JsonObject) -> Iterator[Outcome]:
    """Check that the time of the last change moved."""
    name = names.first_of(names.LATEST, before)
    first, second = instant(before.get(name)), instant(after.get(name))
    if first is not None and second is not None:
        yield outcome(
            LATER,
            cases,
            f"{name} after {before[name]}",
            f"{after[name]}",
            broken=second <= first,
            subject=f"body /{name}",
        )


def ticks(values: Sequence[JsonObject]) -> bool:
    """Tell whether resources created one after the other were created at different times."""
    name = names.first_of(names.EARLIEST, values[0]) if values else ""
    times = [instant(value.get(name)) for value in values]
    return len(times) > 1 and None not in times and len(set(times)) == len(times)


def _as_asked(
    cases: Sequence[Case], updating: Writing, member: Member, body: JsonObject, view: JsonObject
) -> Iterator[Outcome]:
    for key, value in body.items():
        if key in view:
            right = is_same(value, view[key])
            yield outcome(
                CHANGED,
                cases,
                f"{key} is {value!r}",
                f"{view[key]!r}",
                broken=not right,
                subject=f"body /{key}",
            )
    if updating.kind != "update":
        return
    states = (*_states(member.value), *_states(body))
    ends = {*names.ENDS, *(f"{names.plain(one)}at" for one in states)}
    for key, value in member.value.items():
        if key in body or key not in view or names.plain(key) in _CHANGING:
            continue
        right = is_same(value, view[key]) or names.plain(key) in ends
        yield outcome(
            UNTOUCHED,
            cases,
            f"{key} is still {value!r}",
            f"{view[key]!r}",
            broken=not right,
            subject=f"body /{key}",
        )


def _states(value: JsonObject) -> Iterator[str]:
    """Yield what a state is called: `shipped` has an end called `shipped_at`."""
    return (str(one) for key, one in value.items() if names.plain(key) in ("state", "status"))


def deleted(asker: Asker, scene: Scene, deleting: Writing, member: Member) -> Iterator[Outcome]:
    """Delete a member and check that it is neither read nor listed any more."""
    arguments = arguments_of(deleting, member)
    if arguments is None:
        return
    case = asker.ask(deleting.operation, arguments)
    if not case.ok:
        return
    if scene.reading is not None and (reads := arguments_of(scene.reading, member)) is not None:
        found = asker.ask(scene.reading.operation, reads)
        yield outcome(
            DELETED, [case, found], "404", f"{found.status}", broken=found.status not in _GONE
        )
    listing = scene.listing
    if listing is not None and listing.id:
        after = collect(asker, listing, scene.arguments)
        id_ = follow(member.value, listing.id)
        if not after.failed and id_ is not MISSING:
            yield outcome(
                DELETED,
                [case, *after.cases[:1]],
                "not in the list",
                "still there",
                broken=identity(id_) in ids(listing, after.items),
                subject="list",
            )
    again = asker.ask(deleting.operation, arguments)
    documented = any(str(status) in deleting.operation.responses for status in _GONE)
    right = again.status in _GONE or (not documented and 200 <= again.status < 300)
    if 0 < again.status < 500:
        yield outcome(
            DELETED, [case, again], "404" if documented else "404 or another success",
            f"{again.status}", broken=not right, subject="again",
        )  # fmt: skip
