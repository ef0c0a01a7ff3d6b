"""Large tables and rasters on their way through the builders, for a process of its own: its memory is measured."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window

from enverus_elt.lake.raster import build_raster
from enverus_elt.lake.tabular import build_tabular
from tests.unit.delivered_files import delivered, manifest_of, recipe_of, workshop

STRIP = 1000


def make_csv(path: str, rows: int) -> None:
    """Seven columns of every kind."""
    with Path(path).open("w") as file:
        file.write("api,lease,depth,cost,spud,seen,remark\n")
        for number in range(rows):
            day = f"20{number % 90 + 10:02}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            file.write(
                f"{number:012},G{number % 9999:05},{number},{number / 7:.3f},{day},{day}T01:02:03Z,well {number}\n"
            )


def make_raster(path: str, width: int, height: int) -> None:
    """A slope with some unevenness, written strip by strip."""
    shape: dict[str, Any] = {"count": 1, "width": width, "height": height, "dtype": "int16", "nodata": -1}
    place = from_origin(500_000, 4_000_000, 1, 1)
    with rasterio.open(
        path, "w", driver="GTiff", crs="EPSG:32611", transform=place, compress="zstd", tiled=True, **shape
    ) as file:
        for top in range(0, height, STRIP):
            rows, columns = np.ogrid[top : min(top + STRIP, height), 0:width]
            cells = ((rows + columns) // 16 + rows * columns % 7).astype("int16")
            file.write(cells, 1, window=Window(0, top, width, cells.shape[0]))


def build_csv(path: str, folder: str) -> int | None:
    """The table's rows."""
    file = delivered("wells.csv", "tabular", "csv")
    (asset,) = build_tabular(
        workshop(Path(folder)), manifest_of(file), recipe_of("tabular"), {file.path: Path(path)}, {}
    )
    return asset.rows


def build_geotiff(path: str, folder: str) -> dict[str, Any]:
    """The raster's facts."""
    file = delivered("slope.tif", "raster", "geotiff")
    (asset,) = build_raster(workshop(Path(folder)), manifest_of(file), recipe_of("raster"), {file.path: Path(path)}, {})
    return asset.facts
