"""What the sandbox API says of its datasets."""

from __future__ import annotations

import pytest

from sandbox.enverus_api.ddl import create_table, docs
from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.loaders import dataset_loaders
from sandbox.enverus_api.schema import Schema, load_schemas

SCHEMAS = load_schemas()
COUNTS = {
    "active-rigs": 79,
    "drill-stem-tests": 45,
    "full-directional-surveys": 35,
    "landtrac-leases": 44,
    "landtrac-units": 46,
    "permits": 65,
    "production": 63,
    "rigs": 97,
    "well-headers": 52,
    "wellbore-headers": 30,
    "wells": 293,
}


def test_every_dataset_is_described() -> None:
    assert sorted(SCHEMAS) == sorted(COUNTS) == sorted(dataset_loaders())


@pytest.mark.parametrize("dataset", COUNTS)
def test_every_field_is_known(dataset: str) -> None:
    schema = SCHEMAS[dataset]
    assert len(schema.fields) == len(schema.by_lower_name) == COUNTS[dataset]
    assert {"UpdatedDate", "DeletedDate", *schema.key} <= {field.name for field in schema.fields}


def test_pg_ddl_has_the_form_of_the_wire() -> None:
    lines = create_table(SCHEMAS["wells"], "pg").split("\n")
    assert lines[0] == "CREATE TABLE wells ("
    assert lines[-1] == "CONSTRAINT wells_pkey PRIMARY KEY (wellid,completionid));"
    assert lines[1:-1] == sorted(lines[1:-1])
    assert {"WellID BIGINT,", "LateralLine TEXT,", "SpudDate TIMESTAMP WITHOUT TIME ZONE,"} <= set(lines)
    assert "NOT NULL" not in "".join(lines)
    assert '"' not in "".join(lines)


def test_mssql_ddl_has_lengths() -> None:
    lines = create_table(SCHEMAS["well-headers"], "mssql").split("\n")
    assert lines[0] == "CREATE TABLE well_headers ("
    assert {"WellName VARCHAR(256),", "GeomSHL_Point VARCHAR(MAX),", "SpudDate DATETIME,"} <= set(lines)


def test_other_databases_are_refused() -> None:
    with pytest.raises(ApiError) as refusal:
        create_table(SCHEMAS["wells"], "oracle")
    assert refusal.value.status == 400


def test_docs_list_the_fields_or_are_not_supported() -> None:
    entries = docs(SCHEMAS["wells"])
    assert [entry["name"] for entry in entries if entry["key"]] == sorted(SCHEMAS["wells"].key)
    with pytest.raises(ApiError) as refusal:
        docs(SCHEMAS["landtrac-leases"])
    assert refusal.value.status == 501


def test_docs_say_what_is_made_up() -> None:
    made_up = {entry["name"] for entry in docs(SCHEMAS["rigs"]) if entry["synthetic"]}
    assert {"RigName_Number", "ContractorName", "FirstDay", "UpdatedDate"} <= made_up
    assert made_up.isdisjoint({"WellID", "ENVOperator", "SpudDate", "MD_FT", "RigLatitudeWGS84"})
    assert {entry["name"] for entry in docs(SCHEMAS["wells"]) if entry["synthetic"]} == {"UpdatedDate", "DeletedDate"}


def test_a_key_of_text_and_a_boolean_are_in_the_ddl() -> None:
    assert "PRIMARY KEY (api_uwi_12_unformatted,stationnumber)" in create_table(
        SCHEMAS["full-directional-surveys"], "pg"
    )
    assert "H2SArea BOOLEAN," in create_table(SCHEMAS["active-rigs"], "pg")
    assert "H2SArea VARCHAR(5)," in create_table(SCHEMAS["active-rigs"], "mssql")


def test_missing_follows_the_type() -> None:
    schema: Schema = SCHEMAS["wells"]
    assert schema.by_lower_name["md_ft"].missing is None
    assert {schema.by_lower_name[name].missing for name in ("lease", "spuddate", "lateralline")} == {"NULL"}
