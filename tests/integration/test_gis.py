"""What a desktop GIS sees: every layer, through GDAL as a reader, around loads that insert, update and delete."""

from typing import Any

import pytest

from enverus_elt.catalog import load_catalog
from enverus_elt.errors import TerminalError
from enverus_elt.hooks.failures import translated
from enverus_elt.hooks.warehouse import connect
from enverus_elt.marts import load_marts
from enverus_elt.steps.refresh import refresh
from tests.services.gis import DesktopGis, Layer
from tests.services.site import Site

WELLS, HEADERS, LEASES = "wells", "well-headers", "landtrac-leases"
# Each source of a layer: its name in GDAL's words of geometry, and which of its columns says which row it is.
LAYERS = {
    "bottom_holes_layer": ("Point", "well_id"),
    "facility_sites_public": ("Point", "facility_id"),
    "laterals_layer": ("Line String", "well_id"),
    "leases_layer": ("Multi Polygon", "lease_id"),
    "pipelines_public": ("Multi Line String", "pipeline_id"),
    "well_headers_layer": ("Point", "well_id"),
    "well_headers_map": ("Point", "well_id"),
    "wells_layer": ("Point", "well_id"),
    "wells_per_lease": ("Multi Polygon", "lease_id"),
}
SHOWN = {"Integer", "Integer64", "Real", "String", "Date", "DateTime", "Integer(Int16)", "Real(Float32)"}
FILES = {
    "facility_sites": ("facility_id, facility_type, geom_point", "'refinery', 'SRID=4326;POINT({x} 28)'"),
    "pipelines": ("pipeline_id, commodity, geom_line", "'co2', 'SRID=4326;MULTILINESTRING(({x} 28, {x} 29))'"),
}
ISSUED = "SELECT last_value, max_value FROM pg_sequences WHERE schemaname = 'core' AND sequencename = %s"


def well(key: int, x: float = -90.5, **values: Any) -> dict[str, Any]:
    places = {
        "GeomSHL_Point": f"POINT ({x} 28.5)",
        "GeomBHL_Point": f"POINT ({x} 28.6)",
        "LateralLine": f"LINESTRING ({x} 28.5, {x} 28.6)",
    }
    return {"CompletionID": key, **header(key), **places, **values}


def header(key: int, x: float = -90.5, **values: Any) -> dict[str, Any]:
    facts = {"WellID": key, "WellName": f"WELL {key}", "UpdatedDate": "2024-01-01T00:00:00", "SpudDate": "2020-02-03"}
    return {**facts, "GeomSHL_Point": f"POINT ({x} 28.5)", **values}


def lease(key: int, x: float = -91, **values: Any) -> dict[str, Any]:
    outline = f"POLYGON (({x} 28, {x} 29, {x + 1} 29, {x + 1} 28, {x} 28))"
    facts = {
        "LeaseID": key,
        "GrantorName": "SECRET",
        "UpdatedDate": "2024-01-01T00:00:00",
        "ExpirationDate": "2030-01-01",
    }
    return {**facts, "Geom_Poly": outline, **values}


ROWS = {WELLS: well, HEADERS: header, LEASES: lease}


def put(site: Site, table: str, key: str, x: float) -> None:
    """What a load of files does to a row: insert it, or update it by its natural key."""
    names, values = FILES[table]
    own, _, shape = names.split(", ")
    place = values.format(x=x).split(", ", 1)[1]
    with site.warehouse() as conn:
        update = f"UPDATE core.{table} SET {shape} = {place}, updated_at = now() WHERE {own} = '{key}'"
        if not conn.execute(update).rowcount:
            facts = f"md5('{table}|{key}')::uuid, '{key}', 'N', gen_random_uuid(), 1, '{key}', {values.format(x=x)}"
            conn.execute(
                f"INSERT INTO core.{table} (id, source_id, name, row_hash, load_batch_id, {names}) VALUES ({facts})"
            )


def load(site: Site, run: str) -> None:
    """Load every dataset that has a layer, and refresh what shows it."""
    for dataset in ROWS:
        site.loaded(dataset, run)
    with connect() as conn:
        refresh(conn, load_marts())


@pytest.fixture
def mapped(site: Site) -> Site:
    """Rows 1 to 4 of everything that has a layer."""
    for dataset, row in ROWS.items():
        site.change(dataset, *(row(key) for key in range(1, 5)), clear=True)
    for table in FILES:
        for key in range(1, 5):
            put(site, table, str(key), -90.5)
    load(site, "first")
    return site


def ids(layer: Layer, key: str) -> dict[str, int]:
    """From the rows' own key to the id that a map keeps."""
    return {str(feature["properties"][key]): number for number, feature in layer.features.items()}


