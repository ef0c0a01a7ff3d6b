"""Sections of figures, as text and as a chart."""

import platform
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path

from benchmarks.measure import Figure, call
from benchmarks.peers import environment
from benchmarks.place import Place
from sandbox.paths import REPOSITORY


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


def write(place: Place, sections: Sequence[Section], path: Path) -> None:
    """The sections as Markdown, with a chart beside it of how long each way took for what the first one did."""
    path.parent.mkdir(parents=True, exist_ok=True)
    chart = path.with_suffix(".svg")
    bars = {section.title: [(f.way.name, section.ratio(f)) for f in section.figures] for section in sections}
    call(place, "benchmarks.peers.chart:draw", {"sections": bars, "path": str(chart)}, environment.python())
    head = f"# Results\n\n{_where(place)}\n\n![Ratios of all sections]({chart.name})\n\n"
    path.write_text(head + "\n".join(markdown(section) for section in sections), encoding="utf-8")


def _where(place: Place) -> str:
    """What they were measured on, and when."""
    commit = subprocess.run(
        ["git", "-C", str(REPOSITORY), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    ).stdout.strip()
    server = place.text("SHOW server_version").split()[0]
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} at {commit or 'an unknown version'}: {cpu_count()} cores,"
        f" PostgreSQL {server}, Python {platform.python_version()}."
    )
