"""What is created can be read and listed; what is changed is changed; what is deleted is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from understudy.checks.case import Case
from understudy.checks.laws.agreeing import agrees, is_same, read_arguments
from understudy.checks.laws.asking import Asker, Member, Scene, held, outcome
from understudy.checks.laws.paging import ids, whole
from understudy.checks.meaning import same
from understudy.checks.promise import Outcome, promise
from understudy.codec import identity
from understudy.contract.meaning import names
from understudy.contract.meaning.model import Writing
from understudy.contract.nodes import instant
from understudy.contract.pointers import MISSING, follow
from understudy.contract.wire.writing import Arguments
from understudy.types import Json, JsonObject

CREATED_READ = promise("meaning/created-readable", "What was created can be read")
CREATED_SAME = promise("meaning/created-same", "What was created is read as it was answered")
CREATED_LISTED = promise("meaning/created-listed", "What was created is in the list")
ONE = promise("meaning/created-once", "A creation adds one resource and takes none away")
LATER = promise("meaning/changed-later", "What was changed tells a later time of its last change")
NEW_ID = promise("meaning/created-id", "Every creation has an id of its own")
LOCATION = promise(
    "meaning/location", "Location leads to what was created", "RFC 9110, section 10.2.2"
)
CHANGED = promise("meaning/changed", "A change is answered, and read afterwards, as it was asked")
UNTOUCHED = promise("meaning/untouched", "A change leaves alone what it does not name")
DELETED = promise("meaning/deleted", "What was deleted is 404 and not listed")

_CHANGING = ("etag", "revision", "version", *names.LATEST)
_GONE = (404, 410)


def created(
    asker: Asker, scene: Scene, cases: Sequence[tuple[Case, Arguments]]
) -> Iterator[Outcome]:
    """Check what came of successful creations, each with the arguments it was asked with."""
    creating = scene.creating
    if creating is None:
        return
    seen: dict[bytes, Case] = {}
    for case, arguments in cases:
        value = follow(case.value, creating.body)
        if not case.ok or not isinstance(value, dict):
            continue
        id_ = follow(value, creating.id_member or ())
        if creating.id_member and id_ is not MISSING:
            known = seen.setdefault(identity(id_), case)
            yield outcome(
                NEW_ID,
                [known, case],
                "an id of its own",
                f"{id_!r} again",
                broken=known is not case,
            )
        yield from _location(asker, case)
        yield from _read(asker, scene, case, Member(value, arguments, case))
    yield from _listed(asker, scene, cases)


def created_once(asker: Asker, scene: Scene, create: Callable[[], Case]) -> Iterator[Outcome]:
    """Create one resource and check that the list has that one more, and nothing else."""
    listing, creating = scene.listing, scene.creating
    if listing is None or creating is None or not listing.id or not creating.id_member:
        return
    before = whole(asker, listing, scene.arguments)
    case = create()
    after = whole(asker, listing, scene.arguments)
    ended = before.complete and after.complete and not before.failed and not after.failed
    value = follow(follow(case.value, creating.body), creating.id_member)
    if not case.ok or not ended or value is MISSING:
        return
    fresh = set(ids(listing, after.items)) - set(ids(listing, before.items)) - {identity(value)}
    gone = set(ids(listing, before.items)) - set(ids(listing, after.items))
    steps = [*before.cases[:1], case, *after.cases[:1]]
    yield outcome(
        ONE,
        steps,
        "one more item",
        f"{len(fresh)} others appeared, {len(gone)} went",
        broken=bool(fresh or gone),
    )


def _location(asker: Asker, case: Case) -> Iterator[Outcome]:
    """Check that Location, where it is sent, leads to the resource."""
    text = case.exchange.reply.header("location")
    if text is None or case.status != 201:
        return
    target = asker.below(text)
    if target is None:
        yield outcome(LOCATION, [case], "an address of this API", text, subject="header Location")
        return
    found = asker.get(target)
    right, value, wanted = found.ok, found.value, case.value
    if right and isinstance(value, dict) and isinstance(wanted, dict):
        right = same(value.get("id"), wanted.get("id"))
    yield outcome(
        LOCATION,
        [case, found],
        f"the created resource at {urlsplit(text).path}",
        f"{found.status}",
        broken=not right,
        subject="header Location",
    )


def _read(asker: Asker, scene: Scene, case: Case, member: Member) -> Iterator[Outcome]:
    if scene.reading is None:
        return
    arguments = read_arguments(scene.reading, member)
    if arguments is None:
        return
    found = asker.ask(scene.reading.operation, arguments)
    if not found.ok:
        yield outcome(CREATED_READ, [case, found], "a success", f"{found.status}")
        return
    yield held(CREATED_READ, [case, found])
    value = follow(found.value, scene.reading.body)
    for one in agrees([case, found], member.value, value, scene.reading):
        finding = one.finding
        if finding is None:
            yield held(CREATED_SAME, [case, found])
        else:
            yield outcome(
                CREATED_SAME, [case, found], finding.expected, finding.got, subject=finding.subject
            )


def _listed(
    asker: Asker, scene: Scene, cases: Sequence[tuple[Case, Arguments]]
) -> Iterator[Outcome]:
    """Check that what was created is found in the list of its owner, as it was answered."""
    listing, creating = scene.listing, scene.creating
    if listing is None or creating is None or not creating.id_member or not listing.id:
        return
    found = whole(asker, listing, scene.arguments)
    if found.failed:
        return
    by_id = dict(zip(ids(listing, found.items), found.items, strict=True))
    for case, _ in cases:
        value = follow(case.value, creating.body) if case.ok else MISSING
        id_ = follow(value, creating.id_member) if value is not MISSING else MISSING
        if id_ is MISSING:
            continue
        shown = by_id.get(identity(id_))
        steps = [case, *found.cases[:1]]
        if shown is None:
            if found.complete:
                yield outcome(CREATED_LISTED, steps, f"{id_!r} in the list", "not there")
            continue
        yield held(CREATED_LISTED, steps)
        yield from agrees(steps, value, shown)


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
    arguments = write_arguments(updating, member)
    if arguments is None:
        return
    case = asker.ask(updating.operation, arguments, body)
    if not case.ok:
        return
    answer = follow(case.value, updating.body) if case.value is not MISSING else {}
    cases = [case]
    views = [answer] if isinstance(answer, dict) and answer else []
    if scene.reading is not None and (reads := read_arguments(scene.reading, member)) is not None:
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
    for key, value in member.value.items():
        if key in body or key not in view or names.plain(key) in _CHANGING:
            continue
        right = is_same(value, view[key]) or names.plain(key) in names.ENDS
        yield outcome(
            UNTOUCHED,
            cases,
            f"{key} is still {value!r}",
            f"{view[key]!r}",
            broken=not right,
            subject=f"body /{key}",
        )


def write_arguments(writing: Writing, member: Member) -> Arguments | None:
    """Return what names `member` to an operation that changes or deletes it."""
    own = {names.plain(key): value for key, value in member.value.items()}
    asked = {names.plain(name): value for (_, name), value in member.arguments.items()}
    found: dict[tuple[str, str], Json] = {}
    for parameter in writing.operation.parameters:
        key = names.plain(parameter.name)
        if writing.id is not None and parameter.name == writing.id.name:
            by = writing.id_member
            value = follow(member.value, by) if by else own.get(key, own.get("id", MISSING))
        elif not parameter.required:
            continue
        else:
            value = asked.get(key, own.get(key, MISSING))
        if value is MISSING or value is None:
            return None
        found[parameter.location, parameter.name] = value
    return found


def deleted(asker: Asker, scene: Scene, deleting: Writing, member: Member) -> Iterator[Outcome]:
    """Delete a member and check that it is neither read nor listed any more."""
    arguments = write_arguments(deleting, member)
    if arguments is None:
        return
    case = asker.ask(deleting.operation, arguments)
    if not case.ok:
        return
    if scene.reading is not None and (reads := read_arguments(scene.reading, member)) is not None:
        found = asker.ask(scene.reading.operation, reads)
        yield outcome(
            DELETED, [case, found], "404", f"{found.status}", broken=found.status not in _GONE
        )
    listing = scene.listing
    if listing is not None and listing.id:
        after = whole(asker, listing, scene.arguments)
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
