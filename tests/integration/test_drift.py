"""The source's fields are not for ever those of the catalog: what each policy makes of it."""

import json
import logging
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.cli import app
from enverus_elt.errors import SourceError
from enverus_elt.hooks.warehouse import connect
from enverus_elt.paths import CATALOG
from enverus_elt.steps.drift import MEANING
from enverus_elt.steps.merge import merge
from enverus_elt.steps.stage import stage
from tests.services.site import Site

HEADERS, PRODUCTION = "well-headers", "production"
NEW = [{"name": "ENVScore", "type": "DOUBLE PRECISION"}]


def enverus(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def changed(name: str, *, renamed: dict[str, str] | None = None, **load: Any) -> Dataset:
    """A dataset whose catalog file says something else."""
    facts = load_dataset(name).model_dump()
    facts["load"] |= load
    for column in facts["columns"]:
        column["source"] = (renamed or {}).get(column["name"], column["source"])
    return Dataset.model_validate(facts)


def load(site: Site, dataset: Dataset, run_id: str) -> Any:
    batch_id = site.extracted(dataset, run_id)
    with connect() as conn:
        stage(conn, site.store, dataset, batch_id)
        site.approve(conn, dataset.id, batch_id)
        return merge(conn, dataset, batch_id)


@pytest.fixture
def wells(site: Site) -> Site:
    rows = [{"WellID": key, "UpdatedDate": "2024-05-01T00:00:00", "WellName": f"W{key}"} for key in range(1, 5)]
    site.change(HEADERS, *rows, clear=True)
    load(site, load_dataset(HEADERS), "first")
    return site


def test_a_new_field_is_kept_raw_and_reported_once(wells: Site, caplog: pytest.LogCaptureFixture) -> None:
    wells.change(HEADERS, {"WellID": 1, "ENVScore": 0.5}, columns=NEW)
    with caplog.at_level(logging.WARNING):
        for run_id in ("second", "third"):
            assert load(wells, load_dataset(HEADERS), run_id).unchanged == 4
    assert [record.getMessage() for record in caplog.records if "ENVScore" in record.getMessage()] == [
        f"well-headers: ENVScore: {MEANING['unknown']}"
    ]
    (entry,) = json.loads(enverus("drift", "list", "--json").stdout)
    assert (entry["field"], entry["kind"], entry["first_batch"], entry["last_batch"]) == ("ENVScore", "unknown", 2, 3)


def test_a_frozen_dataset_stops_at_a_new_field_and_an_ignoring_one_says_nothing(wells: Site) -> None:
    wells.change(HEADERS, {"WellID": 1, "ENVScore": 0.5}, columns=NEW)
    with pytest.raises(SourceError, match="not the catalog's: ENVScore is new"):
        wells.extracted(changed(HEADERS, drift="freeze"), "frozen")
    load(wells, changed(HEADERS, drift="ignore"), "ignored")
    assert wells.value("SELECT count(*) FROM ops.schema_drift") == 0
    query = "SELECT extra FROM staging.well_headers_raw WHERE well_id = 1 ORDER BY load_batch_id DESC LIMIT 1"
    assert wells.value(query) == {"ENVScore": 0.5}


def test_a_field_that_is_gone_leaves_what_core_knows(wells: Site) -> None:
    gone = changed(HEADERS, renamed={"well_name": "WellNameNow"})
    wells.change(HEADERS, {"WellID": 1, "County": "KERN"}, {"WellID": 9, "UpdatedDate": "2024-05-01T00:00:00"})
    outcome = load(wells, gone, "second")
    assert (outcome.inserted, outcome.updated, outcome.unchanged) == (1, 1, 3)
    rows = wells.rows("SELECT well_id, well_name, county FROM core.well_headers WHERE well_id IN (1, 9) ORDER BY 1")
    assert rows == [
        {"well_id": 1, "well_name": "W1", "county": "KERN"},
        {"well_id": 9, "well_name": None, "county": None},
    ]
    kinds = {(entry["field"], entry["kind"]) for entry in json.loads(enverus("drift", "list", "--json").stdout)}
    assert kinds == {("WellNameNow", "absent"), ("WellName", "unknown")}
    # The field comes back: what changed meanwhile is loaded.
    wells.change(HEADERS, {"WellID": 2, "WellName": "RENAMED"})
    back = load(wells, load_dataset(HEADERS), "third")
    assert back.updated == 2  # the row that changed, and the one that was stored without the field
    assert wells.value("SELECT well_name FROM core.well_headers WHERE well_id = 2") == "RENAMED"


def test_a_version_keeps_what_its_source_left_out(site: Site) -> None:
    row = {"ProductionID": 1, "UpdatedDate": "2024-05-01T00:00:00", "ProducingMonth": "2024-01-01T00:00:00"}
    site.change(PRODUCTION, {**row, "ENVBasin": "B1"}, clear=True)
    load(site, load_dataset(PRODUCTION), "first")
    site.change(PRODUCTION, {**row, "UpdatedDate": "2024-05-02T00:00:00", "County": "KERN"})
    load(site, changed(PRODUCTION, renamed={"env_basin": "BasinNow"}), "second")
    rows = site.rows("SELECT is_current, env_basin, county FROM core.production ORDER BY valid_from")
    assert rows == [
        {"is_current": False, "env_basin": "B1", "county": None},
        {"is_current": True, "env_basin": "B1", "county": "KERN"},
    ]


@pytest.mark.parametrize(("name", "policy"), [("well_id", "ignore"), ("county", "freeze")])
def test_what_core_cannot_be_without_stops_the_load(wells: Site, name: str, policy: str) -> None:
    with pytest.raises(SourceError, match="no row has"):
        wells.extracted(changed(HEADERS, renamed={name: "Elsewhere"}, drift=policy), "second")


def test_a_field_whose_values_have_another_type_is_reported(wells: Site) -> None:
    rows = [{"WellID": 100 + key, "UpdatedDate": "2024-05-01T00:00:00", "Latitude": "N 29 W 90"} for key in range(12)]
    wells.change(HEADERS, *rows)
    wells.staged(HEADERS, "second")
    assert json.loads(enverus("drift", "list", "--json").stdout)[0]["kind"] == "type"


def test_the_vendors_live_ddl_is_compared_and_proposed_as_a_patch(wells: Site, tmp_path: Path) -> None:
    agreed = enverus("drift", "diff", HEADERS)
    assert (agreed.exit_code, agreed.stdout) == (0, "well-headers: the catalog and the vendor's DDL agree\n")
    assert enverus("drift", "patch", HEADERS).stdout == ""
    wells.change(HEADERS, columns=[*NEW, {"name": "ENVIsShutIn", "type": "TEXT"}])
    found = enverus("drift", "diff", HEADERS, "--json")
    assert found.exit_code == 1
    assert [entry["field"] for entry in json.loads(found.stdout)] == ["ENVIsShutIn", "ENVScore"]
    copy = tmp_path / "include" / "catalog" / f"{HEADERS}.yaml"
    copy.parent.mkdir(parents=True)
    copy.write_bytes((CATALOG / copy.name).read_bytes())
    patch = enverus("drift", "patch", HEADERS).stdout
    subprocess.run(["git", "apply", "-"], input=patch, text=True, cwd=tmp_path, check=True)
    known = load_dataset(HEADERS, copy.parent)
    assert (known.by_name["env_score"].type, known.by_name["env_is_shut_in"].type) == ("double precision", "text")
