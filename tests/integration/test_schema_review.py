"""A schema against what the source says and serves: the vendor's DDL, and rows through the project's own session."""

import json
import re
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from enverus_elt import suites
from enverus_elt.catalog import load_dataset
from enverus_elt.cli import app
from enverus_elt.onboarding import datasets
from tests.services.site import Site

LEASES = "landtrac-leases"


def enverus(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def test_the_shipped_datasets_and_the_source_agree(site: Site, tmp_path: Path) -> None:
    result = enverus("schema", "qa", LEASES, "--xlsx", tmp_path / "qa.xlsx")
    assert result.exit_code == 0
    summary, *_ = result.stdout.splitlines()
    assert re.fullmatch(rf"{LEASES}: 0 errors, 0 warnings, \d+ notes; 2,591 of 2,591 rows were read", summary)
    book = openpyxl.load_workbook(tmp_path / "qa.xlsx")
    assert book["findings"]["A1"].value == summary
    schema = {row[0]: row for row in book["schema"].iter_rows(min_row=2, values_only=True)}
    assert schema["lease_id"][:6] == ("lease_id", "LeaseID", "bigint", "bigint", "key", "no")
    assert schema["lease_id"][11:] == (2591, None)
    assert schema["geom_poly"][2:4] == ("MultiPolygon, 4326", "text")
    assert schema["grantor_name"][9:] == ("sensitive", "Grantor name", schema["grantor_name"][11], None)
    assert [schema[name][12] for name in ("country", "state_province")] == [2, None]


def test_a_sample_is_bounded(site: Site) -> None:
    facts = json.loads(enverus("schema", "qa", "production", "--pages", "2", "--json").stdout)
    assert facts["sample"] == {"rows": 2000, "of": 57032}
    assert not facts["failed"]


def test_what_the_source_serves_besides_is_found_and_hidden_where_it_must_be(site: Site) -> None:
    secret = "A Person of 12 Hidden Lane " * 20
    same = {"Acres": "1,5", "UpdatedDate": "2024-05-01T00:00:00", "Geom_Poly": "POINT(-90 28)"}
    rows = [
        {"LeaseID": 10**9, "GrantorName": secret, "County": "x" * 40, **same},
        {"LeaseID": 10**9 + 1, **same, "UpdatedDate": None, "Nomination": "first"},
    ]
    site.change(LEASES, *rows, columns=[{"name": "NewField", "type": "INTEGER"}], clear=True)
    result = enverus("schema", "qa", LEASES, "--json")
    assert result.exit_code == 1
    assert "Hidden Lane" not in result.output
    found = {(f["severity"], f["where"], f["what"]) for f in json.loads(result.stdout)["findings"]}
    assert {
        ("warning", "NewField", "new at the vendor: vendor integer"),
        ("error", "acres", "2 of 2 values: no number, '1,5' say; the type is double precision"),
        ("error", "county", f"1 of 2 values: longer than the column, '{'x' * 40}' say; the type is varchar(32)"),
        ("error", "grantor_name", "1 of 2 values: longer than the column; the type is varchar(256)"),
        ("error", "nomination", "1 of 2 values: no whole number, 'first' say; the type is bigint"),
        ("error", "updated_date", "1 of 2 rows have no value, but it is not nullable"),
        ("error", "geom_poly", "not MultiPolygon: Point (2)"),
    } <= found


def test_a_new_dataset_comes_from_the_vendors_ddl(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = datasets.Folders(tmp_path / "catalog", tmp_path / "expectations")
    for folder in (folders.catalog, folders.expectations):
        folder.mkdir()
    monkeypatch.setattr(datasets.Folders.__init__, "__defaults__", (folders.catalog, folders.expectations))
    result = enverus("new", "own-wells", "--path", "wells", "--owner", "drilling", "--json")
    assert result.exit_code == 0
    assert [Path(name).name for name in json.loads(result.stdout)["written"]] == ["own-wells.yaml", "own-wells.json"]
    made, shipped = load_dataset("own-wells", folders.catalog), load_dataset("wells")
    assert (made.owner, made.source.path) == ("drilling", "wells")
    assert set(made.load.key) == set(shipped.load.key)
    assert (made.load.cursor, made.load.deleted) == ("updated_date", "deleted_date")
    by_hand = {"ResourceVolumeLiquidsMMb"}  # its name is bettered by hand
    assert {c.name for c in made.all_columns if c.source not in by_hand} == {
        c.name for c in shipped.all_columns if c.source not in by_hand
    }
    assert {(g.name, g.type) for g in made.geometry} == {(g.name, g.type) for g in shipped.geometry}
    texts = {c.name: c.type for c in made.columns if c.is_text}
    assert set(texts.values()) == {"text"}  # the vendor's DDL says no lengths
    numbers = {c.name: c.type for c in shipped.columns if not c.is_text}
    assert {name: made.by_name[name].type for name in numbers} == numbers
    assert suites.stale_reason(made, folders.expectations) is None
    again = enverus("new", "own-wells", "--path", "wells")
    assert (again.exit_code, again.stderr.startswith("own-wells.yaml is there already")) == (3, True)
    unknown = enverus("new", "pumps")
    assert (unknown.exit_code, "knows no dataset 'pumps'" in unknown.stderr) == (3, True)
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["own-wells.json", "own-wells.yaml"]
