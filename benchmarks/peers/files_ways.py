"""Files that a program passes on without making Python objects of their rows, and the files themselves."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

import duckdb
import geopandas
import psycopg

BLOCK = 2**20
OGR_TYPES = {
    "bigint": "Integer64",
    "integer": "Integer",
    "smallint": "Integer",
    "double precision": "Real",
    "real": "Real(Float32)",
    "timestamp": "DateTime",
    "date": "Date",
    "boolean": "Integer(Boolean)",
    "geometry": "WKT",
}
# What ADBC sends has to be as wide as the column that dlt makes of it.
WIDE = {"geometry": "varchar", "real": "double", "smallint": "bigint", "integer": "bigint"}


def prepare(path: str, folder: str, types: Mapping[str, str], shape: str, rows: int) -> None:
    """The first rows of a CSV in the form that suits each way: typed CSV, Parquet, GeoParquet."""
    places = {name: str(Path(folder) / name) for name in ("rows.csv", "rows.parquet", "rows.geo.parquet")}
    columns = {name: WIDE.get(kind, kind) for name, kind in types.items()}
    source = duckdb.read_csv(path, columns=columns, header=True).limit(rows)
    source.to_parquet(places["rows.parquet"])
    parquet = duckdb.read_parquet(places["rows.parquet"])
    parquet.to_csv(places["rows.csv"], header=True, timestamp_format="%Y-%m-%dT%H:%M:%S")
    kinds = ",".join(f'"{OGR_TYPES.get(kind, "String")}"' for kind in types.values())
    Path(folder, "rows.csvt").write_text(kinds)
    frame = parquet.df()
    frame[shape] = geopandas.GeoSeries.from_wkt(frame[shape], crs=4326)
    geopandas.GeoDataFrame(frame, geometry=shape).to_parquet(places["rows.geo.parquet"])


def ogr2ogr(conninfo: str, table: str, path: str, shape: str) -> None:
    """From CSV with its types beside it, by COPY in one transaction, without the index that it makes by default."""
    options = ["-oo", f"GEOM_POSSIBLE_NAMES={shape}", "-oo", "KEEP_GEOM_COLUMNS=NO", "-a_srs", "EPSG:4326"]
    layer = ["-nln", table, "-lco", f"GEOMETRY_NAME={shape}", "-lco", "SPATIAL_INDEX=NONE", "-overwrite"]
    command = ["ogr2ogr", "-f", "PostgreSQL", f"PG:{conninfo}", path, *options, *layer, "-gt", "unlimited"]
    subprocess.run(command, check=True, env={**os.environ, "PG_USE_COPY": "YES"}, capture_output=True)


def duckdb_copy(conninfo: str, table: str, path: str) -> None:
    """DuckDB reads Parquet and writes CSV into a pipe, which COPY reads."""
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(conninfo) as conn:
        pipe = Path(folder) / "rows.csv"
        os.mkfifo(pipe)
        writer = Thread(target=_write_csv, args=(path, pipe))
        writer.start()
        with conn.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv, HEADER)") as copy, pipe.open("rb") as file:
            while block := file.read(BLOCK):
                copy.write(block)
        writer.join()


def _write_csv(path: str, pipe: Path) -> None:
    with duckdb.connect() as conn:
        conn.execute(f"COPY (FROM read_parquet('{path}')) TO '{pipe}' (FORMAT csv, HEADER)")
