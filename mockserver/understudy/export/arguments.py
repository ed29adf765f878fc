"""Choose the arguments of requests: known values first, parents that are there, what is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from understudy.codec import identity
from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.model import Operation, Parameter
from understudy.contract.pointers import MISSING
from understudy.contract.schemas import resolve
from understudy.contract.wire.writing import Arguments, text
from understudy.export.asking import Asker
from understudy.export.model import Place
from understudy.types import Json

_NOT_OURS: Final = frozenset({"accept", "content-type", "authorization"})


class Choosing:
    """Chooses arguments for what is asked of a stand-in, for so many parents or items."""

    def __init__(self, asker: Asker, count: int) -> None:
        self._asker = asker
        self._count = count

    def sets(self, operation: Operation) -> list[Arguments]:
        """Return as many different sets of required arguments as are wanted, if there are."""
        required = [p for p in operation.parameters if p.required and not _is_header_of_http(p)]
        values = [self._keys(operation, one) or self._values(one) for one in required]
        if not all(values):
            return []
        found: dict[bytes, Arguments] = {}
        told_apart = {(p.location, p.name) for p in required} <= {*self.identifying(operation)}
        for number in range(self._count if told_apart else 1):
            chosen = [one[min(number, len(one) - 1)] for one in values]
            places = [(one.location, one.name) for one in required]
            found.setdefault(identity(chosen), dict(zip(places, chosen, strict=True)))
        return list(found.values())

    def identifying(
        self, operation: Operation, others: Sequence[Runtime] = ()
    ) -> tuple[Place, ...]:
        """Return the parameters that tell answers apart: those in the path, and required ones.

        Arrays and objects do not, nor what a header field or a cookie says.
        """
        required = [
            (one.location, one.name)
            for one in operation.parameters
            if (one.location == "path" or (one.location == "query" and one.required))
            and _is_text(one, self._asker.contract.schemas)
        ]
        return (*required, *((one.location, one.name) for one in others))

    def _keys(self, operation: Operation, parameter: Parameter) -> list[Json]:
        """Return keys of the parents that a parameter names, as behaviour.yaml makes them."""
        behaviour = self._asker.contract.behaviour
        action = behaviour.operations.get(operation.id)
        if action is None or action.parent != Runtime(parameter.location, parameter.name):
            return []
        kind = behaviour.resources[action.resource].parent
        made = [self._asker.world.parent(kind, number) for number in range(self._count)]
        found = [*self._asker.told(parameter), *(self._as_taken(parameter, one) for one in made)]
        return list({identity(one): one for one in found if one is not MISSING}.values())

    def _as_taken(self, parameter: Parameter, key: Json) -> Json:
        """Return a key as a parameter takes it: the number 1 may be the text "1"."""
        fits = self._asker.supply.fits
        return next((one for one in (key, text(key)) if fits(parameter, one)), MISSING)

    def _values(self, parameter: Parameter) -> list[Json]:
        found = self._asker.supply.values(parameter)
        known = set(map(identity, found))
        numbers = range(max(self._count - len(found), 0))
        more = (self._asker.supply.fresh(parameter, number) for number in numbers)
        return [*found, *(one for one in more if identity(one) not in known)]

    def filled(
        self, operation: Operation, parents: Mapping[str, Json], place: Place, value: Json
    ) -> Arguments:
        """Return the required arguments, with one value at a place and those of parents."""
        found: dict[Place, Json] = {}
        for one in operation.parameters:
            here, plain = (one.location, one.name), names.plain(one.name)
            if here == place:
                found[here] = value
            elif one.required and plain in parents:
                found[here] = parents[plain]
            elif one.required and not _is_header_of_http(one):
                found[here] = next(iter(self._values(one)), "")
        return found


def _is_text(parameter: Parameter, schemas: Mapping[str, Json]) -> bool:
    """Tell whether a parameter travels as one text, as it stands."""
    kinds = resolve(parameter.schema, schemas).get("type", ())
    return parameter.style in ("", "form", "simple") and not {"array", "object"} & {
        *([kinds] if isinstance(kinds, str) else kinds)
    }


def _is_header_of_http(parameter: Parameter) -> bool:
    return parameter.location == "header" and parameter.name.lower() in _NOT_OURS
