"""A picture of a file of the lake, drawn without a window or a server: what is in there, at one glance.

Vector layers and rasters are maps with the coordinates at their edges and a scale bar, tables are their first rows.
Colours are told apart by everybody: blue on white (Okabe and Ito), cividis for cells.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.preview_raster import draw_raster
from enverus_elt.formats.preview_table import draw_table
from enverus_elt.formats.preview_vector import draw_layer

INCHES = (10.0, 7.5)
DOTS = 120  # per inch
GREY = "#555555"
Draw = Callable[[Figure, Path], str]


@dataclass(frozen=True)
class Caption:
    """What stands above and below the picture: the dataset's title and version, and who the data is from."""

    title: str
    source: str


def draw_preview(path: Path, caption: Caption, target: Path) -> Path:
    """Write a PNG of a GeoParquet, Parquet or GeoTIFF file to ``target``, and return it."""
    figure = Figure(figsize=INCHES, dpi=DOTS, facecolor="white", layout=None)
    canvas = FigureCanvasAgg(figure)
    note = _drawing(path)(figure, path)
    # Titles come from outside: a dollar sign in one is no formula.
    figure.text(0.5, 0.965, caption.title, ha="center", va="top", size=14, weight="bold", parse_math=False, wrap=True)
    figure.text(0.02, 0.015, f"Source: {caption.source}", ha="left", size=8, color=GREY, parse_math=False)
    figure.text(0.98, 0.015, note, ha="right", size=8, color=GREY, parse_math=False)
    canvas.print_png(target)
    return target


def _drawing(path: Path) -> Draw:
    if path.suffix == ".tif":
        return draw_raster
    if path.suffix == ".parquet":
        return draw_layer if b"geo" in (pq.read_metadata(path).metadata or {}) else draw_table
    raise DeliveryError(f"{path.name}: no file of the lake that can be drawn: those end in .parquet or .tif")
