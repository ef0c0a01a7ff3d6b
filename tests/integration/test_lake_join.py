"""Joins in PostGIS: every feature once, every row that finds no partner on record."""

from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from enverus_elt.errors import DeliveryError
from enverus_elt.lake.built import BuiltAsset
from enverus_elt.lake.join import build_join
from enverus_elt.lake.tabular import build_tabular
from enverus_elt.lake.workshop import Workshop
from tests.services.making import build, recipe
from tests.services.vector_files import delivered as delivered_vector
from tests.services.versions import SPATIAL, TABULAR, as_input, join_manifest
from tests.unit.delivered_files import BOREHOLES, DATA, delivered, manifest_of, recipe_of

API_LIST = DATA / "bsee_api_list_20241008.csv.gz"
SURFACE = {"longitude": "SURF_LONGITUDE", "latitude": "SURF_LATITUDE"}


def places(shop: Workshop, frame: gpd.GeoDataFrame) -> BuiltAsset:
    path = shop.folder / "delivered.gpkg"
    frame.to_file(path)
    (asset,) = build(shop, path, delivered_vector("places.gpkg", "geopackage"))
    return asset


def table(shop: Workshop, content: pa.Table) -> BuiltAsset:
    path = shop.folder / "delivered.parquet"
    pq.write_table(content, path)
    return tabular(shop, path, "parquet")


def tabular(shop: Workshop, path: Path, form: str) -> BuiltAsset:
    file = delivered(f"table.{form}", "tabular", form)
    (asset,) = build_tabular(shop, manifest_of(file), recipe_of("tabular"), {file.path: path}, {})
    return asset


def joined(
    shop: Workshop, spatial: BuiltAsset, other: BuiltAsset, keys: list[str], other_keys: list[str], **config: Any
) -> list[BuiltAsset]:
    inputs = {SPATIAL: as_input("places", spatial), TABULAR: as_input("table", other)}
    steps = config.pop("steps", [])
    return build_join(shop, join_manifest(keys, other_keys, **config), recipe(*steps), {}, inputs)


def points(**columns: Any) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    shapes = shapely.points([(-100 + number / 10, 30.0) for number in range(count)])
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def test_real_wells_with_the_list_of_a_year_before(shop: Workshop) -> None:
    """57,219 boreholes and 55,232 rows of the older list, held against the same join in DuckDB."""
    (wells,) = build(shop, BOREHOLES, delivered_vector("boreholes.csv", "csv", geometry=SURFACE, crs="EPSG:4267"))
    listed = tabular(shop, API_LIST, "csv")
    key = ["api_well_number"]
    asset, missing = joined(shop, wells, listed, key, key)
    facts = asset.facts["join"]
    assert (asset.rows, facts["matched"]) == (57_219, 55_232)
    assert facts["keys"] == [{"spatial": "api_well_number", "tabular": "api_well_number", "compared_as": "text"}]
    assert (facts["spatial"]["rows"], facts["spatial"]["unmatched"]) == (57_219, 1_987)
    assert (facts["tabular"]["rows"], facts["tabular"]["unmatched"]) == (55_232, 0)
    assert len(facts["spatial"]["unmatched_keys"]) == 20
    assert (missing.role, missing.rows, missing.name) == (
        "metadata",
        1_987,
        asset.name.replace(".", ".unmatched_spatial.", 1),
    )
    ours = f"SELECT api_well_number, company_name, company_name_2 FROM '{asset.path}' ORDER BY 1"
    theirs = f"""
        SELECT w.API_WELL_NUMBER, w.COMPANY_NAME, l.COMPANY_NAME
        FROM read_csv('{BOREHOLES}', all_varchar = true) AS w
        LEFT JOIN read_csv('{API_LIST}', all_varchar = true) AS l USING (API_WELL_NUMBER) ORDER BY 1"""
    assert duckdb.sql(ours).fetchall() == duckdb.sql(theirs).fetchall()
    sources = {column.name: column.source for column in asset.columns}
    assert sources["company_name"] == "places v1: company_name"
    assert sources["company_name_2"] == "table v1: company_name"
    before, after = gpd.read_parquet(wells.path), gpd.read_parquet(asset.path)
    assert before.crs == after.crs
    assert before.set_index("api_well_number").geometry.sort_index().geom_equals(
        after.set_index("api_well_number").geometry.sort_index()).sum() == before.geometry.notna().sum()  # fmt: skip


