"""Connexion's own mock: the contract served by its MockResolver, with its stock middleware.

Swagger UI is left out, which makes it a little faster than the default.
"""

import os

from connexion import AsyncApp
from connexion.mock import MockResolver
from connexion.options import SwaggerUIOptions

from peers import CONTRACT


def accept(api_key: str) -> dict[str, str]:
    """Let any key in: Connexion asks for a function, whatever the contract says."""
    return {"sub": api_key}


def app() -> AsyncApp:
    """Build the application (a factory, for uvicorn)."""
    server = AsyncApp(__name__, swagger_ui_options=SwaggerUIOptions(swagger_ui=False))
    server.add_api(os.environ[CONTRACT], resolver=MockResolver(mock_all=True))
    return server
