"""Statistics of a raster within each polygon of a layer, every cell weighed by how much of it the polygon covers.

The polygons go to the raster, never the other way around: cells stay as they were measured. A polygon that the raster
does not reach gets nothing, not zeros; where it reaches a part, the statistics are that part's, and ``count``, the
number of cells in fractions, says how much it is.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import rasterio
import shapely
from exactextract import exact_extract
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.enums import ColorInterp
from rasterio.io import DatasetReader

from enverus_elt.deliveries.manifest import LakeVersion
from enverus_elt.deliveries.recipes import ZonalStatistics
from enverus_elt.errors import CatalogError, DeliveryError
from enverus_elt.formats.datum_shifts import Box, Shift, choose_shift
from enverus_elt.formats.geoparquet import GEOMETRY
from enverus_elt.formats.raster import gdal_settings, told
from enverus_elt.formats.reference_systems import read_crs
from enverus_elt.lake.engine import read_batches
from enverus_elt.lake.inputs import raster_file
from enverus_elt.lake.layers import ROW, Layer, LayerColumn, add_columns, ask
from enverus_elt.lake.reading import LakeInput
from enverus_elt.lake.workshop import Workshop
from enverus_elt.sql import render

MOST_METRES = 10  # that the way from the polygons' datum to the raster's may be off
MOST_CELLS = 10_000_000  # of one polygon in memory at once
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
ZONES = pa.schema([(ROW, pa.int64()), (GEOMETRY, pa.binary())])


def zonal_statistics(
    shop: Workshop, layer: Layer, step: ZonalStatistics, raster: LakeInput
) -> tuple[Layer, dict[str, Any]]:
    """The layer with a column per statistic, and band where the raster has several; and what was counted on the way."""
    path = raster_file(step.raster, raster)
    what = f"{layer.what}: zonal_statistics: {raster.dataset} v{raster.version}"
    bounds, without = _bounds(shop, layer)
    with gdal_settings(shop.folder), told(what), rasterio.open(path, driver="GTiff") as dataset:
        shift = choose_shift(layer.crs, _crs(dataset, what), bounds, MOST_METRES, what)
        zones = _Zones(dataset, step, shift.transformer)
        columns = [LayerColumn(name, pa.float64(), f"{raster.dataset} v{raster.version}") for name in zones.names]
        query = render("lake/select_zones.sql", schema=shop.schema, table=layer.table)
        wide = add_columns(shop, layer, columns, zones.measured(read_batches(shop, query, ZONES)))
    return wide, {**_facts(path, raster, shift, zones), "without_geometry": without}


def zonal_step(
    inputs: Mapping[LakeVersion, LakeInput],
) -> Callable[[Workshop, Layer, ZonalStatistics], tuple[Layer, dict[str, Any]]]:
    """The step as a recipe runs it, with the rasters that were fetched for it."""
    return lambda shop, layer, step: zonal_statistics(shop, layer, step, inputs[step.raster])


def _facts(path: Path, raster: LakeInput, shift: Shift, zones: "_Zones") -> dict[str, Any]:
    return {
        "raster": {"dataset": raster.dataset, "version": raster.version, "asset": path.name},
        "columns": zones.names,
        "polygons": zones.counted["polygons"],
        "outside": zones.counted["outside"],
        "partly_outside": zones.counted["partly_outside"],
        "without_valid_cells": zones.counted["without_valid_cells"],
        "not_polygons": zones.counted["not_polygons"],
        **shift.facts(),
    }


def _bounds(shop: Workshop, layer: Layer) -> tuple[Box | None, int]:
    """Where the layer lies, in its own units, and how many of its rows lie nowhere."""
    (row,) = ask(shop, layer, "lake/select_zones_extent.sql")
    if row["rows"] != row["distinct_rows"]:
        raise CatalogError(f"{layer.what}: zonal_statistics: rows were multiplied before: let it come before subdivide")
    bounds = None if row["xmin"] is None else (row["xmin"], row["ymin"], row["xmax"], row["ymax"])
    return bounds, int(row["without_geometry"])


def _crs(dataset: DatasetReader, what: str) -> CRS:
    found = read_crs(dataset.crs.to_wkt(), what) if dataset.crs else None
    if found is None:
        raise DeliveryError(f"{what}: the raster has no reference system")
    shape = dataset.transform
    if shape.b or shape.d or shape.e > 0:
        raise DeliveryError(f"{what}: the raster's rows do not run west to east, north first: reproject it first")
    return found


@dataclass
class _Zones:
    """Measures batches of polygons, and counts what became of them."""

    dataset: DatasetReader
    step: ZonalStatistics
    transformer: Transformer
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        colors = self.dataset.colorinterp
        self._bands = [band for band in self.dataset.indexes if colors[band - 1] is not ColorInterp.alpha]
        self._frame = shapely.box(*self.dataset.bounds)
        prefix = [f"band_{band}_" if self.dataset.count > 1 else "" for band in self._bands]
        self._found = [f"{band}{statistic}" for statistic in self.step.statistics for band in prefix]
        self.names = [f"{self.step.prefix}_{name}" for name in self._found]

    def measured(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Batches of row and statistics, for those polygons that the raster reaches."""
        schema = pa.schema([(ROW, pa.int64()), *((name, pa.float64()) for name in self.names)])
        for batch in batches:
            shapes = shapely.from_wkb(batch.column(GEOMETRY).to_numpy(zero_copy_only=False))
            rows = batch.column(ROW).to_numpy()
            reached, shapes = self._reached(shapes)
            if reached.size:
                table = self._measure(rows[reached], shapes)
                yield pa.RecordBatch.from_pandas(table, schema=schema, preserve_index=False)

    def _reached(self, shapes: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Places of the polygons that the raster reaches, and what they are in its reference system."""
        polygonal = np.isin(shapely.get_type_id(shapes), POLYGONS) & ~shapely.is_empty(shapes)
        self.counted["not_polygons"] += int((~polygonal).sum())
        self.counted["polygons"] += int(polygonal.sum())
        places = np.flatnonzero(polygonal)
        moved = shapely.transform(shapely.force_2d(shapes[polygonal]), self.transformer.transform, interleaved=False)
        with np.errstate(invalid="ignore"):
            known = np.isfinite(shapely.bounds(moved)).all(axis=1)
            inside = known & shapely.intersects(self._frame, moved)
        self.counted["outside"] += int((~inside).sum())
        moved = moved[inside]
        self.counted["partly_outside"] += int((~shapely.covered_by(moved, self._frame)).sum())
        bad = ~shapely.is_valid(moved)
        moved[bad] = shapely.make_valid(moved[bad], method="structure", keep_collapsed=False)
        return places[inside], moved

    def _measure(self, rows: NDArray[np.int64], shapes: NDArray[Any]) -> pd.DataFrame:
        zones = gpd.GeoDataFrame({ROW: rows}, geometry=shapes, crs=self.dataset.crs.to_wkt())
        found = exact_extract(
            self.dataset,
            zones,
            list(dict.fromkeys(("count", *self.step.statistics))),
            include_cols=[ROW],
            max_cells_in_memory=MOST_CELLS,
            output="pandas",
        )
        count = "count" if self.dataset.count == 1 else f"band_{self._bands[0]}_count"
        self.counted["without_valid_cells"] += int((found[count] == 0).sum())
        table = found[[ROW, *self._found]].apply(pd.to_numeric)
        table.columns = pd.Index([ROW, *self.names])
        return table
