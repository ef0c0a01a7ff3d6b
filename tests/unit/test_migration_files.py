"""Migrations on disk: what is committed is what the catalog says, and the next one gets the next number."""

import re
from pathlib import Path

import pytest

from enverus_elt.catalog import Dataset, load_catalog
from enverus_elt.errors import CatalogError
from enverus_elt.paths import MIGRATIONS
from enverus_elt.schema.migration_files import create_ddl, migrations, plan, planned_in


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / f"{name}.sql").touch()


@pytest.mark.parametrize("dataset", list(load_catalog()), ids=lambda dataset: dataset.id)
def test_the_committed_migration_creates_what_the_catalog_says(dataset: Dataset) -> None:
    path = planned_in(dataset)
    assert path is not None
    names = migrations()
    assert path.read_text(encoding="utf-8") == create_ddl(dataset, depends=names[names.index(path.stem) - 1])


def test_every_migration_depends_on_the_one_before_it() -> None:
    names = migrations()
    texts = [(MIGRATIONS / f"{name}.sql").read_text(encoding="utf-8") for name in names[1:]]
    assert [re.search(r"^-- depends: (\S+)$", text, re.MULTILINE)[1] for text in texts] == names[:-1]  # type: ignore[index]


def test_the_committed_migrations_are_numbered_from_1_without_gaps() -> None:
    assert [int(name[:3]) for name in migrations()] == list(range(1, len(migrations()) + 1))


def test_the_same_dataset_gives_the_same_ddl(leases: Dataset) -> None:
    again = Dataset.model_validate(leases.model_dump())
    assert create_ddl(leases, depends="001_a") == create_ddl(again, depends="001_a")


@pytest.mark.parametrize(
    "line",
    [
        "-- depends: 003_create_casting",
        'CREATE TABLE core."test_leases" (',
        '    "lease_id" bigint NOT NULL,',
        '    "county" varchar(32),',
        '    "geom_poly" geometry(MultiPolygon, 4326),',
        'CREATE INDEX "test_leases_county" ON core."test_leases" ("county");',
        'CREATE TABLE staging."test_leases_raw" (',
        '    "lease_id" bigint,',
        '    "geom_poly" geometry(Geometry, 4326),',
        'CREATE VIEW staging."test_leases" AS',
    ],
)
def test_the_ddl_creates_core_and_staging(leases: Dataset, line: str) -> None:
    assert line in create_ddl(leases, depends="003_create_casting").splitlines()


def test_text_of_the_catalog_cannot_leave_its_literal(leases: Dataset) -> None:
    dataset = leases.model_copy(update={"description": "It's; DROP TABLE core.wells; --"})
    assert "IS 'It''s; DROP TABLE core.wells; --';" in create_ddl(dataset, depends="001_a")


@pytest.mark.parametrize(("history", "versioned"), [("current", False), ("versioned", True)])
def test_only_a_versioned_dataset_keeps_the_time_of_its_rows(leases: Dataset, history: str, versioned: bool) -> None:
    dataset = Dataset.model_validate({**leases.model_dump(), "load": {**leases.load.model_dump(), "history": history}})
    assert ("valid_from" in create_ddl(dataset, depends="001_a")) is versioned


def test_the_next_migration_gets_the_next_number_and_depends_on_the_last(leases: Dataset, folder: Path) -> None:
    make(folder, "001_create_schemas", "009_create_wells")
    path = plan(leases, folder)
    assert path == folder / "010_create_test_leases.sql"
    assert path.read_text(encoding="utf-8") == create_ddl(leases, depends="009_create_wells")


def test_a_dataset_planned_in_once(leases: Dataset, folder: Path) -> None:
    make(folder, "001_create_schemas")
    assert not planned_in(leases, folder)
    plan(leases, folder)
    assert planned_in(leases, folder)
    assert plan(leases, folder) is None
    assert len(migrations(folder)) == 2


def test_another_datasets_migration_is_not_this_ones(leases: Dataset, folder: Path) -> None:
    make(folder, "001_create_test_leases_archive", "002_recreate_test_leases")
    assert not planned_in(leases, folder)


@pytest.mark.parametrize("name", ["1_a", "create_wells", "0001_a", "001-a", "001_A", "001_a b", "001_", "abc_a"])
def test_an_odd_name_is_refused_before_it_runs_out_of_order(folder: Path, name: str) -> None:
    make(folder, "001_create_schemas", name)
    with pytest.raises(CatalogError, match=f"NNN_verb_object.sql, unlike {name}$"):
        migrations(folder)


def test_migrations_come_in_the_order_of_their_numbers(folder: Path) -> None:
    make(folder, "010_a", "002_b", "001_c")
    (folder / "README.md").touch()
    assert migrations(folder) == ["001_c", "002_b", "010_a"]