def test_a_key_that_is_not_unique_is_refused_by_name(shop: Workshop) -> None:
    """Leases have many boreholes each: joined, they would multiply."""
    spatial = places(shop, points(lease=["G01", "G02"]))
    other = table(shop, pa.table({"lease": ["G01", " G01", "G02", "G03", "G03", "G03", None, None]}))
    with pytest.raises(DeliveryError) as error:
        joined(shop, spatial, other, ["lease"], ["lease"])
    text = str(error.value)
    assert "lease is not unique in table v1: 'G01' in rows 1, 2; 'G03' in rows 4, 5, 6:" in text
    assert "features would be multiplied" in text


def test_many_features_may_meet_one_row(shop: Workshop) -> None:
    spatial = places(shop, points(state=["TX", "TX", "NM", None]))
    other = table(shop, pa.table({"code": ["TX", "NM", "LA"], "name": ["Texas", "New Mexico", "Louisiana"]}))
    asset, *unmatched = joined(shop, spatial, other, ["state"], ["code"])
    found = pq.read_table(asset.path)
    assert sorted(map(str, found["name"].to_pylist())) == ["New Mexico", "None", "Texas", "Texas"]
    assert "code" not in found.column_names
    assert [listed.rows for listed in unmatched] == [1, 1]
    assert pq.read_table(unmatched[1].path).to_pylist() == [{"code": "LA", "name": "Louisiana"}]
    assert asset.facts["join"]["spatial"] | {"rows": 4} == {
        "version": "places v1", "rows": 4, "unmatched": 1, "without_key": 1, "unmatched_keys": [],
    }  # fmt: skip


def test_inner_keeps_pairs_only(shop: Workshop) -> None:
    spatial = places(shop, points(state=["TX", "XX"]))
    other = table(shop, pa.table({"state": ["TX"], "n": [1]}))
    asset, listed = joined(shop, spatial, other, ["state"], ["state"], how="inner")
    assert gpd.read_parquet(asset.path)["n"].tolist() == [1]
    assert pq.read_table(listed.path)["state"].to_pylist() == ["XX"]


FIPS = ["06037", "6037", " 48301 ", "35.0", "x"]


@pytest.mark.parametrize(
    ("left", "right", "pairs"),
    [
        (FIPS[1:], pa.array([6037, 48301, 35]), [("6037", 6037), (" 48301 ", 48301), ("35.0", 35)]),
        (
            ["06037", "06037 ", "6037"],
            pa.array(["06037", "6037"]),
            [("06037",) * 2, ("06037 ", "06037"), ("6037",) * 2],
        ),
        ([1.0, 2.5, 3.0, 1e16], pa.array([1, 3, 10**16]), [(1.0, 1), (3.0, 3), (1e16, 10**16)]),
        ([7, 8], pa.array([7.0, float("nan")]), [(7, 7.0)]),
        (
            ["Ame\N{COMBINING ACUTE ACCENT}lie", "b"],
            pa.array(["Amélie", "B"]),
            [("Ame\N{COMBINING ACUTE ACCENT}lie", "Amélie")],
        ),
        (pd.to_datetime(["2024-01-02", "2024-01-03"]).date, pa.array(["2024-01-02"]), [("2024-01-02", "2024-01-02")]),
        ([True, False], pa.array(["true", "no"]), [(True, "true")]),
    ],
)
def test_what_is_the_same_key(shop: Workshop, left: Any, right: pa.Array, pairs: list[tuple[Any, Any]]) -> None:
    spatial = places(shop, points(k=left))
    other = table(shop, pa.table({"k2": right, "copy": right}))
    asset, *_ = joined(shop, spatial, other, ["k"], ["k2"], how="inner")
    found = pq.read_table(asset.path, columns=["k", "copy"]).to_pylist()
    assert sorted((str(row["k"]), row["copy"]) for row in found) == sorted((str(a), b) for a, b in pairs)


def test_keys_of_several_columns(shop: Workshop) -> None:
    spatial = places(shop, points(area=["WD", "WD", "EI"], block=[31, 32, 31]))
    other = table(shop, pa.table({"a": ["WD", "EI", "EI"], "b": ["31", "31", "99"], "v": [1, 2, 3]}))
    asset, *unmatched = joined(shop, spatial, other, ["area", "block"], ["a", "b"])
    found = gpd.read_parquet(asset.path)
    assert found.set_index(["area", "block"])["v"].dropna().to_dict() == {("WD", 31): 1, ("EI", 31): 2}
    assert asset.facts["join"]["tabular"]["unmatched_keys"] == [["EI", "99"]]
    assert len(unmatched) == 2


