"""A catalog that changes gets a migration that loses nothing, or is told why not."""

from pathlib import Path
from typing import Any

import pytest

from enverus_elt.catalog import Dataset
from enverus_elt.errors import CatalogError
from enverus_elt.schema.migration_files import differences, plan
from enverus_elt.schema.widening import widens

Facts = dict[str, Any]


@pytest.fixture
def planned(leases: Dataset, folder: Path) -> Path:
    """A folder with the migration that creates the leases' tables."""
    (folder / "001_create_schemas.sql").touch()
    plan(leases, folder)
    return folder


def changed(leases: Dataset, column: str, **facts: Any) -> Dataset:
    columns = [c.model_copy(update=facts if c.name == column else {}) for c in leases.columns]
    return leases.model_copy(update={"columns": tuple(columns)})


def added(leases: Dataset, **facts: Any) -> Dataset:
    data = leases.model_dump(mode="json")
    return Dataset.model_validate({**data, "columns": [*data["columns"], facts]})


def statements(path: Path | None) -> list[str]:
    assert path is not None
    text = path.read_text(encoding="utf-8")
    return [line for line in text[: text.find("SET ROLE")].splitlines() if line and not line.startswith("--")]


BONUS = {"name": "bonus", "source": "Bonus", "type": "real", "unit": "USD", "description": "Bonus paid"}


def test_a_new_column_is_added_with_its_comment(leases: Dataset, planned: Path) -> None:
    path = plan(added(leases, **BONUS), planned)
    assert path == planned / "003_alter_test_leases.sql"
    assert statements(path) == [
        'ALTER TABLE core."test_leases" ADD COLUMN "bonus" real;',
        'COMMENT ON COLUMN core."test_leases"."bonus" IS \'Bonus paid [USD]\';',
    ]
    assert "-- depends: 002_create_test_leases" in path.read_text(encoding="utf-8")


def test_what_is_planned_is_not_planned_again(leases: Dataset, planned: Path) -> None:
    wanted = added(leases, **BONUS)
    assert plan(wanted, planned)
    assert plan(wanted, planned) is None
    assert not differences(wanted, planned)
    assert plan(changed(wanted, "bonus", type="double precision"), planned) == planned / "004_alter_test_leases.sql"


def test_a_wider_type_a_missing_value_an_index_and_a_comment(leases: Dataset, planned: Path) -> None:
    wider = changed(leases, "county", type="varchar(64)", description="Name of the county").model_copy(
        update={"indexes": (("country", "county"),)}
    )
    assert statements(plan(wider, planned)) == [
        "SELECT ops.drop_marts_of('test-leases');",
        'ALTER TABLE core."test_leases" ALTER COLUMN "county" TYPE varchar(64);',
        'DROP INDEX core."test_leases_county";',
        'CREATE INDEX "test_leases_country_county" ON core."test_leases" ("country", "county");',
        'COMMENT ON COLUMN core."test_leases"."county" IS \'Name of the county\';',
    ]


def test_a_new_geometry_comes_with_its_index_and_its_check(leases: Dataset, planned: Path) -> None:
    shape = {"name": "geom_point", "source": "Geom_Point", "type": "Point", "repair": "quarantine"}
    data = leases.model_dump(mode="json")
    wanted = Dataset.model_validate({**data, "geometry": [*data["geometry"], shape]})
    valid = '"test_leases_geom_point_valid" CHECK (st_isvalid("geom_point"));'
    placed = '"test_leases_geom_point_srid" CHECK (st_srid("geom_point") = 4326);'
    assert statements(plan(wanted, planned)) == [
        'ALTER TABLE core."test_leases" ADD COLUMN "geom_point" geometry(Point, 4326);',
        f'ALTER TABLE core."test_leases" ADD CONSTRAINT {valid}',
        f'ALTER TABLE core."test_leases" ADD CONSTRAINT {placed}',
        'CREATE INDEX "test_leases_geom_point" ON core."test_leases" USING gist ("geom_point");',
        'COMMENT ON COLUMN core."test_leases"."geom_point" IS \'geom_point\';',
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"columns": {"federal": None}}, "column federal is in core and no longer in the catalog"),
        (
            {"columns": {"county": {"type": "varchar(16)"}}},
            "column county is varchar(32) in core, and varchar(16) does",
        ),
        ({"columns": {"acres": {"type": "real", "minimum": 0, "maximum": 9}}}, "column acres is double precision"),
        ({"columns": {"county": {"nullable": False}}}, "column county may be empty in core"),
        ({"load": {"key": ["lease_id", "county"]}, "columns": {"county": {"nullable": False}}}, "test_leases_key"),
        ({"load": {"history": "versioned"}}, "constraint test_leases_pkey"),
        (
            {"partition": {"by": "hash", "column": "lease_id", "parts": 4}},
            "partitions: none in core, PARTITION BY HASH",
        ),
        ({"geometry": [{"name": "geom_poly", "source": "Geom_Poly", "type": "Point"}]}, "geom_poly is geometry(Multi"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value[:40],
)
def test_what_could_lose_something_is_refused_and_nothing_is_written(
    leases: Dataset, planned: Path, change: Facts, reason: str
) -> None:
    with pytest.raises(CatalogError) as caught:
        plan(edited(leases, change), planned)
    lines = str(caught.value).splitlines()
    assert any(line.startswith("test-leases.yaml: ") and reason in line for line in lines), lines
    assert sorted(path.name for path in planned.iterdir()) == ["001_create_schemas.sql", "002_create_test_leases.sql"]


def test_a_new_column_that_must_not_be_empty_is_refused(leases: Dataset, planned: Path) -> None:
    with pytest.raises(CatalogError, match="column bonus is new, so no row of core has a value"):
        plan(added(leases, **BONUS, nullable=False), planned)


def edited(leases: Dataset, change: Facts) -> Dataset:
    data = leases.model_dump(mode="json", exclude_none=True)
    columns = change.pop("columns", {}) if (change := dict(change)) else {}
    kept = [
        {**c, **(columns.get(c["name"]) or {})} for c in data["columns"] if columns.get(c["name"], True) is not None
    ]
    load = {**data["load"], **change.pop("load", {})}
    return Dataset.model_validate({**data, "load": load, "columns": kept, **change})


@pytest.mark.parametrize(
    ("before", "after", "loses_nothing"),
    [
        ("varchar(8)", "varchar(16)", True),
        ("varchar(16)", "varchar(8)", False),
        ("varchar(16)", "text", True),
        ("text", "varchar(16)", False),
        ("integer", "bigint", True),
        ("bigint", "integer", False),
        ("bigint", "double precision", False),
        ("real", "double precision", True),
        ("numeric(8,2)", "numeric(10,2)", True),
        ("numeric(8,2)", "numeric(8,4)", False),
        ("numeric(8,2)", "numeric", True),
        ("date", "timestamp", True),
        ("timestamp", "timestamptz", False),
        ("boolean", "text", False),
    ],
)
def test_only_a_type_that_holds_every_value_is_wider(before: str, after: str, loses_nothing: bool) -> None:
    assert widens(before, after) is loses_nothing
