"""GeoParquet 1.1, written a batch at a time, with a covering box per row that readers skip row groups by."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS

from enverus_elt.errors import DeliveryError
from enverus_elt.formats.content_digest import ContentDigest
from enverus_elt.formats.reference_systems import identity

VERSION = "1.1.0"
GEOMETRY = "geometry"
BBOX = "bbox"
RESERVED = (GEOMETRY, BBOX)

GROUP_ROWS = 50_000
GROUP_BYTES = 64 * 2**20  # of one row group in memory, where geometries are large
CORNERS = ("xmin", "ymin", "xmax", "ymax")
BOX_TYPE = pa.struct([pa.field(corner, pa.float64(), nullable=True) for corner in CORNERS])
TYPES = ("Point", "LineString", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
         "GeometryCollection")  # fmt: skip

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Written:
    """What was written; ``boxes`` are those of the row groups, in the layer's reference system."""

    rows: int
    content_sha256: str
    geometry_types: tuple[str, ...]
    bounds: Box | None
    boxes: tuple[Box, ...]


@dataclass
class _Seen:
    """What the footer has to say of the geometries."""

    types: set[str] = field(default_factory=set)
    boxes: list[Box] = field(default_factory=list)

    @property
    def bounds(self) -> Box | None:
        if not self.boxes:
            return None
        lows, highs = np.array(self.boxes)[:, :2].min(axis=0), np.array(self.boxes)[:, 2:].max(axis=0)
        return float(lows[0]), float(lows[1]), float(highs[0]), float(highs[1])


class GeoParquetWriter:
    """Writes batches whose column ``geometry`` is ISO WKB in x, y order; the others are attributes.

    ``oriented`` says that exterior rings run counterclockwise and interior ones clockwise. The file is there when the
    ``with`` block ended well, and is not when it did not.
    """

    def __init__(self, path: Path, schema: pa.Schema, crs: CRS | None, *, oriented: bool = False) -> None:
        if GEOMETRY not in schema.names or BBOX in schema.names:
            raise ValueError(f"the columns need a {GEOMETRY}, and {BBOX} is the writer's: {schema.names}")
        self._path, self._crs, self._oriented = path, crs, oriented
        self._schema = schema.remove_metadata()
        self._file_schema = self._schema.append(pa.field(BBOX, BOX_TYPE))
        # Boxes are sorted with the rows: their statistics are what makes a reader skip a group, the WKB's tell nothing.
        self._writer = pq.ParquetWriter(
            path,
            self._file_schema,
            compression="zstd",
            write_statistics=[*(name for name in schema.names if name != GEOMETRY), *(f"{BBOX}.{c}" for c in CORNERS)],
        )
        self._digest = ContentDigest(self._schema, identity(crs) if crs else None)
        self._seen = _Seen()
        self._waiting: list[pa.RecordBatch] = []
        self.written: Written | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        """Take a batch of the schema; row groups have a size of their own."""
        for piece in _pieces(batch):
            self._waiting.append(piece)
            rows = sum(waiting.num_rows for waiting in self._waiting)
            if rows >= GROUP_ROWS or sum(waiting.nbytes for waiting in self._waiting) >= GROUP_BYTES:
                self._flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        ended = False
        try:
            if kind is None:
                self._flush()
                self._writer.add_key_value_metadata({"geo": json.dumps(self._metadata())})
                ended = True
        finally:
            self._writer.close()
            if not ended:
                self._path.unlink(missing_ok=True)
        if ended:
            types = tuple(sorted(self._seen.types))
            seen = self._seen
            self.written = Written(self._digest.rows, self._digest.hexdigest(), types, seen.bounds, tuple(seen.boxes))

    def _flush(self) -> None:
        if not self._waiting:
            return
        group = pa.Table.from_batches(self._waiting, self._schema).combine_chunks()
        self._waiting = []
        for batch in group.to_batches():
            self._digest.add(batch)
        boxes = self._look_at(group.column(GEOMETRY))
        self._writer.write_table(group.append_column(self._file_schema.field(BBOX), boxes), row_group_size=len(group))

    def _look_at(self, column: pa.ChunkedArray) -> pa.Array:
        try:
            shapes = shapely.from_wkb(column.to_numpy())
        except shapely.errors.GEOSException as error:
            raise DeliveryError(f"{self._path.name}: a geometry cannot be written: {error}") from error
        present = shapes[~shapely.is_missing(shapes)]
        if shapely.has_m(present).any():
            raise DeliveryError(f"{self._path.name}: GeoParquet has no M values: let the recipe's force_2d drop them")
        kinds, deep = shapely.get_type_id(present), shapely.has_z(present)
        found = set(zip(kinds.tolist(), deep.tolist(), strict=True))
        self._seen.types |= {TYPES[kind] + (" Z" if z else "") for kind, z in found}
        corners = shapely.bounds(shapes)
        empty = np.isnan(corners).any(axis=1)
        if not empty.all():
            placed = corners[~empty]
            low, high = placed[:, :2].min(axis=0), placed[:, 2:].max(axis=0)
            self._seen.boxes.append((float(low[0]), float(low[1]), float(high[0]), float(high[1])))
        arrays = [pa.array(corners[:, number], from_pandas=True) for number in range(4)]
        return pa.StructArray.from_arrays(arrays, fields=list(BOX_TYPE), mask=pa.array(empty))

    def _metadata(self) -> dict[str, Any]:
        """GeoParquet's own part of the footer, https://geoparquet.org/releases/v1.1.0/."""
        column: dict[str, Any] = {
            "encoding": "WKB",
            "geometry_types": sorted(self._seen.types),
            "crs": self._crs.to_json_dict() if self._crs else None,
            "edges": "planar",
            "covering": {"bbox": {corner: [BBOX, corner] for corner in CORNERS}},
        }
        if self._oriented:
            column["orientation"] = "counterclockwise"
        if self._seen.bounds:
            column["bbox"] = list(self._seen.bounds)
        return {"version": VERSION, "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    yield from (batch.slice(start, GROUP_ROWS) for start in range(0, batch.num_rows, GROUP_ROWS))
