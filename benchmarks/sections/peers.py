"""How people load such data today, each against COPY of the same CSV into a bare table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks import rows
from benchmarks.measure import Way, call, compare
from benchmarks.peers import environment
from benchmarks.peers.checks import Expected, check
from benchmarks.place import DATASETS, Place
from benchmarks.report import Section
from benchmarks.rows import Rows
from benchmarks.sections.chain import DATASET
from benchmarks.ways.api_server import serving
from enverus_elt.catalog import load_dataset

SHAPE, PAGE = "geom_point", 10_000
SHARES = (1, 10, 100)
FROM_API = 10  # the share of what comes from the API
FILES, OBJECTS, DLT = (f"benchmarks.peers.{name}" for name in ("files_ways", "rows_ways", "dlt_ways"))
TEXT = """Each with its best settings, from the file that suits it best, into a table of its own without any index but
a key that it needs itself. 1.00 is COPY of the raw CSV into a bare table; ratios are per row, for the slow ones load a
tenth or a hundredth of the rows. None of them validates, sets rows aside or knows what it has loaded."""
TYPED = {"well_id": "bigint", "spud_date": "timestamp without time zone", "md_ft": "double precision"}
PLACED = {**TYPED, SHAPE: "geometry"}
ZONED = {**PLACED, "spud_date": "timestamp with time zone"}
WORDS = {**TYPED, SHAPE: "text"}
DICTS = {"well_id": "bigint", "spud_date": "timestamp with time zone", "geom_shl_point": "character varying"}
MERGED = {**ZONED, SHAPE: "character varying"}


@dataclass(frozen=True)
class Peer:
    """A way with the table that it fills and what has to be in there.

    ``share``: one row of so many. ``file`` is what it reads; ``bare`` says that its table is made for it.
    """

    name: str
    function: str
    table: str
    types: Mapping[str, str]
    packages: Sequence[str]
    file: str = ""
    share: int = 1
    bare: bool = False
    arguments: Mapping[str, Any] | None = None
    note: str = ""


PEERS = (
    Peer("psycopg, write_row of dicts", f"{OBJECTS}:psycopg_rows", "peer_psycopg", PLACED, ["psycopg"], "rows.csv",
         10, bare=True, arguments={"conninfo": "{conninfo}", "table": "{table}"}),
    Peer("ogr2ogr, CSV with PG_USE_COPY", f"{FILES}:ogr2ogr", "peer_ogr", ZONED, ["GDAL"], "rows.csv",
         10, arguments={"conninfo": "{conninfo}", "table": "{table}", "shape": SHAPE}),
    Peer("DuckDB, Parquet into COPY", f"{FILES}:duckdb_copy", "peer_duckdb", PLACED, ["duckdb"], "rows.parquet",
         bare=True, arguments={"conninfo": "{conninfo}", "table": "{table}"}),
    Peer("GeoPandas, to_postgis", f"{OBJECTS}:geopandas_to_postgis", "peer_geopandas", PLACED, ["geopandas"],
         "rows.geo.parquet", 10, arguments={"url": "{url}", "table": "{table}"}),
    Peer("dlt, Arrow, Parquet by ADBC, merge upsert", f"{DLT}:from_arrow", "peer_adbc.wells", MERGED,
         ["dlt", "adbc-driver-postgresql"], "rows.parquet", 10,
         arguments={"url": "{url}", "schema": "{schema}", "file_format": "parquet", "key": "well_id"},
         note="the geometry stays text"),
    Peer("dlt, Arrow, CSV by COPY, merge upsert", f"{DLT}:from_arrow", "peer_csv.wells", MERGED, ["dlt"],
         "rows.parquet", 10,
         arguments={"url": "{url}", "schema": "{schema}", "file_format": "csv", "key": "well_id"},
         note="the geometry stays text"),
    Peer("dlt, dicts from a REST source, merge upsert", f"{DLT}:from_api", "peer_dicts.wells", DICTS, ["dlt"], "",
         FROM_API, arguments={"url": "{url}", "schema": "{schema}", "base_url": "{base_url}", "path": DATASET,
                         "key": "WellID"}, note="the geometry stays text"),
    Peer("pandas, to_sql", f"{OBJECTS}:pandas_to_sql", "peer_pandas", WORDS, ["pandas", "sqlalchemy"], "rows.parquet",
         100, arguments={"url": "{driver_url}", "table": "{table}", "method": None}, note="the geometry stays text"),
    Peer("pandas, to_sql, multi", f"{OBJECTS}:pandas_to_sql", "peer_multi", WORDS, ["pandas", "sqlalchemy"],
         "rows.parquet", 100, arguments={"url": "{driver_url}", "table": "{table}", "method": "multi"},
         note="the geometry stays text"),
)  # fmt: skip


def measure(place: Place, size: int, rounds: int) -> Section:
    """The dataset of forty columns."""
    dataset = load_dataset(DATASET, DATASETS)
    python, root, pages = environment.python(), place.folder / "peers", place.folder / "peers-api"
    root.mkdir()
    pages.mkdir()
    path = rows.write(place, dataset, root / "rows.csv", Rows(size))
    types = {column.name: column.type for column in dataset.columns} | {SHAPE: "geometry"}
    for share in SHARES:
        given = {"path": path, "folder": root / str(share), "types": types, "shape": SHAPE, "rows": size // share}
        (root / str(share)).mkdir()
        call(place, f"{FILES}:prepare", given, python)
    versions = call(place, "benchmarks.peers.versions:versions", {}, python)["value"]
    rows.write_pages(place, dataset, pages / dataset.source.path, size // FROM_API, PAGE)
    typed = ", ".join(f'"{name}" {"geometry(Point,4326)" if name == SHAPE else kind}' for name, kind in types.items())
    with serving(pages, {dataset.source.path: size // FROM_API}) as base_url:
        facts = {
            "conninfo": place.superuser(),
            "url": place.url(),
            "driver_url": place.url().replace("postgresql:", "postgresql+psycopg:", 1),
            "base_url": base_url,
            "root": root,
            "typed": typed,
            "python": python,
            "versions": versions,
        }
        copy = {"conninfo": place.superuser(), "table": "peer_copy", "path": str(path)}
        before = partial(_clear, place, "peer_copy", typed)
        ways = [Way("COPY into a bare table", "benchmarks.ways.copy:copy", size, copy, before)]
        ways += [_way(place, peer, size, facts) for peer in PEERS]
        figures = compare(place, ways, rounds)
    for peer in PEERS:
        check(place, peer.table, Expected(size // peer.share, peer.types))
    return Section(f"How others load such data: {size:,} rows", TEXT, figures, per_row=True)


def _way(place: Place, peer: Peer, size: int, facts: Mapping[str, Any]) -> Way:
    known = {**facts, "table": peer.table, "schema": peer.table.partition(".")[0]}
    arguments = {
        name: value.format_map(known) if isinstance(value, str) else value
        for name, value in (peer.arguments or {}).items()
    }
    if peer.file:
        arguments["path"] = str(facts["root"] / str(peer.share) / peer.file)
    named = ", ".join(f"{package} {facts['versions'][package]}" for package in peer.packages)
    notes = [named, f"{size // peer.share:,} rows" if peer.share > 1 else "", peer.note]
    before = partial(_clear, place, peer.table, facts["typed"] if peer.bare else "")
    note = "; ".join(filter(None, notes))
    return Way(peer.name, peer.function, size // peer.share, arguments, before, facts["python"], note=note)


def _clear(place: Place, table: str, columns: str) -> None:
    schema, dot, _ = table.partition(".")
    if dot:
        place.execute(*(f"DROP SCHEMA IF EXISTS {name} CASCADE" for name in (schema, f"{schema}_staging")))
        return
    place.execute(f"DROP TABLE IF EXISTS {table}", *([f"CREATE TABLE {table} ({columns})"] if columns else []))
