"""What is created can be read and listed, once, and as it was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from understudy.checks.case import Case
from understudy.checks.laws.agreeing import agrees, differences
from understudy.checks.laws.asking import Asker, Member, Scene, arguments_of, held, outcome
from understudy.checks.laws.walking import collect, ids
from understudy.checks.meaning import same
from understudy.checks.promise import Outcome, promise
from understudy.codec import identity
from understudy.contract.pointers import MISSING, follow
from understudy.contract.schemas import leads_somewhere
from understudy.contract.wire.writing import Arguments
from understudy.types import Json, JsonObject

CREATED_READ = promise("meaning/created-readable", "What was created can be read")
CREATED_SAME = promise("meaning/created-same", "What was created is read as it was answered")
CREATED_LISTED = promise("meaning/created-listed", "What was created is in the list")
ONE = promise("meaning/created-once", "A creation adds one resource and takes none away")
NEW_ID = promise("meaning/created-id", "Every creation has an id of its own")
LOCATION = promise(
    "meaning/location", "Location leads to what was created", "RFC 9110, section 10.2.2"
)


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
        yield from _location(asker, scene, case, id_)
        yield from _read(asker, scene, case, Member(value, arguments, case))
    yield from _listed(asker, scene, cases)


def created_once(asker: Asker, scene: Scene, create: Callable[[], Case]) -> Iterator[Outcome]:
    """Create one resource and check that the list has that one more, and nothing else."""
    listing, creating = scene.listing, scene.creating
    if listing is None or creating is None or not listing.id or not creating.id_member:
        return
    before = collect(asker, listing, scene.arguments)
    case = create()
    after = collect(asker, listing, scene.arguments)
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


def _location(asker: Asker, scene: Scene, case: Case, id_: Json) -> Iterator[Outcome]:
    """Check that Location, where it is sent, leads to the resource of this id."""
    text = case.exchange.reply.header("location")
    documented = case.response.headers if case.response else ()
    if case.status != 201:
        return
    if text is None:
        if any(header.name.lower() == "location" for header in documented):
            yield outcome(LOCATION, [case], "a Location", "none", subject="header Location")
        return
    target = asker.below(text)
    if target is None:
        return
    found = asker.get(target)
    if found.status == 405:  # it need not be one that can be read
        return
    reading = scene.reading
    got = follow(found.value, (*reading.body, *(reading.id_member or ()))) if reading else MISSING
    right = found.ok and (isinstance(got, dict) or MISSING in (got, id_) or same(got, id_))
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
    arguments = arguments_of(scene.reading, member)
    if arguments is None:
        return
    found = asker.ask(scene.reading.operation, arguments)
    if not found.ok:
        yield outcome(CREATED_READ, [case, found], "a success", f"{found.status}")
        return
    yield held(CREATED_READ, [case, found])
    value = follow(found.value, scene.reading.body)
    reading, cases = scene.reading, [case, found]
    yield from _left_out(asker, cases, member.value, value)
    yield from _as_sent(cases, value)
    for one in agrees(cases, member.value, value, reading.body, reading.last):
        finding = one.finding
        if finding is None:
            yield held(CREATED_SAME, [case, found])
        else:
            yield outcome(
                CREATED_SAME, [case, found], finding.expected, finding.got, subject=finding.subject
            )


def _left_out(
    asker: Asker, cases: Sequence[Case], created: JsonObject, shown: Json
) -> Iterator[Outcome]:
    """Check that a view has the members of a new resource that its schema knows."""
    last = cases[-1]
    if not isinstance(shown, dict) or last.response is None or not last.media_type:
        return
    schemas, schema = asker.rules.contract.schemas, last.response.schemas[last.media_type]
    for key, value in created.items():
        gone = key not in shown and value not in (None, [], {})
        if gone and any(leads_somewhere(schema, path, schemas) for path in _places(last, key)):
            yield outcome(
                CREATED_SAME, cases, f"/{key} is {value!r}"[:120], "nothing", subject=f"body /{key}"
            )


def _as_sent(cases: Sequence[Case], shown: Json) -> Iterator[Outcome]:
    """Check that free objects and the items of arrays are read as a creation sent them."""
    understood = cases[0].understood
    sent = understood.request.body if understood else None
    if not isinstance(sent, dict) or not isinstance(shown, dict):
        return
    for key, value in sent.items():
        subject = f"body /{key}"
        if isinstance(value, dict) and isinstance(shown.get(key), dict):
            lost = [name for name in value if name not in shown[key]]
            yield outcome(
                CREATED_SAME,
                cases,
                f"/{key} with {', '.join(lost)}",
                "not there",
                broken=bool(lost),
                subject=subject,
            )
        items = value if isinstance(value, list) else []
        found = shown.get(key)
        for item in (one for one in items if isinstance(one, dict) and isinstance(found, list)):
            kept = any(not any(differences(item, other, ())) for other in found or ())
            yield outcome(
                CREATED_SAME,
                cases,
                f"{item!r}"[:200],
                "no such item",
                broken=not kept,
                subject=subject,
            )


def _places(case: Case, key: str) -> Iterator[tuple[str, ...]]:
    """Yield where a member of the resource stands in a response of the operation."""
    meaning, operation = case.rules.meaning, case.operation
    listing = meaning.listing(operation) if operation else None
    reading = meaning.reading(operation) if operation else None
    if listing is not None:
        yield (*listing.items, "*", key)
    if reading is not None:
        yield (*reading.body, key)


def _listed(
    asker: Asker, scene: Scene, cases: Sequence[tuple[Case, Arguments]]
) -> Iterator[Outcome]:
    """Check that what was created is found in the list of its owner, as it was answered."""
    listing, creating = scene.listing, scene.creating
    if listing is None or creating is None or not creating.id_member or not listing.id:
        return
    found = collect(asker, listing, scene.arguments)
    if found.failed:
        return
    by_id = dict(zip(ids(listing, found.items), found.items, strict=True))
    for case, _ in cases:
        value = follow(case.value, creating.body) if case.ok else MISSING
        id_ = follow(value, creating.id_member)
        if id_ is MISSING or not isinstance(value, dict) or not _is_owned(value, scene):
            continue
        shown = by_id.get(identity(id_))
        steps = [case, *found.cases[:1]]
        if shown is None:
            if found.complete:
                yield outcome(CREATED_LISTED, steps, f"{id_!r} in the list", "not there")
            continue
        yield held(CREATED_LISTED, steps)
        yield from _left_out(asker, steps, value, shown)
        yield from agrees(steps, value, shown, (*listing.items, "0"))


def _is_owned(value: JsonObject, scene: Scene) -> bool:
    """Tell whether a resource belongs to what the arguments of a list name."""
    owners = scene.listing.owners if scene.listing else {}
    return all(
        same(follow(value, tokens), scene.arguments.get((runtime.location, runtime.name)))
        for tokens, runtime in owners.items()
        if follow(value, tokens) is not MISSING
    )
