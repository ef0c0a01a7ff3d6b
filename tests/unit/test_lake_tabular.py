"""Delivered tables become Parquet: what is in them stays, and what was found out about them is on record."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from enverus_elt.errors import CatalogError, DeliveryError
from enverus_elt.lake.built import BuiltAsset
from enverus_elt.lake.tabular import build_tabular
from tests.unit.delivered_files import BOREHOLES, delivered, manifest_of, recipe_of, workshop


def built(path: Path, folder: Path, *steps: dict[str, Any], form: str = "csv", **more: Any) -> BuiltAsset:
    file = delivered(f"Wells 2024.{form}", "tabular", form, **more)
    (asset,) = build_tabular(workshop(folder), manifest_of(file), recipe_of("tabular", *steps), {file.path: path}, {})
    return asset


def of_text(text: str, folder: Path, *steps: dict[str, Any]) -> BuiltAsset:
    path = folder / "local.csv"
    path.write_text(text)
    return built(path, folder, *steps)


def test_the_boreholes_of_bsee_come_out_as_they_are(tmp_path: Path) -> None:
    """Against Arrow's own reader, value by value; the API numbers of Alabama come after 3,000 without a zero."""
    asset = built(BOREHOLES, tmp_path)
    assert (asset.name, asset.rows) == ("wells_2024.parquet", 57_219)
    raw = pyarrow.csv.read_csv(BOREHOLES, convert_options=pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(pyarrow.csv.open_csv(BOREHOLES).schema.names, pa.string())))  # fmt: skip
    made = pq.read_table(asset.path)
    assert made.num_rows == raw.num_rows
    for column, name in zip(asset.columns, raw.column_names, strict=True):
        assert column.source == name
        before, after = raw[name], made[column.name]
        if pa.types.is_string(after.type):
            assert pc.all(pc.equal(pc.fill_null(after, ""), before)).as_py(), name
        else:
            numbers = pc.cast(pc.if_else(pc.equal(before, ""), None, pc.utf8_trim(before, " ")), pa.float64())
            assert pc.cast(after, pa.float64()).equals(numbers), name
    types = {column.name: column.type for column in asset.columns}
    assert types["api_well_number"] == "string"
    assert (types["water_depth"], types["surf_latitude"]) == ("int64", "double")
    facts = asset.facts["columns"]
    assert facts["api_well_number"]["text_because_of"] == {"row": 3446, "value": "043112002200", "not": "integer"}
    assert facts["bh_total_md"]["text_because_of"] == {"row": 420, "value": "*****", "not": "integer"}
    assert facts["well_spud_date"]["empty"] == 1050


def test_another_reader_sees_the_same(tmp_path: Path) -> None:
    asset = built(BOREHOLES, tmp_path)
    query = f"""
        SELECT count(*), count(DISTINCT api_well_number), sum(water_depth), min(surf_latitude), max(surf_longitude)
        FROM '{asset.path}'"""
    raw = f"""
        SELECT count(*), count(DISTINCT API_WELL_NUMBER), sum(WATER_DEPTH::bigint), min(SURF_LATITUDE::double),
            max(SURF_LONGITUDE::double) FROM read_csv('{BOREHOLES}', all_varchar = true)"""
    assert duckdb.sql(query).fetchall() == duckdb.sql(raw).fetchall()


def test_the_same_content_has_the_same_digest_whatever_its_bytes(tmp_path: Path) -> None:
    one = of_text("a,b\n1,x\n2,\n", tmp_path).content_sha256
    assert of_text('"a";"b"\r\n1;"x"\r\n2;""\r\n', tmp_path).content_sha256 == one
    for other in ("a,b\n1,x\n2,y\n", "a,b\n2,\n1,x\n", "a,c\n1,x\n2,\n", "a,b\n1.0,x\n2,\n", "a,b\n1,x\n"):
        assert of_text(other, tmp_path).content_sha256 != one


def test_duplicate_and_odd_headers(tmp_path: Path) -> None:
    asset = of_text("Well Name,well_name,,2024 Oil\na,b,c,1\n", tmp_path)
    assert [(column.name, column.source) for column in asset.columns] == [
        ("well_name", "Well Name"), ("well_name_2", "well_name"), ("column_3", ""), ("c_2024_oil", "2024 Oil"),
    ]  # fmt: skip


def test_a_table_without_rows(tmp_path: Path) -> None:
    asset = of_text("a,b\n", tmp_path)
    assert asset.rows == 0
    assert pq.read_table(asset.path).schema.names == ["a", "b"]


def test_parquet_is_written_anew_with_names_that_the_lake_has(tmp_path: Path) -> None:
    table = pa.table(
        {
            "Well Name": pa.array(["a", None, "c"]).dictionary_encode(),
            "Big": pa.array([0, 1, 2**64 - 1], pa.uint64()),
            "At": pa.array([0, 1, 10**15], pa.timestamp("us", "America/Chicago")),
            "Cost": pa.array([Decimal("1.50"), None, Decimal("-2.25")]),
            "Nothing": pa.nulls(3),
        }
    )
    pq.write_table(table, tmp_path / "local.parquet")
    asset = built(tmp_path / "local.parquet", tmp_path, form="parquet")
    made = pq.read_table(asset.path)
    assert made.schema.names == ["well_name", "big", "at", "cost", "nothing"]
    assert made["well_name"].to_pylist() == ["a", None, "c"]
    assert made["big"].to_pylist() == [0, 1, 2**64 - 1]
    assert made["at"].to_pylist() == table["At"].to_pylist()
    assert made["cost"].to_pylist() == table["Cost"].to_pylist()