def test_every_layer_is_what_a_map_expects_and_keeps_its_ids_over_loads(mapped: Site) -> None:
    gis = DesktopGis(mapped)
    drawn = {mart.name for mart in load_marts() if "geom_" in mart.query}
    assert set(gis.layers()) == drawn > set(LAYERS), "each mart with a geometry is a layer"
    for name in sorted(drawn - set(LAYERS)):  # of rows that this test does not make: what they are is seen without any
        layer = gis.read(name)
        assert (layer.srid, set(layer.types.values()) <= SHOWN) == (4326, True), (name, layer.types)
        assert {n for n, kind in layer.types.items() if kind == "String" and not layer.widths[n]} == set(), name
    before = {name: gis.read(name) for name in LAYERS}
    changed = {"UpdatedDate": "2024-06-01T00:00:00"}
    for dataset, row in ROWS.items():
        site_rows = [row(2, -89.5, **changed), row(5, **changed)]
        gone = row(3, **changed, DeletedDate="2024-06-01T00:00:00")
        mapped.change(dataset, *site_rows, gone)
    for table in FILES:
        put(mapped, table, "2", -89.5)
        put(mapped, table, "5", -90.5)
        with mapped.warehouse() as conn:
            conn.execute(f"UPDATE core.{table} SET deleted_at = now() WHERE source_id = '3'")
    load(mapped, "second")
    for name, (geometry, key) in LAYERS.items():
        first, second = before[name], gis.read(name)
        assert (second.geometry, second.srid) == (first.geometry, first.srid) == (geometry, 4326), name
        assert second.types == first.types
        assert set(second.types.values()) <= SHOWN, (name, second.types)
        assert {n for n, kind in second.types.items() if kind == "String" and not second.widths[n]} == set(), name
        assert [n for n in second.types if n != n.lower() or "grantor" in n] == []
        assert ids(first, key).keys() == {"1", "2", "3", "4"}, name
        assert ids(second, key).keys() == {"1", "2", "4", "5"}, name
        kept = {k: number for k, number in ids(first, key).items() if k != "3"}
        assert kept.items() <= ids(second, key).items(), f"{name}: an id is its row's for good"
        assert ids(second, key)["5"] > max(ids(first, key).values()), "and is not given to another row"
        moved = [
            k for k, number in kept.items() if first.features[number]["geometry"] != second.features[number]["geometry"]
        ]
        assert moved == ["2"], name
    for name in LAYERS:
        assert "&&" in index_condition(mapped, name), f"{name}: a map that is moved reads all of it"


def index_condition(site: Site, layer: str) -> str:
    """What an index finds when a map asks for its window; GiST indexes are on tables, and a view may hide them."""
    window = "st_makeenvelope(-90.6, 28, -90.4, 29, 4326)"
    with site.warehouse("reader") as conn:
        conn.execute("SET enable_seqscan = off")
        query = "SELECT f_geometry_column AS name FROM geometry_columns WHERE f_table_name = %s"
        (shape,) = conn.execute(query, (layer,)).fetchall()
        plan = conn.execute(f"EXPLAIN SELECT * FROM marts.{layer} WHERE {shape['name']} && {window}").fetchall()
    return "".join(row["QUERY PLAN"] for row in plan if "Index Cond: " in row["QUERY PLAN"])


def test_loads_use_up_an_id_for_each_new_row_alone_and_a_reseed_keeps_what_keys_are_derived_into(mapped: Site) -> None:
    for number in range(3):
        day = f"2025-01-0{number + 1}T00:00:00"
        for dataset, row in ROWS.items():
            mapped.change(dataset, row(1, WellName=f"NAME {number}", Acres=number, UpdatedDate=day))
            assert mapped.loaded(dataset, f"again {number}").updated == 1
    tables = [dataset.table for dataset in load_catalog() if dataset.id in ROWS]
    before = {table: mapped.rows(f"SELECT id, source_id FROM core.{table} ORDER BY source_id") for table in tables}
    with mapped.warehouse("owner") as conn:
        for table in tables:
            last = conn.execute(ISSUED, (f"{table}_objectid_seq",)).fetchone()
            assert last == {"last_value": 4, "max_value": 2**31 - 1}
            conn.execute(f"TRUNCATE core.{table}")
        conn.execute("TRUNCATE ops.load_batches CASCADE")
    load(mapped, "reseeded")
    for table in tables:
        assert mapped.rows(f"SELECT id, source_id FROM core.{table} ORDER BY source_id") == before[table]


def test_when_the_ids_are_used_up_a_load_ends_and_nothing_of_it_is_in_core(site: Site) -> None:
    site.change(LEASES, lease(1), lease(2), clear=True)
    with site.warehouse("owner") as conn:
        conn.execute("ALTER SEQUENCE core.landtrac_leases_objectid_seq RESTART WITH 2147483647")
    batch_id = site.validated(LEASES, "run")
    with pytest.raises(TerminalError, match="SequenceGeneratorLimitExceeded"), translated("merge"):
        site.merged(LEASES, batch_id)
    assert site.value("SELECT count(*) FROM core.landtrac_leases") == 0
