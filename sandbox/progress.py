"""Live view of the runs that the demo waits for: a table that redraws on a terminal, lines elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table


class Progress:
    """One row a DAG; use it as a context manager."""

    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._title = title
        self._rows: dict[str, str] = {}
        self._live = Live(console=console, refresh_per_second=4) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        else:
            self._console.print(self._title)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, name: str, text: str) -> None:
        """Say where something stands; what has been said already is not said again."""
        if self._rows.get(name) == text:
            return
        self._rows[name] = text
        if self._live is None:
            self._console.print(f"  {name}: {text}", highlight=False)
        else:
            self._live.update(self._table())

    def _table(self) -> Table:
        table = Table(title=self._title, title_justify="left", box=None, show_header=False)
        for row in self._rows.items():
            table.add_row(*row)
        return table