def test_parquet_that_is_none_or_has_geometry(tmp_path: Path) -> None:
    path = tmp_path / "local.parquet"
    path.write_bytes(b"PAR1 no more")
    with pytest.raises(DeliveryError, match="not a readable Parquet file"):
        built(path, tmp_path, form="parquet")
    pq.write_table(pa.table({"a": [1]}).replace_schema_metadata({"geo": "{}"}), path)
    with pytest.raises(DeliveryError, match="deliver it as type vector"):
        built(path, tmp_path, form="parquet")


RENAME = {"step": "rename", "columns": {"a": "well", "b": "a"}}


def test_steps_one_after_the_other(tmp_path: Path) -> None:
    cast = {"step": "cast", "columns": {"well": "varchar(3)", "a": "numeric(6, 2)"}}
    keep = {"step": "filter", "column": "a", "op": ">=", "value": 1.5}
    asset = of_text("a,b,c\n1,1.25,x\n2,1.50,y\n,,z\n4, 20 ,w\n", tmp_path, RENAME, cast, keep)
    made = pq.read_table(asset.path)
    assert made.schema.types == [pa.string(), pa.decimal128(6, 2), pa.string()]
    assert made.to_pydict() == {"well": ["2", "4"], "a": [Decimal("1.50"), Decimal("20.00")], "c": ["y", "w"]}
    assert [(column.name, column.source) for column in asset.columns] == [("well", "a"), ("a", "b"), ("c", "c")]
    assert asset.facts["steps"][2] == {"step": "filter", "condition": "a >= 1.5", "kept": 2, "dropped": 2}


def test_a_cast_to_text_keeps_every_letter(tmp_path: Path) -> None:
    asset = of_text("a\n1.50\n2\n", tmp_path, {"step": "cast", "columns": {"a": "text"}})
    assert pq.read_table(asset.path).to_pydict() == {"a": ["1.50", "2"]}


@pytest.mark.parametrize(
    ("text", "declared", "value"),
    [
        ("a\n1\n2\nx\n", "integer", "'x'"),
        ("a\n1\n2\n70000\n", "smallint", "'70000'"),
        ("a\n1.5\n1.25\n1.255\n", "numeric(4, 2)", "'1.255'"),
        ("a\n2024-01-01\n2024-01-02\n2024-02-30\n", "date", "'2024-02-30'"),
        ("a\nab\nabc\nabcd\n", "varchar(3)", "'abcd'"),
        ("a\ntrue\nfalse\n2\n", "boolean", "'2'"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_row(tmp_path: Path, text: str, declared: str, value: str) -> None:
    with pytest.raises(DeliveryError) as error:
        of_text(text, tmp_path, {"step": "cast", "columns": {"a": declared}})
    assert f"step 1, cast: column a, row 3 of the data: {value} is no {declared}" in str(error.value)


def test_nothing_is_rounded_to_make_it_fit(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [0.5, 0.125]}), tmp_path / "local.parquet")
    with pytest.raises(DeliveryError, match=r"row 2 of the data: '0.125' is no numeric\(4, 2\)"):
        built(tmp_path / "local.parquet", tmp_path, {"step": "cast", "columns": {"a": "numeric(4, 2)"}}, form="parquet")


@pytest.mark.parametrize(
    ("step", "error", "what"),
    [
        ({"step": "rename", "columns": {"nix": "b"}}, DeliveryError, "no column nix"),
        ({"step": "rename", "columns": {"a": "b"}}, DeliveryError, "two columns would be called b"),
        ({"step": "cast", "columns": {"nix": "text"}}, DeliveryError, "no column nix"),
        ({"step": "cast", "columns": {"a": "numeric"}}, CatalogError, "Parquet has no numeric"),
        ({"step": "filter", "column": "nix", "op": "=", "value": 1}, DeliveryError, "no column nix"),
        ({"step": "filter", "column": "a", "op": "=", "value": "x"}, DeliveryError, "not compared with 'x'"),
        ({"step": "filter", "column": "b", "op": "=", "value": 1}, DeliveryError, "not compared with 1"),
    ],
)
def test_steps_that_do_not_fit_the_table(
    tmp_path: Path, step: dict[str, Any], error: type[Exception], what: str
) -> None:
    with pytest.raises(error, match=what):
        of_text("a,b\n1,x\n", tmp_path, step)


@pytest.mark.parametrize(
    ("op", "kept"), [("=", [2]), ("<>", [1, 3]), ("<", [1]), ("<=", [1, 2]), (">", [3]), (">=", [2, 3])]
)
def test_filters(tmp_path: Path, op: str, kept: list[int]) -> None:
    asset = of_text("a,b\n1,x\n2,y\n,z\n3,w\n", tmp_path, {"step": "filter", "column": "a", "op": op, "value": 2})
    assert pq.read_table(asset.path)["a"].to_pylist() == kept


def test_filters_of_dates(tmp_path: Path) -> None:
    step = {"step": "filter", "column": "a", "op": ">", "value": "2024-01-01"}
    asset = of_text("a\n2024-01-01\n2024-01-02\n", tmp_path, step)
    assert asset.rows == 1


def test_nothing_is_left_of_what_failed(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError):
        of_text("a\n1\nx\n", tmp_path, {"step": "cast", "columns": {"a": "integer"}})
    assert not list((tmp_path / "assets").iterdir())
