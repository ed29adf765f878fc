"""Names for the shapes that every layer passes on."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = Any
"""Any JSON value: None, bool, int, float, str, list or dict with text keys."""

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object. A JSON Schema is one as well."""
