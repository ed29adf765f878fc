"""The gate to Connexion: every name of it that is used here.

Its import warns about a test client of Starlette's that nobody here uses.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware, SpecMiddleware
    from connexion.middleware.swagger_ui import SwaggerUIMiddleware
    from connexion.options import SwaggerUIOptions

__all__ = [
    "ConnexionMiddleware",
    "RoutedAPI",
    "RoutedMiddleware",
    "SpecMiddleware",
    "SwaggerUIMiddleware",
    "SwaggerUIOptions",
]