def test_columns_of_every_type_come_through(shop: Workshop) -> None:
    path = shop.folder / "types.csv"
    path.write_text(
        "k,i,n,b,d,t,z,s\na,1,1.5,true,2024-02-29,2024-01-02T03:04:05.5,2024-01-02T03:04:05Z,00\nb,,,,,,,\n"
    )
    other = tabular(shop, path, "csv")
    decimal = pa.table({"k": ["a", "b"]})
    asset, *_ = joined(shop, places(shop, points(k=["a", "b"])), other, ["k"], ["k"])
    made, given = pq.read_table(asset.path), pq.read_table(other.path)
    for name in ("i", "n", "b", "d", "t", "z", "s"):
        assert made[name].type == given[name].type, name
        assert sorted(map(str, made[name].to_pylist())) == sorted(map(str, given[name].to_pylist())), name
    assert decimal.num_rows == 2


def test_decimals_keep_their_digits(shop: Workshop) -> None:
    digits = pa.array(["12345678901234567890.12345", None, "-0.00001"]).cast(pa.decimal128(30, 5))
    other = table(shop, pa.table({"k": ["a", "b", "c"], "v": digits}))
    asset, listed = joined(shop, places(shop, points(k=["a", "b"])), other, ["k"], ["k"])
    assert sorted(map(str, pq.read_table(asset.path)["v"].to_pylist())) == ["12345678901234567890.12345", "None"]
    assert [str(value) for value in pq.read_table(listed.path)["v"].to_pylist()] == ["-0.00001"]


def test_steps_of_the_recipe_follow_the_join(shop: Workshop) -> None:
    spatial = places(shop, points(k=["a", "b"]))
    other = table(shop, pa.table({"k": ["a", "b"], "v": [1, 2]}))
    steps = [{"step": "filter", "column": "v", "op": ">", "value": 1}, {"step": "reproject", "srid": 3857}]
    (asset,) = joined(shop, spatial, other, ["k"], ["k"], steps=steps)
    assert (asset.rows, asset.crs) == (1, "EPSG:3857")
    assert [step["step"] for step in asset.facts["steps"]] == ["filter", "reproject"]


def test_the_same_join_is_the_same_content(shop: Workshop) -> None:
    spatial = places(shop, points(k=["a", "b", "c"]))
    digests = set()
    for order in (["a", "b", "x"], ["x", "b", "a"]):
        other = table(shop, pa.table({"k": order, "v": [f"value of {key}" for key in order]}))
        asset, *_ = joined(shop, spatial, other, ["k"], ["k"])
        digests.add(asset.content_sha256)
        for name in ("spatial", "spatial_keys", "tabular", "tabular_keys", "pairs", "joined"):
            shop.conn.execute(f'DROP TABLE IF EXISTS "{shop.schema}"."{name}"')
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("keys", "other_keys", "what"),
    [
        (["nix"], ["k"], "spatial_keys: places v1 has no column 'nix'; it has k, day"),
        (["k"], ["nix"], "tabular_keys: table v1 has no column 'nix'; it has k, n"),
        (["day"], ["n"], "spatial_keys 'day' is .*, tabular_keys 'n' is int64: these are never the same"),
        (["k"], ["k"], r"no key is in both versions \(places v1 has 'a', table v1 has 'z'\)"),
    ],
)
def test_joins_that_cannot_be_meant(shop: Workshop, keys: list[str], other_keys: list[str], what: str) -> None:
    spatial = places(shop, points(k=["a"], day=pd.to_datetime(["2024-01-01"])))
    other = table(shop, pa.table({"k": ["z"], "n": [1]}))
    with pytest.raises(DeliveryError, match=what):
        joined(shop, spatial, other, keys, other_keys)


def test_a_version_of_several_files_needs_a_name(shop: Workshop) -> None:
    spatial = places(shop, points(k=["a"]))
    one = table(shop, pa.table({"k": ["a"], "v": [1]}))
    two = shop.folder / "other.parquet"
    pq.write_table(pa.table({"k": ["a"], "v": [2]}), two)
    given = as_input("table", one)
    several = type(given)(given.dataset, given.version, (*given.files, two), given.columns)
    inputs = {SPATIAL: as_input("places", spatial), TABULAR: several}
    with pytest.raises(
        DeliveryError, match=r"table v1: 2 files are a table: name one as its asset: other.parquet, table"
    ):
        build_join(shop, join_manifest(["k"], ["k"]), recipe(), {}, inputs)
    named = TABULAR.model_copy(update={"asset": "other.parquet"})
    manifest = join_manifest(["k"], ["k"], tabular={"dataset": "table", "asset": "other.parquet"})
    for name in ("spatial", "tabular"):
        shop.conn.execute(f'DROP TABLE IF EXISTS "{shop.schema}"."{name}"')
    (asset,) = build_join(shop, manifest, recipe(), {}, {SPATIAL: inputs[SPATIAL], named: several})
    assert pq.read_table(asset.path)["v"].to_pylist() == [2]
