"""What the sandbox API says of its datasets."""

from __future__ import annotations

import pytest

from sandbox.enverus_api.ddl import create_table, docs
from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.schema import Schema, load_schemas

SCHEMAS = load_schemas()
COUNTS = {"wells": 293, "well-headers": 52, "production": 63, "landtrac-leases": 44}


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


def test_missing_follows_the_type() -> None:
    schema: Schema = SCHEMAS["wells"]
    assert schema.by_lower_name["md_ft"].missing is None
    assert {schema.by_lower_name[name].missing for name in ("lease", "spuddate", "lateralline")} == {"NULL"}
