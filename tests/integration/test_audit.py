"""`enverus audit`: nothing is missing on a migrated warehouse, and each thing that is taken away or added is a line."""

import json

import psycopg
import pytest
from typer.testing import CliRunner

from enverus_elt import cli
from enverus_elt.catalog import load_catalog
from enverus_elt.marts import load_marts
from enverus_elt.schema.audit import Finding, answer, questions
from enverus_elt.schema.declaration import declared
from sandbox.stack import Stack
from tests.integration.broken_warehouses import BROKEN
from tests.services.site import Site


def enverus(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli.app, words)
    return done.exit_code, done.stdout, done.stderr


def test_nothing_is_missing_on_a_migrated_warehouse(site: Site) -> None:
    assert enverus("audit") == (0, f"{len(BROKEN)} questions, nothing missing\n", "")
    assert enverus("audit", "--json")[:2] == (0, "[]\n")


def test_nothing_is_missing_after_loads(site: Site) -> None:
    """Partitions come and go, and an attempt that died leaves its table: none of it is anybody's declaration."""
    site.change("landtrac-leases", {"LeaseID": 1, "UpdatedDate": "2024-01-01T00:00:00"}, clear=True)
    site.loaded("landtrac-leases", "run")
    with site.warehouse() as conn:
        conn.execute("CREATE TABLE staging.landtrac_leases_left_over (LIKE staging.landtrac_leases_raw)")
    assert enverus("audit")[0] == 0


def test_every_question_is_tried() -> None:
    assert sorted(BROKEN) == questions()


@pytest.mark.parametrize("question", BROKEN)
def test_what_is_broken_is_a_line(services: Stack, question: str) -> None:
    """As the server's superuser, for it is the only one who can break everything; each time in a transaction."""
    values = declared(load_catalog(), load_marts())
    with psycopg.connect(services.superuser("warehouse"), row_factory=psycopg.rows.dict_row) as conn:
        for statement, lines in BROKEN[question]:
            with conn.transaction(force_rollback=True):
                conn.execute(statement)
                assert [item.finding for item in answer(conn, question, values)] == lines, statement


def test_findings_go_to_stderr_a_line_each_or_to_stdout_as_json(site: Site) -> None:
    with site.warehouse("owner") as conn:
        conn.execute("DROP INDEX core.wells_geom_line, core.wells_geom_point")
    lines = ["core.wells.geom_line: no GiST index", "core.wells.geom_point: no GiST index"]
    assert enverus("audit") == (1, "", "".join(f"{line}\n" for line in lines))
    code, told, _ = enverus("audit", "--json")
    assert (code, json.loads(told)) == (1, [Finding("find_loose_geometries", line)._asdict() for line in lines])
