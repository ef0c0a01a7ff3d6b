"""Versions of the data lake for tests: published as a delivery would, or delivered by way of the landing zone."""

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from enverus_elt.deliveries.manifest import FileType, parse_manifest
from enverus_elt.deliveries.recipes import recipe_for
from enverus_elt.formats.geoparquet import GeoParquetWriter
from enverus_elt.hooks.warehouse import connect
from enverus_elt.lake.built import PARQUET, BuiltAsset
from enverus_elt.lake.ledger import Arrival, register, take
from enverus_elt.lake.publish import Published, publish
from tests.services.site import Site

_numbers = itertools.count(1)

Layers = Mapping[str, tuple[Mapping[str, Sequence[Any]], Sequence[str | None]]]


def manifest_of(title: str, batch_id: str, files: Sequence[Mapping[str, Any]], **more: Any) -> bytes:
    """A manifest as a partner writes it; ``files`` are named without the delivery's folder."""
    metadata = {"title": title, "description": f"{title}, for tests.", "source": "a test", "license": "public domain"}
    paths = [{**file, "path": f"{batch_id}/{file['path']}"} for file in files]
    known = {"batch_id": batch_id, "uploader": "partner", "intent": "ingest_vector", "metadata": metadata}
    return json.dumps({**known, "files": paths, **more}).encode()


def publish_layers(site: Site, title: str, folder: Path, layers: Layers) -> Published:
    """Make a version of finished layers: columns and WKT by file name, in WGS 84."""
    import pyarrow as pa  # noqa: PLC0415 - not for tests that have no version
    import shapely  # noqa: PLC0415
    from pyproj import CRS  # noqa: PLC0415

    batch_id, assets = f"batch-{next(_numbers)}", []
    for name, (columns, wkt) in layers.items():
        shapes = [None if text is None else shapely.to_wkb(shapely.from_wkt(text), flavor="iso") for text in wkt]
        table = pa.table({**columns, "geometry": pa.array(shapes, pa.binary())})
        path = folder / f"{batch_id}-{name}"
        with GeoParquetWriter(path, table.schema, CRS.from_epsg(4326)) as writer:
            for batch in table.to_batches():
                writer.write(batch)
        assert writer.written is not None
        digest, rows = writer.written.content_sha256, writer.written.rows
        assets.append(BuiltAsset(name, path, FileType.VECTOR, PARQUET, digest, rows=rows, crs="EPSG:4326"))
    body = manifest_of(title, batch_id, [{"path": "lines.geojson", "type": "vector", "format": "geojson"}])
    manifest = parse_manifest(body, batch_id)
    arrival = Arrival(f"manifests/{batch_id}.json", hashlib.md5(body).hexdigest(), datetime.now(UTC), body)
    with connect() as conn:
        (delivery,) = [one for one in register(conn, [arrival]) if one.batch_id == batch_id]
        taken = take(conn, delivery.delivery_id, "test")
        return publish(conn, site.lake, taken, manifest, recipe_for(manifest)[0], assets=assets, parents=[])


def deliver(site: Site, body: bytes, files: Mapping[str, Path]) -> Published:
    """Upload files and manifest as a partner does, and process the delivery."""
    from enverus_elt.lake.landing import arrivals  # noqa: PLC0415
    from enverus_elt.lake.process import check, process  # noqa: PLC0415
    from enverus_elt.operators.lake_resources import lake_place  # noqa: PLC0415

    batch_id = json.loads(body)["batch_id"]
    for name, path in files.items():
        site.landing.upload(path, f"{batch_id}/{name}")
    site.landing.put(f"manifests/{batch_id}.json", body, "application/json")
    with lake_place("test") as place:
        (delivery,) = [one for one in register(place.conn, arrivals(place.landing)) if one.batch_id == batch_id]
        check(place, delivery.delivery_id, "test")
        return process(place, delivery.delivery_id, "test")
