"""The datasets served, loaded from the files on first use, in the vintage that is set."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sandbox.enverus_api.mapping.vintages import FIRST, VINTAGES
from sandbox.enverus_api.schema import Schema
from sandbox.enverus_api.tables import Table
from sandbox.errors import SandboxError

Loader = Callable[[Schema], dict[str, Table]]
_VINTAGE_FILE = "vintage"


class Catalog:
    """Tables by dataset. A first use costs a few seconds, so callers on an event loop use a thread for it."""

    def __init__(
        self,
        schemas: Mapping[str, Schema],
        loaders: Mapping[str, Loader],
        state_dir: Path,
        vintage: str = FIRST,
    ) -> None:
        """`vintage` is where a new state folder starts; a folder that has been used goes on with its own."""
        self._schemas = schemas
        self._loaders = loaders
        self._tables: dict[str, dict[str, Table]] = {}
        self._locks = {dataset: Lock() for dataset in loaders}
        self._state = state_dir / _VINTAGE_FILE
        self._vintage = self._state.read_text("ascii").strip() if self._state.is_file() else vintage
        if self._vintage not in VINTAGES:
            raise SandboxError(f"{self._state} holds the unknown vintage {self._vintage!r}")

    @property
    def datasets(self) -> tuple[str, ...]:
        return tuple(self._loaders)

    @property
    def loaded(self) -> tuple[str, ...]:
        return tuple(self._tables)

    @property
    def vintage(self) -> str:
        return self._vintage

    @vintage.setter
    def vintage(self, vintage: str) -> None:
        if vintage not in VINTAGES:
            raise ValueError(f"unknown vintage {vintage!r}")
        self._state.parent.mkdir(parents=True, exist_ok=True)
        draft = self._state.with_suffix(".new")
        draft.write_text(vintage + "\n", "ascii")
        draft.replace(self._state)
        self._vintage = vintage

    def table(self, dataset: str) -> Table:
        """The rows of a dataset in the present vintage; raises KeyError for an unknown one."""
        with self._locks[dataset]:
            if dataset not in self._tables:
                with _uncollected():
                    self._tables[dataset] = self._loaders[dataset](self._schemas[dataset])
        return self._tables[dataset][self._vintage]

    def restore(self, dataset: str) -> None:
        """Undo every change of its rows and fields, in all vintages."""
        for table in self._tables.get(dataset, {}).values():
            table.reset()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Millions of objects that all stay: looking for garbage among them costs a third of the load."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
