"""Sections of figures, as text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.measure import Figure


@dataclass(frozen=True)
class Section:
    """Ways of doing the same work; the first one is 1.00, all in all or ``per_row``.

    ``notes`` are sentences on what was found, ``columns`` what of the figures is worth telling.
    """

    title: str
    text: str
    figures: Sequence[Figure]
    notes: Sequence[str] = field(default_factory=list)
    per_row: bool = False
    columns: Sequence[str] = ("way", "median", "ratio", "spread", "rows/s", "WAL", "client's peak", "note")

    def ratio(self, figure: Figure) -> float:
        """How many times as long as the first."""
        first = self.figures[0]
        return first.rate / figure.rate if self.per_row else figure.seconds / first.seconds


COLUMNS: dict[str, Callable[[Section, Figure], str]] = {
    "way": lambda _, f: f.way.name,
    "median": lambda _, f: f"{f.seconds:.2f} s",
    "ratio": lambda s, f: f"**{s.ratio(f):.2f}**",
    "spread": lambda _, f: f"{f.spread:.0%}",
    "rows/s": lambda _, f: f"{f.rate:,.0f}",
    "WAL": lambda _, f: f"{f.wal_mb:,.0f} MB",
    "client's peak": lambda _, f: f"{f.peak_mb:,.0f} MB",
    "note": lambda _, f: f.way.note,
}


def markdown(section: Section) -> str:
    """A section with its table."""
    head = [f"| {' | '.join(section.columns)} |", f"|{'---|' * len(section.columns)}"]
    rows = [
        f"| {' | '.join(COLUMNS[name](section, figure) for name in section.columns)} |" for figure in section.figures
    ]
    notes = [f"- {note}" for note in section.notes]
    parts = [f"## {section.title}", section.text, "\n".join([*head, *rows]), "\n".join(notes)]
    return "\n\n".join(part for part in parts if part) + "\n"
