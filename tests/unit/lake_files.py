"""A dataset that files feed, and files of a version for it, for tests."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS

from enverus_elt.catalog import Dataset, FileSource
from enverus_elt.formats.geoparquet import GeoParquetWriter
from enverus_elt.sources.base import Origin
from enverus_elt.sources.files import FilesSource, VersionFile

FOUND = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
PUBLISHED = datetime(2026, 2, 1, tzinfo=UTC)

LINES: dict[str, Any] = {
    "id": "test-lines",
    "title": "Lines",
    "description": "Lines of a partner.",
    "owner": "gis-data",
    "source": {
        "kind": "file",
        "dataset": "partner-lines",
        "page_size": 2,
        "constants": {"commodity": "crude_oil", "diameter_in": None},
        "codes": {"state": {"ACT": "active", "OUT": "idle"}},
    },
    "load": {"mode": "snapshot", "key": ["line_id"], "cursor": "published_at"},
    "sla_hours": 9000,
    "geometry": [{"name": "geom_line", "source": "geometry", "type": "MultiLineString"}],
    "columns": [
        {"name": "line_id", "source": "lake:geometry_id", "type": "varchar(32)", "nullable": False},
        {"name": "name", "source": "pipename", "type": "varchar(64)"},
        {"name": "status", "source": "state", "type": "varchar(32)"},
        {"name": "commodity", "source": "commodity", "type": "varchar(32)"},
        {"name": "diameter_in", "source": "diameter_in", "type": "double precision"},
        {"name": "lake_version", "source": "lake:version", "type": "integer", "nullable": False},
        {"name": "published_at", "source": "lake:published_at", "type": "timestamptz", "nullable": False},
    ],
}
WKT = ("LINESTRING (-90 28, -91 29)", "LINESTRING (-92 28, -92 30)", "LINESTRING (-95 27, -94 27)")


def lines(**changes: Any) -> Dataset:
    """The dataset, with other words at the top."""
    return Dataset.model_validate({**LINES, **changes})


def lines_from(**source: Any) -> Dataset:
    """The dataset, with other words of its source."""
    return lines(source={**LINES["source"], **source})


def layer(
    path: Path, columns: dict[str, Any], wkt: tuple[str | None, ...] = WKT, crs: str | None = "EPSG:4326"
) -> Path:
    """A GeoParquet file as the lake has them."""
    shapes = [None if text is None else shapely.to_wkb(shapely.from_wkt(text), flavor="iso") for text in wkt]
    table = pa.table({**columns, "geometry": pa.array(shapes, pa.binary())})
    with GeoParquetWriter(path, table.schema, CRS.from_user_input(crs) if crs else None) as writer:
        for batch in table.to_batches():
            writer.write(batch)
    return path


def opened(path: Path, dataset: Dataset, *, version: int = 3, rows: int | None = None) -> FilesSource:
    """The file as the dataset's source; ``rows`` is what the ledger says, without it the truth."""
    count = pq.read_metadata(path).num_rows if rows is None else rows
    origin = Origin("partner-lines", version, path.name, f"partner-lines/v{version}/{path.name}", "0" * 64)
    assert isinstance(dataset.source, FileSource)
    return FilesSource(VersionFile(path, origin, count, PUBLISHED, FOUND), dataset, dataset.source)
