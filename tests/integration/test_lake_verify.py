"""`enverus lake verify`: whatever is not as recorded is a line, and nothing else is."""

import json
import re
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from enverus_elt import cli
from enverus_elt.hooks.connections import DATA_LAKE
from enverus_elt.hooks.object_store import object_store
from enverus_elt.hooks.warehouse import connect
from enverus_elt.lake.catalog import rewrite_catalog
from enverus_elt.lake.verify import Finding, verify
from tests.services.lake import MORE, published, taken
from tests.services.site import Site

LOGGED = re.compile(r"^\d{4}-\d\d-\d\dT.*\n", re.MULTILINE)  # Airflow's, which a test run has imported long before


def enverus(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli.app, words)
    return done.exit_code, LOGGED.sub("", done.stdout), done.stderr


@pytest.fixture
def lake_site(site: Site, tmp_path: Path) -> Site:
    """Two versions of wells and one of leases."""
    with connect() as conn:
        published(conn, site.lake, tmp_path, "b-1")
        published(conn, site.lake, tmp_path, "b-2", MORE)
        published(conn, site.lake, tmp_path, "b-3", title="Leases")
    return site


def test_an_empty_lake_is_whole(site: Site) -> None:
    assert enverus("lake", "verify") == (0, "0 versions, 0 objects, 0 bytes: all as recorded\n", "")
    assert enverus("lake", "list") == (0, "nothing yet\n", "")


def test_a_whole_lake(lake_site: Site) -> None:
    code, told, _ = enverus("lake", "verify")
    assert code == 0
    assert told.startswith("3 versions, 3 objects, ")
    assert enverus("lake", "verify", "--json")[:2] == (0, "[]\n")
    assert enverus("lake", "verify", "wells")[1].startswith("2 versions, 2 objects, ")


def test_objects_that_are_not_as_recorded(lake_site: Site) -> None:
    lake = lake_site.lake
    body = lake.get("wells/v1/wells.parquet")
    lake.put("wells/v1/wells.parquet", body[:-1] + bytes([body[-1] ^ 1]))
    lake.put("wells/v2/wells.parquet", b"short")
    lake.delete("leases/v1/wells.parquet")
    lake.put("wells/v3/wells.parquet", b"nobody's")
    lake.put("stray", b"nobody's")
    lake.delete("leases/v1/item.json")
    lake.put("catalog.json", b"{}")
    code, told, errors = enverus("lake", "verify")
    lines = sorted(errors.splitlines())
    assert (code, told) == (1, "")
    assert [line.partition(": ")[0] for line in lines] == [
        "catalog.json",
        "leases/v1/item.json",
        "leases/v1/wells.parquet",
        "stray",
        "wells/v1/wells.parquet",
        "wells/v2/wells.parquet",
        "wells/v3/wells.parquet",
    ]
    assert "is not what the ledger says" in lines[0]
    assert "the document is missing" in lines[1]
    assert "the object is missing" in lines[2]
    assert lines[3] == "stray: an object of 8 bytes that no record knows"
    assert "holds other bytes: SHA-256 " in lines[4]
    assert "has 5 bytes, and " in lines[5]
    _, quick, _ = enverus("lake", "verify", "--quick", "--json")
    assert [item["where"] for item in json.loads(quick)].count("wells/v1/wells.parquet") == 0
    code, _, errors = enverus("lake", "verify", "leases")
    assert (code, len(errors.splitlines())) == (1, 3)  # two of its own, and the root


def test_records_that_are_not_backed(lake_site: Site) -> None:
    with connect() as conn:
        conn.execute("DELETE FROM ops.lake_assets WHERE dataset = 'leases'")
        conn.execute("UPDATE ops.deliveries SET version = 9 WHERE batch_id = 'b-2'")
        lake_site.lake.delete("leases/v1/wells.parquet")
        rewrite_catalog(conn, lake_site.lake)
    assert enverus("lake", "verify")[2].splitlines() == [
        "leases/v1: published without an object that holds data",
        "delivery 2: is published as wells/v9, which is not published",
    ]


def test_the_catalog_is_written_anew(lake_site: Site) -> None:
    for key in list(lake_site.lake.keys("")):
        if key.endswith(".json"):
            lake_site.lake.delete(key)
    assert enverus("lake", "verify")[0] == 1
    assert enverus("lake", "catalog") == (0, "wrote the catalog of 2 datasets\n", "")
    assert enverus("lake", "verify")[0] == 0


def test_a_delivery_that_is_at_work_is_no_finding(lake_site: Site) -> None:
    with connect() as conn:
        taken(conn, "b-4")
    assert enverus("lake", "verify")[0] == 0


def test_nothing_is_found_while_versions_are_published(lake_site: Site, tmp_path: Path) -> None:
    """In two datasets, one of them new: what verify sees of them is never in between."""
    errors: list[BaseException] = []

    def partner(title: str) -> None:
        try:
            with connect() as conn:
                lake = object_store(DATA_LAKE)
                for number in range(8):
                    name = f"{title.lower()}-{number}"
                    published(conn, lake, tmp_path, name, [(number, name)], title=title)
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)

    partners = [threading.Thread(target=partner, args=(title,)) for title in ("Wells", "Rigs")]
    for thread in partners:
        thread.start()
    found: list[Finding] = []
    with connect() as conn:
        while any(thread.is_alive() for thread in partners):
            found += verify(conn, lake_site.lake)
        assert list(verify(conn, lake_site.lake)) == []
    assert errors == []
    assert found == []
    assert lake_site.value("SELECT count(*) FROM ops.lake_versions WHERE state = 'published'") == 19


def test_the_lake_is_listed(lake_site: Site) -> None:
    code, told, _ = enverus("lake", "list", "--json")
    datasets = json.loads(told)
    assert code == 0
    assert [(row["dataset"], row["version"], row["rows"], row["crs"]) for row in datasets] == [
        ("leases", 1, 2, "EPSG:4326"),
        ("wells", 2, 3, "EPSG:4326"),
    ]
    _, told, _ = enverus("lake", "list", "wells", "--json")
    assert [(row["version"], row["file"], row["delivery"]) for row in json.loads(told)] == [
        (2, "wells.parquet", "b-2"),
        (1, "wells.parquet", "b-1"),
    ]
    assert enverus("lake", "list", "rigs") == (
        3,
        "",
        "the data lake has no dataset 'rigs'; 'enverus lake list' shows what it has\n",
    )


def test_pictures_of_a_version(lake_site: Site, tmp_path: Path) -> None:
    code, told, _ = enverus("lake", "preview", "wells", "--into", str(tmp_path / "pictures"))
    picture = tmp_path / "pictures" / "wells-v2-wells.png"
    assert (code, told) == (0, f"{picture}\n")
    assert picture.read_bytes().startswith(b"\x89PNG")
    code, _, errors = enverus("lake", "preview", "wells", "--version", "1", "--file", "rigs.parquet")
    assert (code, errors) == (3, "wells/v1 has no file 'rigs.parquet' (known: wells.parquet)\n")
    lake_site.lake.put("wells/v1/wells.parquet", b"other")
    code, _, errors = enverus("lake", "preview", "wells", "--version", "1", "--into", str(tmp_path))
    assert (code, errors.count("\n")) == (3, 1)
    assert "has the digest" in errors
