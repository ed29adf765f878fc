"""The order in which an API is asked: reach every operation, then probe, then hold it to laws."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

from understudy.checks.case import Case
from understudy.checks.laws import agreeing, filtering, paging, writing
from understudy.checks.laws.asking import Member, Scene, items_of
from understudy.checks.meaning import same
from understudy.checks.verdict import Unchecked
from understudy.contract.meaning import names
from understudy.contract.meaning.model import Listing, Reading, Writing
from understudy.contract.model import Contract, Operation
from understudy.contract.pointers import MISSING, follow
from understudy.contract.wire.writing import Arguments, request
from understudy.generate.world import World
from understudy.probe.access import without_access
from understudy.probe.api import Api
from understudy.probe.inputs import Inputs
from understudy.probe.supply import Supply
from understudy.types import Json

if TYPE_CHECKING:
    from understudy.probe.run import Options

_UNDECLARED = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
_ENOUGH = 5
_FRESH = 3


class Tour:
    """One run over one API. What is learned on the way is used further on."""

    def __init__(
        self, api: Api, contract: Contract, world: World, options: Options, app: Any
    ) -> None:
        self.api = api
        self.contract = contract
        self.options = options
        self._world = world
        self._app = app
        self._meaning = api.rules.meaning
        self._supply = Supply(contract, world, options.known)
        self._good: dict[str, tuple[Arguments, Json, Case]] = {}
        self._scenes: dict[str, Scene] = {}
        self._created: dict[str, list[tuple[Case, Arguments]]] = {}
        self._numbers = count()
        self._troubles: list[Unchecked] = []

    def all(self) -> None:
        """Go the whole way. Raises TimeUpError when there is no time left."""
        for phase, step in (
            ("reach", self._reach),
            ("access", self._access),
            ("methods", self._methods),
            ("meaning", self._laws),
            ("input", self._inputs),
            ("generated", self._generated),
        ):
            self.api.phase = phase
            step()

    # --- what can be asked -------------------------------------------------------------------

    def _operations(self) -> Iterator[Operation]:
        """Yield the operations that this run is about."""
        for operation in self.contract.operations.values():
            wanted = self.options.operations
            if wanted and not {operation.id, operation.label} & set(wanted):
                continue
            if self.options.read_only and operation.method not in ("get", "head"):
                continue
            yield operation

    def _reach(self) -> None:
        """Find for each operation a request that succeeds: lists, creations, then the rest."""
        operations = list(self._operations())
        lists = [one for op in operations if (one := self._meaning.listing(op))]
        for listing in lists:
            self._reach_list(listing)
        for operation in operations:
            found = self._meaning.writing(operation)
            if found is not None and found.kind == "create":
                self._reach_creation(found)
        for listing in lists:
            self._fill(listing)
        for operation in operations:
            if operation.id not in self._good:
                self._reach_other(operation)

    def _reach_list(self, listing: Listing) -> None:
        """Keep the arguments with which a list has the most items."""
        best = -1
        for arguments in self._supply.arguments(listing.operation, {}):
            case = self.api.ask(listing.operation, arguments)
            items = items_of(case, listing)
            if items is None or len(items) <= best:
                continue
            best = len(items)
            self._good[listing.operation.id] = arguments, MISSING, case
            self._supply.harvest(items, listing.resource)
            scene = Scene(listing, arguments, *self._partners(listing))
            scene.members = _members(case, listing, arguments)
            self._scenes[listing.operation.id] = scene
            if best >= _ENOUGH:
                return

    def _partners(self, listing: Listing) -> tuple[Reading | None, Writing | None]:
        """Return what reads and what creates the items of a list."""
        chosen = {operation.id for operation in self._operations()}
        reading = next(
            (r for r in self._meaning.reads
             if r.resource == listing.resource and r.operation.id in chosen), None,
        )  # fmt: skip
        creating = next(
            (w for w in self._meaning.of_kind("create", listing.resource)
             if w.operation.id in chosen), None,
        )  # fmt: skip
        return reading, creating

    def _reach_creation(self, creating: Writing) -> None:
        operation = creating.operation
        taken = self._taken(creating.resource)
        for arguments in self._supply.arguments(operation, taken):
            for number in range(_FRESH):
                case = self._create(creating, arguments, self._supply.body(operation, number))
                if case.ok:
                    self._good[operation.id] = arguments, self._supply.body(operation, number), case
                    return

    def _create(self, creating: Writing, arguments: Arguments, body: Json) -> Case:
        case = self.api.ask(creating.operation, arguments, body)
        if case.ok and case.value is not MISSING:
            self._created.setdefault(creating.operation.id, []).append((case, arguments))
            self._supply.harvest(follow(case.value, creating.body), creating.resource)
        return case

    def _taken(self, resource: str) -> dict[str, Json]:
        """Return by plain name the arguments under which the list of a resource was reached."""
        for scene in self._scenes.values():
            if scene.listing is not None and scene.listing.resource == resource:
                body = {}
                return {names.plain(n): v for (_, n), v in scene.arguments.items()} | body
        return {}

    def _fill(self, listing: Listing) -> None:
        """Create resources until the list says something about its pages and filters."""
        scene = self._scenes.get(listing.operation.id)
        if scene is None or scene.creating is None:
            return
        creating = scene.creating
        known = self._good.get(creating.operation.id)
        if known is None:
            return
        low, high, default = paging.bounds(self.api, listing)
        wanted = max(low + _ENOUGH, (default or 0) + 2, high + 2)
        wanted = min(wanted if listing.paging.size else _ENOUGH, self.options.tier.created)
        found = paging.walk(
            self.api, listing, scene.arguments, high if listing.paging.size else None
        )
        failures = 0
        for _ in range(max(wanted - len(found.items), _ENOUGH)):
            body = self._body_for(creating, next(self._numbers))
            case = self._create(creating, known[0], self._owned(creating, body, scene.arguments))
            failures += not case.ok
            if failures > _ENOUGH:
                break
        again = paging.walk(
            self.api, listing, scene.arguments, high if listing.paging.size else None
        )
        if again.cases and again.items:
            scene.members = _members(again.cases[0], listing, scene.arguments)

    def _body_for(self, creating: Writing, number: int) -> Json:
        """Return a body of a creation: texts that tell whether they are kept as they are."""
        make = self._supply.telling if number % 2 else self._supply.body
        return make(creating.operation, number)

    def _owned(self, creating: Writing, body: Json, arguments: Arguments) -> Json:
        """Return a body in which what names the owner is as in the list."""
        if not isinstance(body, dict):
            return body
        owners = {names.plain(name): value for (_, name), value in arguments.items()}
        return {key: owners.get(names.plain(key), value) for key, value in body.items()}

    def _reach_other(self, operation: Operation) -> None:
        reading = self._meaning.reading(operation)
        if reading is not None:
            for member in self._known_members(reading.resource):
                arguments = agreeing.read_arguments(reading, member)
                if arguments is not None and self._try(operation, arguments, MISSING):
                    return
        changing = self._meaning.writing(operation)
        if changing is not None and changing.kind in ("update", "replace", "delete"):
            for member in self._own_members(changing):
                arguments = writing.write_arguments(changing, member)
                if arguments is None:
                    continue
                for number in range(_FRESH):
                    if self._try(operation, arguments, self._supply.body(operation, number)):
                        return
        for arguments in self._supply.arguments(operation, {}):
            if self._try(operation, arguments, self._supply.body(operation, 0)):
                return

    def _try(self, operation: Operation, arguments: Arguments, body: Json) -> bool:
        case = self.api.ask(operation, arguments, body)
        if case.ok:
            self._good[operation.id] = arguments, body, case
            self._supply.harvest(case.value if case.value is not MISSING else None)
        return case.ok

    def _known_members(self, resource: str) -> Iterator[Member]:
        for scene in self._scenes.values():
            if scene.listing is not None and scene.listing.resource == resource:
                yield from scene.members[:_FRESH]
        for creating in self._meaning.of_kind("create", resource):
            yield from self._made(creating)

    def _made(self, creating: Writing) -> Iterator[Member]:
        for case, arguments in self._created.get(creating.operation.id, ()):
            value = follow(case.value, creating.body)
            if isinstance(value, dict):
                yield Member(value, arguments, case)

    def _own_members(self, changing: Writing) -> Iterator[Member]:
        """Yield what this run created, to be changed or deleted; others' resources are left."""
        for creating in self._meaning.of_kind("create", changing.resource):
            good = self._good.get(creating.operation.id)
            if good is None:
                continue
            body = self._supply.body(creating.operation, 0)
            case = self.api.ask(creating.operation, good[0], body)
            value = follow(case.value, creating.body) if case.ok else None
            if isinstance(value, dict):
                yield Member(value, good[0], case)

    # --- probes ------------------------------------------------------------------------------

    def _access(self) -> None:
        credentials = self.options.credentials
        for operation in self._operations():
            arguments, body = self._best(operation)
            sent = request(operation, arguments, body)
            for probe in without_access(operation, sent, credentials):
                self.api.send(probe)
            if not operation.security:
                continue
            for broken in self._broken_requests(operation, arguments, body):
                self.api.send(broken)
            for schemes in operation.security[1:]:
                if all(scheme.name in credentials.values for scheme in schemes):
                    self.api.send(self.api.with_schemes(schemes, sent))

    def _broken_requests(
        self, operation: Operation, arguments: Arguments, body: Json
    ) -> Iterator[Any]:
        """Yield requests without credentials of which something else is wrong as well."""
        for parameter in operation.parameters:
            if parameter.location in ("path", "query"):
                changed = {**arguments, (parameter.location, parameter.name): "%understudy%"}
                yield request(operation, changed, body)
        required = [p for p in operation.parameters if p.required and p.location == "query"]
        if required:
            yield request(operation, {k: v for k, v in arguments.items() if k[0] == "path"}, body)
        if operation.body is not None:
            yield request(operation, arguments, {})
            yield request(operation, arguments, b"{")

    def _best(self, operation: Operation) -> tuple[Arguments, Json]:
        """Return arguments and body that are known to be good, or at least valid."""
        known = self._good.get(operation.id)
        if known is not None:
            return known[0], known[1]
        return next(self._supply.arguments(operation, {}), {}), self._supply.body(operation, 0)

    def _methods(self) -> None:
        """Ask each path for methods that it does not have, and for HEAD and OPTIONS."""
        seen: set[str] = set()
        for operation in self._operations():
            case = self._good.get(operation.id, (None, None, None))[2]
            if case is not None:
                self.api.note(agreeing.head(self.api, case))
            if operation.path in seen or self.options.read_only:
                continue
            seen.add(operation.path)
            arguments, body = self._best(operation)
            sent = self.api.authorized(operation, request(operation, arguments, MISSING))
            here = [o for o in self.contract.operations.values() if o.path == operation.path]
            declared = {one.method.upper() for one in here}
            for method in _UNDECLARED:
                if method not in declared:
                    self.api.send(self.api.as_method(sent, method))

    def _inputs(self) -> None:
        inputs = Inputs(self.contract, self._world, each=self.options.tier.each)
        for operation in self._operations():
            arguments, body = self._best(operation)
            for sent in inputs.all(operation, arguments, body):
                self.api.send(self.api.authorized(operation, sent))

    # --- laws --------------------------------------------------------------------------------

    def _laws(self) -> None:
        for scene in self._scenes.values():
            listing = scene.listing
            if listing is None:
                continue
            if scene.creating is not None:
                made = self._created.get(scene.creating.operation.id, [])[-_ENOUGH * 2 :]
                self.api.note(writing.created(self.api, scene, made))
            self.api.note(paging.pages(self.api, listing, scene.arguments))
            self.api.note(filtering.filters(self.api, listing, scene.arguments))
            self.api.note(agreeing.agreement(self.api, scene))
            self.api.note(agreeing.foreign(self.api, scene, self._others(scene)))
        for operation in self._operations():
            reading = self._meaning.reading(operation)
            if reading is not None and operation.id in self._good:
                self._unknown(reading)
            changing = self._meaning.writing(operation)
            if changing is not None and not self.options.read_only:
                self._change(changing)

    def _unknown(self, reading: Reading) -> None:
        arguments, _, case = self._good[reading.operation.id]
        parameter = next(p for p in reading.operation.parameters if p.name == reading.id.name)
        known = arguments.get((reading.id.location, reading.id.name))
        made = [self._supply.fresh(parameter, n) for n in range(2)]
        unknown = [*made, *_alike(known)]
        valid = [one for one in unknown if not same(one, known) and self._supply.fits(parameter, one)]
        self.api.note(agreeing.unknown(self.api, reading, arguments, valid))

    def _others(self, scene: Scene) -> dict[str, list[Json]]:
        """Return other owners: known ones, and one that surely has nothing."""
        found: dict[str, list[Json]] = {}
        sources = [scene.listing.operation] if scene.listing else []
        sources += [scene.reading.operation] if scene.reading else []
        for operation in sources:
            for parameter in operation.parameters:
                key = parameter.location, parameter.name
                name = names.plain(parameter.name)
                if not parameter.required or not name.endswith("id") or name in found:
                    continue
                if scene.reading is not None and parameter.name == scene.reading.id.name:
                    continue
                taken = scene.arguments.get(key)
                others = self._supply.others(parameter, taken, 2)
                found[name] = [*others, self._supply.fresh(parameter, "other")]
        return found

    def _change(self, changing: Writing) -> None:
        if changing.kind == "create":
            return
        scene = next(
            (s for s in self._scenes.values()
             if s.listing and s.listing.resource == changing.resource), None,
        )  # fmt: skip
        if scene is None:
            reading = next(
                (r for r in self._meaning.reads if r.resource == changing.resource), None
            )
            scene = Scene(None, {}, reading)
        operation = changing.operation
        for number in range(_FRESH):
            for member in self._own_members(changing):
                if changing.kind == "delete":
                    self.api.note(writing.deleted(self.api, scene, changing, member))
                    continue
                body = self._supply.telling(operation, number + 1)
                if isinstance(body, dict):
                    self.api.note(writing.changed(self.api, scene, changing, member, body))

    # --- generated requests ------------------------------------------------------------------

    def _generated(self) -> None:
        tier = self.options.tier
        if not tier.examples:
            return
        from understudy.probe.generated import Generation, Trouble, generated  # slow to import

        for round_ in range(tier.seeds):
            how = Generation(
                seed=self.options.seed + round_,
                examples=tier.examples,
                stateful=tier.stateful,
                unsafe=not self.options.read_only,
                timeout=self.options.connection.timeout,
                rate=self.options.connection.rate,
                headers=self.api.common_headers(),
                verify=self.options.connection.verify,
                operations=tuple(one.label for one in self._operations()),
            )
            for one in generated(self.contract, self.api.base, self._app, how):
                if isinstance(one, Trouble):
                    self._troubles.append(
                        Unchecked("generated requests", one.label, one.message, vacuous=False)
                    )
                else:
                    self.api.judge(one)

    # --- what was not checked ----------------------------------------------------------------

    def unchecked(self, *, complete: bool) -> tuple[Unchecked, ...]:
        """Return what was to be checked and could not be, and what was left out by choice."""
        from understudy.probe.vacuity import unchecked

        found = unchecked(self.api, self.contract, self.options, self._good, self._scenes)
        if not complete:
            found = [Unchecked("everything", "", "the run was cut off", vacuous=False), *found]
        return (*found, *self._troubles)


def _members(case: Case, listing: Listing, arguments: Arguments) -> list[Member]:
    items = items_of(case, listing) or []
    return [Member(item, arguments, case) for item in items if isinstance(item, dict)]


def _alike(known: Json) -> Iterator[Json]:
    """Yield ids that look like a known one and are not."""
    if isinstance(known, int):
        yield known + 1_000_003
    elif isinstance(known, str) and known:
        yield known[1:] + known[:1]
        yield known.swapcase()
        yield known[::-1]
