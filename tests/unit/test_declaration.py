"""What the audit takes for declared: nothing that a statement or the catalog says is left out."""

import json
import re

import pytest

from enverus_elt.catalog import Dataset, load_catalog, load_dataset
from enverus_elt.marts import load_marts
from enverus_elt.paths import SQL
from enverus_elt.schema.declaration import declared, upsert_targets
from enverus_elt.schema.migration_files import create_ddl


def test_every_upsert_of_every_statement_is_a_target() -> None:
    said = sum(len(re.findall(r"\bON CONFLICT\b", path.read_text())) for path in SQL.rglob("*.sql"))
    targets = list(upsert_targets())
    assert len(targets) == said >= 6
    assert ("ops.load_batches", ["dataset", "airflow_run_id"]) in targets


def test_types_are_spelled_as_the_server_spells_them() -> None:
    relations = {r["relation"]: r for r in json.loads(declared(load_catalog(), load_marts())["relations"])}
    types = {column["name"]: column["type"] for column in relations["core.landtrac_leases"]["columns"]}
    assert types["county"] == "character varying(32)"
    assert types["record_date"] == "timestamp without time zone"
    assert types["updated_date"] == "timestamp with time zone"
    assert types["geom_poly"] == "geometry(MultiPolygon,4326)"
    staged = {column["name"]: column["type"] for column in relations["staging.landtrac_leases_raw"]["columns"]}
    assert staged["geom_poly"] == "geometry(Geometry,4326)"


def test_what_files_feed_is_declared_once_when_the_catalog_has_it(leases: Dataset) -> None:
    by_hand = declared([leases], ())
    assert [table["name"] for table in json.loads(by_hand["file_fed"])] == ["facility_sites", "pipelines"]
    pipelines = Dataset.model_validate({**leases.model_dump(), "id": "pipelines"})
    known = declared([pipelines], ())
    assert [table["name"] for table in json.loads(known["file_fed"])] == ["facility_sites"]
    assert [table["name"] for table in json.loads(known["standard"])] == ["pipelines", "facility_sites"]


@pytest.mark.parametrize(
    ("sensitive", "hidden"),
    [((), set()), (("acres",), {"acres", "row_hash"}), (("lease_id",), {"lease_id", "row_hash", "source_id", "id"})],
)
def test_readers_see_neither_sensitive_columns_nor_what_they_can_be_guessed_from(
    leases: Dataset, sensitive: tuple[str, ...], hidden: set[str]
) -> None:
    columns = tuple(c.model_copy(update={"sensitive": c.name in sensitive}) for c in leases.columns)
    dataset = leases.model_copy(update={"columns": columns})
    assert set(dataset.core_columns) - set(dataset.readable) == dataset.hidden == hidden
    ddl = create_ddl(dataset, depends="003_create_casting")
    (to_readers,) = re.findall(r"^GRANT SELECT([^;]*?)TO enverus_reader, ", ddl, re.MULTILINE)
    assert not [name for name in hidden if f'"{name}"' in to_readers]
    assert ("(" in to_readers) is bool(hidden)


def test_core_columns_are_those_of_the_ddl() -> None:
    for name in ("landtrac-leases", "production"):
        dataset = load_dataset(name)
        body = create_ddl(dataset, depends="003_create_casting").split("CREATE TABLE core.")[1].split("CONSTRAINT")[0]
        assert tuple(re.findall(r'^    "?(\w+)"? ', body, re.MULTILINE)) == dataset.core_columns
