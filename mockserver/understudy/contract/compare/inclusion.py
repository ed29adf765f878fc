"""Whether one schema admits what another does not, and schemas in few words.

What the canonical form leaves undecided is decided where one of a few values is an example.
"""

from __future__ import annotations

from understudy.codec import dumps
from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.contract.compare.changes import Difference, Path
from understudy.contract.validate import Validator
from understudy.types import Json, JsonObject

_TRIED: tuple[Json, ...] = (None, True, 0, 1, -1, 0.5, "", "a", [], [None], {}, {"a": None})
_SCALARS = (c.IntegerView, c.MultiTypeView, c.NumberView, c.StringView, c.TrueView)
_SHOWN = 80


def exceeds(schema: CanonicalSchema, other: CanonicalSchema) -> bool | None:
    """Tell whether `schema` admits what `other` does not, or None where that is undecided."""
    verdict = c.covers(other, schema)
    if verdict is not None:
        return not verdict
    admits = Validator(schema.to_json_schema()).accepts
    refuses = Validator(other.to_json_schema()).accepts
    return True if any(admits(one) and not refuses(one) for one in _TRIED) else None


def same_scalar(one: CanonicalSchema, other: CanonicalSchema) -> bool:
    """Tell whether two schemas of text, numbers or bare types are the same; a quick answer."""
    first, second = one.view(), other.view()
    if type(first) is not type(second) or not isinstance(first, _SCALARS):
        return False
    said = getattr(first, "__match_args__", ())
    return all(getattr(first, key) == getattr(second, key) for key in said)


def changed(old: CanonicalSchema, new: CanonicalSchema, path: Path) -> Difference | None:
    """Return the difference between two schemas as wholes, or None where they admit the same."""
    gained, lost = exceeds(new, old), exceeds(old, new)
    if gained is False and lost is False:
        return None
    rule = "narrowed" if gained is False else "widened" if lost is False else "changed"
    return Difference(path, rule, gained, lost, shown(old, beside=new), shown(new, beside=old))


def shown(schema: CanonicalSchema, *, beside: CanonicalSchema | None = None) -> str:
    """Return a schema as JSON in few words: no definitions, nothing that `beside` says as well."""
    view = schema.view()
    if isinstance(view, c.ReferenceView):
        return c.component(view) or "a reference"
    found, other = _said(schema), _said(beside) if beside else {}
    told = {k: v for k, v in found.items() if k == "type" or k not in other or other[k] != v}
    text = dumps(told).decode() if found else "any value"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _said(schema: CanonicalSchema) -> JsonObject:
    found: Json = schema.to_json_schema()
    if not isinstance(found, dict):
        return {} if found else {"not": {}}
    return {key: value for key, value in found.items() if key not in ("$defs", "$schema")}
