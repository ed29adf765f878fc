"""What is served, as a value that other processes can be given: which contracts, and how."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Self

from understudy.config import Limits, Settings
from understudy.contract.load import Loading
from understudy.contract.model import Contract
from understudy.errors import ContractError, Problem, StartError
from understudy.server.app import Application
from understudy.server.kept import Kept
from understudy.server.watch import Watched


@dataclass(frozen=True, slots=True)
class Serving:
    """Contracts by name or place, the options they are loaded with, and the settings.

    With `preload`, every operation is compiled at start; with `watch`, files are followed.
    """

    names: tuple[str, ...]
    settings: Settings
    loading: Loading = field(default_factory=Loading)
    preload: bool = False
    watch: bool = False

    def start(self, say: Callable[[str], None]) -> Application | Watched:
        """Return the application; `say` is told of changes of files. Raises UnderstudyError."""
        if self.watch:
            return Watched(self._load, self._application, say)
        return self._application(self._load(), None)

    def dumps(self) -> str:
        """Return this value as JSON text."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def loads(cls, text: str) -> Self:
        """Return the value that `dumps` wrote."""
        found = json.loads(text)
        settings = found.pop("settings")
        settings["now"] = datetime.fromisoformat(settings["now"])
        settings |= {key: tuple(value) for key, value in settings.items() if type(value) is list}
        settings["limits"] = Limits(**settings["limits"])
        loading = found.pop("loading")
        loading["overlays"] = tuple(loading["overlays"])
        found["names"] = tuple(found["names"])
        return cls(**found, settings=Settings(**settings), loading=Loading(**loading))

    def _load(self) -> list[Contract]:
        """Load all contracts. Raises one ContractError for the problems of all of them."""
        loaded: list[Contract] = []
        problems: list[Problem] = []
        for name in self.names:
            try:
                loaded.append(self.loading.load(name))
            except ContractError as error:
                problems += error.problems
        if problems:
            raise ContractError(problems)
        for name, count in Counter(contract.name for contract in loaded).items():
            if count > 1:
                message = f"{count} contracts are called {name}; rename a file, or serve one"
                raise StartError(message)
        return loaded

    def _application(self, contracts: list[Contract], kept: Kept | None) -> Application:
        application = Application(contracts, self.settings, kept)
        if self.preload:
            application.preload()
        return application
