"""A table's picture: its first rows and columns, with their types."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from matplotlib.figure import Figure

ROWS, COLUMNS = 20, 8
LETTERS = 22  # of a value
HEAD, STRIPE, LINE = "#d9e2ec", "#f5f7fa", "#bbbbbb"
LEFT, TOP, WIDTH, HEIGHT = 0.02, 0.9, 0.96, 0.84


def draw_table(figure: Figure, path: Path) -> str:
    """Draw a Parquet file; returns the note for the picture's foot."""
    with pq.ParquetFile(path, pre_buffer=False) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
        names = schema.names[:COLUMNS]
        first = next(file.iter_batches(ROWS, columns=names), None)
    shown = pa.Table.from_batches([first] if first is not None else [], pa.schema([schema.field(n) for n in names]))
    heads = [[_short(name), _short(str(schema.field(name).type))] for name in names]
    values = [[_text(value) for value in column.to_pylist()] for column in shown.columns]
    right = [not pa.types.is_string(schema.field(name).type) for name in names]
    _draw(figure, heads, values, right)
    note = f"{rows:,} rows of {len(schema.names):,} columns"
    if rows > shown.num_rows or len(schema.names) > len(names):
        note += f", of which {shown.num_rows:,} rows of {len(names)} columns are shown"
    return note


def _draw(figure: Figure, heads: list[list[str]], values: list[list[str]], right: list[bool]) -> None:
    axes = figure.add_axes((LEFT, TOP - HEIGHT, WIDTH, HEIGHT))
    axes.set_axis_off()
    lines = ROWS + 2
    axes.set_xlim(0, 1)
    axes.set_ylim(lines, 0)
    filled = max((len(column) for column in values), default=0)
    axes.axhspan(0, 2, color=HEAD, linewidth=0)
    for row in range(1, filled, 2):
        axes.axhspan(row + 2, row + 3, color=STRIPE, linewidth=0)
    # Heads are bold, which takes a sixth more.
    widths = [
        max([7 * len(head[0]) // 6, *(len(text) for text in [head[1], *column])]) + 2
        for head, column in zip(heads, values, strict=True)
    ]
    edge = 0.0
    for head, column, width, is_right in zip(heads, values, widths, right, strict=True):
        share = width / sum(widths)
        place, align = (edge + share - 0.006, "right") if is_right else (edge + 0.006, "left")
        looks: dict[str, Any] = {"ha": align, "va": "center", "size": 7.5, "parse_math": False, "clip_on": True}
        axes.text(place, 0.6, head[0], weight="bold", **looks)
        axes.text(place, 1.45, head[1], color="#555555", **looks)
        for row, text in enumerate(column):
            axes.text(place, row + 2.5, text, family="monospace", **looks)
        edge += share
        axes.axvline(edge, ymin=1 - (filled + 2) / lines, color=LINE, linewidth=0.5)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    return _short(str(value))


def _short(text: str) -> str:
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= LETTERS else line[: LETTERS - 1] + "…"
