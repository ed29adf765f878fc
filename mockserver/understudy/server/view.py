"""The contract as Connexion sees it: a name and a version.

What is routed, what requests and replies must look like and who may ask is the contract's to say.
"""

from __future__ import annotations

from understudy.contract.model import Contract
from understudy.types import JsonObject


def view(contract: Contract) -> JsonObject:
    """Return the document that Connexion is given for `contract`."""
    info = {"title": contract.title, "version": contract.version or "0"}
    return {"openapi": "3.0.3", "info": info, "paths": {}}
