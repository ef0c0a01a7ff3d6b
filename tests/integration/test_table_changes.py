"""A catalog that grows while there are rows: planned, applied, loaded, and marts made anew."""

import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.errors import CatalogError, TerminalError
from enverus_elt.hooks.connections import WAREHOUSE_OWNER
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.marts import load_marts
from enverus_elt.paths import MIGRATIONS
from enverus_elt.schema.migrate import Applied, migrate
from enverus_elt.schema.migration_files import plan
from enverus_elt.steps.merge import Merged
from tests.services.site import Site

LEASES, PRODUCTION = "landtrac-leases", "production"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


def apply(folder: Path) -> Applied:
    with connect(WAREHOUSE_OWNER) as conn:
        return migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts(), folder)


def grown(dataset: Dataset) -> Dataset:
    """One column more, and one that holds more."""
    data = dataset.model_dump(mode="json")
    wider = {"county": {"type": "varchar(64)"}}
    columns = [{**column, **wider.get(column["name"], {})} for column in data["columns"]]
    fresh = {"name": "agent", "source": "Agent", "type": "varchar(16)", "description": "Who recorded it"}
    return Dataset.model_validate({**data, "columns": [*columns, fresh]})


def test_a_table_with_rows_grows_and_the_next_load_fills_it(site: Site, folder: Path) -> None:
    site.loaded(LEASES, "before")
    site.staged(LEASES, "waiting")
    wanted = grown(load_dataset(LEASES))
    path = plan(wanted, folder)
    assert path is not None
    done = apply(folder)
    assert done.migrations == [path.stem]
    assert set(done.marts) == {mart.name for mart in load_marts() if LEASES in mart.inputs}
    assert apply(folder) == ([], [], [])
    assert order(site, "staging.landtrac_leases_raw")[3:-1] == list(wanted.all_names)
    assert site.value("SELECT count(*) FROM staging.landtrac_leases_raw") == 2 * 2591
    row = {"LeaseID": 1, "UpdatedDate": "2024-06-01T00:00:00", "County": "X" * 60, "Agent": "county clerk"}
    site.change(LEASES, row, columns=[{"name": "Agent", "type": "TEXT"}])
    assert load(site, wanted, "after").inserted == 1
    assert site.rows("SELECT agent, length(county) AS long FROM core.landtrac_leases WHERE lease_id = 1") == [
        {"agent": "county clerk", "long": 60}
    ]


def test_an_applied_migration_that_was_edited_is_named_and_nothing_is_applied(site: Site, folder: Path) -> None:
    path = folder / "005_create_well_headers.sql"
    path.write_text(path.read_text().replace("varchar(16)", "varchar(17)"))
    wanted = grown(load_dataset(LEASES))
    plan(wanted, folder)
    with pytest.raises(CatalogError, match=r"^005_create_well_headers\.sql: .* restore it") as caught:
        apply(folder)
    assert len(str(caught.value).splitlines()) == 1
    path.unlink()
    with pytest.raises(CatalogError, match=r"^005_create_well_headers\.sql: .* is gone"):
        apply(folder)
    assert "agent" not in order(site, "core.landtrac_leases")


def test_a_migration_that_fails_leaves_nothing_and_can_be_run_again(site: Site, folder: Path) -> None:
    last = max(folder.glob("*.sql"))
    path = folder / f"{int(last.stem[:3]) + 1:03d}_add_things.sql"
    depends = f"-- depends: {last.stem}\n"
    path.write_text(f"{depends}CREATE TABLE core.things (id int);\nALTER TABLE core.nothing ADD COLUMN a int;\n")
    with pytest.raises(TerminalError, match=rf"^{path.name}: .*core\.nothing"):
        apply(folder)
    assert site.value("SELECT to_regclass('core.things')") is None
    path.write_text(f"{depends}CREATE TABLE core.things (id int);\n")
    assert apply(folder).migrations == [path.stem]


def test_a_month_gets_its_partition_when_its_first_row_arrives(site: Site) -> None:
    rows = [month(1, "2023-12-01"), month(2, "2024-02-01"), month(3, "1850-01-01"), month(4, "1849-12-01")]
    site.change(PRODUCTION, *rows, clear=True)
    production = load_dataset(PRODUCTION)
    lenient = production.load.model_copy(update={"most_quarantined": 1})
    production = production.model_copy(update={"load": lenient})
    assert load(site, production, "first").inserted == 3
    assert partitions(site) == ["production_1850_01", "production_2023_12", "production_2024_02"]
    assert site.rows("SELECT column_name, reason FROM ops.quarantine") == [
        {"column_name": "producing_month", "reason": "the month is not one of the years 1850 to 2100"}
    ]
    site.change(PRODUCTION, {**month(2, "2024-02-01"), "UpdatedDate": "2024-05-02T00:00:00", "Prod_OilBBL": 7})
    assert load(site, production, "second").updated == 1
    versions = "SELECT count(*) FROM core.production WHERE tableoid = 'core.production_2024_02'::regclass"
    assert site.value(versions) == 2


def test_the_loader_makes_partitions_and_nothing_else(site: Site) -> None:
    with site.warehouse() as conn:
        with pytest.raises(psycopg.errors.RaiseException, match="is not partitioned by month"):
            conn.execute("SELECT ops.make_month_partitions('wells', ARRAY['2024-01-01'::date])")
        with pytest.raises(psycopg.errors.UndefinedTable):
            conn.execute("SELECT ops.make_month_partitions('wells (LIKE core.wells); --', ARRAY['2024-01-01'::date])")
        assert site.value("SELECT ops.make_month_partitions('production', NULL)") == 0
    with site.warehouse("reader") as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("SELECT ops.make_month_partitions('production', ARRAY['2024-01-01'::date])")


def load(site: Site, dataset: Dataset, run_id: str) -> Merged:
    """Load without a judgement: the shipped suite knows nothing of columns that a test adds."""
    batch_id = site.staged(dataset, run_id)
    with connect() as conn:
        site.approve(conn, dataset.id, batch_id)
    return site.merged(dataset, batch_id)


def month(number: int, first_day: str) -> dict[str, Any]:
    return {"ProductionID": number, "UpdatedDate": "2024-05-01T00:00:00", "ProducingMonth": f"{first_day}T00:00:00"}


def partitions(site: Site) -> list[str]:
    query = "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'core.production'::regclass"
    return sorted(row["name"].removeprefix("core.") for row in site.rows(query))


def order(site: Site, table: str) -> list[str]:
    query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    return [row["attname"] for row in site.rows(f"{query} ORDER BY attnum", table)]
