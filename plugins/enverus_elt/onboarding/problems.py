"""What a workbook leaves unclear: collected as it is read and told all at once, with sheet and cell."""

from enverus_elt.errors import WorkbookError

MOST_TOLD = 200
MOST_SHOWN = 60


class Problems:
    """Lines ``<file>: <sheet>!<cell>: <what is wrong, and what to do>``."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._lines: dict[str, None] = {}  # in the order in which they were found, each once

    def add(self, where: str, what: str) -> None:
        """Remember one problem; the same one twice counts once."""
        self._lines[f"{self.file}: {where}: {what}"] = None

    def __len__(self) -> int:
        return len(self._lines)

    def raise_if_any(self) -> None:
        """Raise WorkbookError with a line for each problem."""
        if not self._lines:
            return
        told, more = list(self._lines)[:MOST_TOLD], len(self._lines) - MOST_TOLD
        raise WorkbookError("\n".join([*told, *([f"{self.file}: and {more:,} more"] if more > 0 else [])]))


def shown(value: object) -> str:
    """A cell's value in a message: short, on one line, and with what cannot be seen spelled out."""
    text = repr(value) if isinstance(value, str) else repr(str(value))
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 2]}…{text[-1]}"
