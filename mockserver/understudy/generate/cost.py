"""What a value of a schema costs at least: how many containers deep it is, for recursion to end."""

from __future__ import annotations

from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema

_FAR = 1000


class Cost:
    """Tells the cost of each part of one canonical document."""

    def __init__(self, root: CanonicalSchema) -> None:
        self._root = root
        self._known: dict[str, int] = {}

    def __call__(self, schema: CanonicalSchema) -> int:
        """Return how many containers deep the shallowest value of `schema` is."""
        match schema.view():
            case c.ArrayView() as view:
                needed = list(view.prefix_items[: view.min_items or 0])
                if view.items is not None and (view.min_items or 0) > len(needed):
                    needed.append(view.items)
                needed += [one.schema for one in view.contains if one.min_contains != 0]
                return 1 + max(map(self, needed), default=0)
            case c.ObjectView() as view:
                required = (view.properties.get(name) for name in view.required)
                return 1 + max((self(member) for member in required if member), default=0)
            case c.AnyOfView() | c.OneOfView() as view:
                return min(map(self, view.branches), default=0)
            case c.AllOfView() as view:
                return max(map(self, view.branches), default=0)
            case c.TypedGroupView() as view:
                return self(view.body)
            case c.ReferenceView() as view:
                return self._of_reference(view.uri)
            case _:
                return 0

    def _of_reference(self, uri: str) -> int:
        """Return the cost of a reference; one that leads back to itself costs too much."""
        if uri not in self._known:
            self._known[uri] = _FAR
            target = self._root.definition(uri)
            self._known[uri] = self(target) if target else 0
        return self._known[uri]
