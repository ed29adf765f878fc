"""Find operations that no request can reach, because another one takes their place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from understudy.contract.model import Contract
from understudy.errors import Problem


def unreachable(contract: Contract) -> Iterator[Problem]:
    """Yield a warning for each operation of a path that equals another but for its names.

    Source: OpenAPI 3.1.1, "Paths Object": templated paths of one hierarchy and different names
    must not exist, because they are identical.
    """
    first: dict[tuple[str, str], str] = {}
    for operation in contract.operations.values():
        shape = re.sub(r"\{[^}]*\}", "{}", operation.path), operation.method.lower()
        taken = first.setdefault(shape, operation.label)
        if taken != operation.label:
            yield contract.document.problem(
                operation.pointer,
                f"cannot be reached: {taken} is the same path",
                "give the two one name, or one of them another path",
                severity="warning",
                rule="unreachable",
            )
