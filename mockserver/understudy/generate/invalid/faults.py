"""Every promise of a schema that a value can break, wherever in the value it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from understudy.codec import dumps
from understudy.generate.invalid import broken_containers as containers
from understudy.generate.invalid import broken_values as values
from understudy.generate.invalid.breaks import Break, Tools, always
from understudy.generate.invalid.sites import Site, sites
from understudy.generate.paths import template
from understudy.types import Json, JsonObject

_Breaks: TypeAlias = Callable[[Json, JsonObject, Tools], Iterator[Break]]

_KEYWORDS: Final[Mapping[str, _Breaks]] = {
    "additionalProperties": containers.closed("additionalProperties"),
    "anyOf": containers.none_of("anyOf"),
    "const": values.constant,
    "contains": containers.contained,
    "dependentRequired": containers.dependent,
    "enum": values.options,
    "exclusiveMaximum": values.exclusive_maximum,
    "exclusiveMinimum": values.exclusive_minimum,
    "format": values.format_,
    "maxItems": containers.longest,
    "maxLength": values.longest,
    "maxProperties": containers.most,
    "maximum": values.maximum,
    "minItems": containers.shortest,
    "minLength": values.shortest,
    "minProperties": containers.fewest,
    "minimum": values.minimum,
    "multipleOf": values.multiple,
    "not": containers.not_,
    "oneOf": containers.one_of,
    "pattern": values.pattern,
    "propertyNames": containers.names,
    "required": containers.required,
    "type": values.types,
    "unevaluatedItems": containers.unevaluated_items,
    "unevaluatedProperties": containers.closed("unevaluatedProperties"),
    "uniqueItems": containers.distinct,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One promise to break: `keyword` refuses what is at `pointer`, which has `*` for any item.

    `kind` says in words how, `expected` is the keyword's argument (the name, for `required`).
    Within a branch of anyOf or oneOf the fault is that no branch fits any more, and `expected`
    is the fault within the branch.
    """

    pointer: str
    keyword: str
    kind: str
    expected: Json


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A fault, where it is made and how, and how deep it is reported."""

    fault: Fault
    site: Site
    made: Break

    @property
    def depth(self) -> int:
        """Return how many steps lead from the root to the value that is refused."""
        return self.site.choice.depth if self.site.choice else len(self.site.steps)


def ways(schema: Json, tools: Tools) -> Iterator[Way]:
    """Yield each fault that `schema` could be broken by, once."""
    seen: set[bytes] = set()
    for site in sites(schema, tools.schemas):
        for made in _breaks(site, tools):
            fault = _fault(site, made)
            mark = dumps([fault.pointer, fault.keyword, fault.kind, fault.expected])
            if mark not in seen:
                seen.add(mark)
                yield Way(fault, site, made)


def _breaks(site: Site, tools: Tools) -> Iterator[Break]:
    if site.schema is False:
        yield Break("falseSchema", "forbidden", site.schema, always("unexpected"))
    if not isinstance(site.schema, dict):
        return
    for keyword, limit in site.schema.items():
        if keyword in _KEYWORDS:
            yield from _KEYWORDS[keyword](limit, site.schema, tools)


def _fault(site: Site, made: Break) -> Fault:
    """Return the fault as it is reported: in the name of the outermost choice around it."""
    inner = Fault(template(site.steps), made.keyword, made.kind, made.expected)
    if site.choice is None:
        return inner
    expected = {
        "pointer": inner.pointer,
        "keyword": inner.keyword,
        "kind": inner.kind,
        "expected": inner.expected,
    }
    pointer = template(site.steps[: site.choice.depth])
    return Fault(pointer, site.choice.keyword, "no branch", expected)
