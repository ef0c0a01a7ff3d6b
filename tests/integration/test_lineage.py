"""Lineage: from a delivered file over versions, batches and tables to marts, and back."""

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from enverus_elt import cli
from enverus_elt.hooks.warehouse import connect
from enverus_elt.lake.lineage import lineage
from enverus_elt.lake.publish import Parent
from enverus_elt.marts import load_marts
from tests.services.lake import MORE, published
from tests.services.site import Site

BATCH = """
UPDATE ops.load_batches SET state = 'archived', lake_dataset = 'wells-by-county', lake_version = 1
WHERE dataset = 'landtrac-leases' RETURNING batch_id
"""

LOGGED = re.compile(r"^\d{4}-\d\d-\d\dT.*\n", re.MULTILINE)  # Airflow's, which a test run has imported long before


def enverus(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli.app, words)
    return done.exit_code, LOGGED.sub("", done.stdout), done.stderr


def test_from_the_delivered_file_to_the_marts_and_back(site: Site, tmp_path: Path) -> None:
    site.change("landtrac-leases", {"LeaseID": 1, "UpdatedDate": "2024-01-01T00:00:00"}, clear=True)
    site.loaded("landtrac-leases", "run")
    with connect() as conn:
        published(conn, site.lake, tmp_path, "b-1")
        published(conn, site.lake, tmp_path, "b-2", MORE)
        parents = [Parent(dataset="wells", version=2)]
        published(conn, site.lake, tmp_path, "b-3", title="Wells by county", parents=parents)
        (row,) = conn.execute(BATCH).fetchall()
        batch = f"landtrac-leases #{row['batch_id']}"
        up = lineage(conn, "marts.leases_layer")
        down = lineage(conn, "b-2/wells.geojson", down=True)
        newest = lineage(conn, "wells")
        assert lineage(conn, "b-1/wells.geojson") == []
        assert lineage(conn, "wells/v1", down=True) == []
    steps = [(step["depth"], step["name"], step["parent"]) for step in up]
    assert steps[:2] == [(1, "marts.leases_layer", "core.landtrac_leases"), (2, "core.landtrac_leases", batch)]
    manifest_key = site.value("SELECT manifest_key FROM ops.load_batches")
    assert {(depth, parent) for depth, _, parent in steps[2:]} == {
        (3, "wells-by-county/v1"),
        (3, manifest_key),
        (4, "wells/v2"),
        (4, "b-3/wells.geojson"),
        (4, "b-3 #3"),
        (5, "b-2/wells.geojson"),
        (5, "b-2 #2"),
    }
    reached = {step["name"] for step in down}
    assert {"wells/v2", "wells-by-county/v1", batch, "core.landtrac_leases", "marts.leases_layer"} <= reached
    assert "wells/v1" not in reached
    assert {step["name"] for step in newest} == {"wells/v2"}


def test_every_mart_has_parents_that_are_there(site: Site) -> None:
    with connect() as conn:
        for mart in load_marts():
            steps = lineage(conn, f"marts.{mart.name}")
            assert {step["parent"] for step in steps if step["name"] == f"marts.{mart.name}"}
            for step in steps:
                assert site.value("SELECT to_regclass(%s) IS NOT NULL", step["parent"]), step


def test_the_command(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        published(conn, site.lake, tmp_path, "b-1")
    code, told, _ = enverus("lake", "lineage", "wells", "--json")
    assert code == 0
    assert {step["parent"] for step in json.loads(told)} == {"b-1/wells.geojson", "b-1 #1"}
    assert (
        enverus("lake", "lineage", "b-1/wells.geojson", "--down")[1]
        .splitlines()[1]
        .startswith("1      version  wells/v1")
    )
    code, told, errors = enverus("lake", "lineage", "nothing")
    assert (code, told) == (3, "")
    assert errors.startswith("nothing is known of 'nothing': say dataset/v1")
