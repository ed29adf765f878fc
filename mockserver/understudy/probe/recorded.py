"""Judge recorded traffic by every check that needs no new request."""

from __future__ import annotations
