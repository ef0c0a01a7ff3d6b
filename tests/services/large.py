"""A large vector file and its way through the builder, each in a process of its own, where memory can be measured."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyogrio
import shapely
from psycopg.rows import dict_row

from enverus_elt.deliveries.recipes import load_recipe
from enverus_elt.lake.workshop import Workshop
from sandbox.paths import REPOSITORY
from tests.services.making import build
from tests.services.vector_files import delivered

NAME = "squares.fgb"
BATCH = 50_000
SCHEMA = pa.schema([
    ("number", pa.int64()), ("operator", pa.string()), ("depth", pa.float64()),
    pa.field("geometry", pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"}),
])  # fmt: skip


def make(path: str, rows: int) -> None:
    """Squares in the Gulf, NAD27; memory is a batch's here too."""
    reader = pa.RecordBatchReader.from_batches(SCHEMA, _batches(rows))
    pyogrio.write_arrow(
        reader, path, driver="FlatGeobuf", geometry_name="geometry", geometry_type="Polygon", crs="EPSG:4267",
        layer_options={"SPATIAL_INDEX": "NO"},
    )  # fmt: skip


def _batches(rows: int) -> Iterator[pa.RecordBatch]:
    for first in range(0, rows, BATCH):
        number = np.arange(first, min(first + BATCH, rows))
        west, south = -97 + (number * 7919 % 10_000) / 1_000, 26 + (number * 104_729 % 4_000) / 1_000
        shapes = shapely.to_wkb(shapely.box(west, south, west + 0.01, south + 0.01))
        names = [f"Operator {value % 997}" for value in number]
        arrays = [pa.array(number), pa.array(names), pa.array(number * 0.5), pa.array(shapes, pa.binary())]
        yield pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def build_large(path: str, uri: str, schema: str, folder: str) -> dict[str, Any]:
    """Through the recipe that vector files usually go through."""
    steps = [{"step": step.step, **step.model_dump(exclude={"step"})} for step in load_recipe("ingest_vector").steps]
    with psycopg.connect(uri, autocommit=True, row_factory=dict_row) as conn:
        shop = Workshop(conn, uri, schema, Path(folder))
        (asset,) = build(shop, Path(path), delivered(NAME, "flatgeobuf"), *steps)
    return {"rows": asset.rows, "path": str(asset.path), "digest": asset.content_sha256}


def in_a_process(function: str, **arguments: Any) -> dict[str, Any]:
    """Its seconds, its peak of memory in MB, and what it returned."""
    command = [sys.executable, "-m", "benchmarks.child", f"tests.services.large:{function}", json.dumps(arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
