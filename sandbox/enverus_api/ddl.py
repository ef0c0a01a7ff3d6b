"""What a dataset says of itself: `?ddl=pg`, `?ddl=mssql`, `?docs=True`."""

from __future__ import annotations

from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.schema import Field, Schema

# Types that the official client's data frames are built from: it knows DATETIME and VARCHAR and no BIT, and
# cuts a type at its first blank.
_MSSQL_TYPES = {"TIMESTAMP WITHOUT TIME ZONE": "DATETIME", "BOOLEAN": "VARCHAR(5)"}
_UNDOCUMENTED = frozenset({"landtrac-leases"})


def create_table(schema: Schema, database: str) -> str:
    """The CREATE TABLE text; raises ApiError 400 for a database other than pg and mssql."""
    if database not in {"pg", "mssql"}:
        raise ApiError(400, f"ddl is pg or mssql, not {database!r}")
    table = schema.dataset.replace("-", "_")
    column_type = _pg_type if database == "pg" else _mssql_type
    columns = [f"{field.name} {column_type(field)}," for field in sorted(schema.fields, key=lambda f: f.name)]
    key = ",".join(schema.key).lower()
    return "\n".join([f"CREATE TABLE {table} (", *columns, f"CONSTRAINT {table}_pkey PRIMARY KEY ({key}));"])


def _pg_type(field: Field) -> str:
    return field.type


def _mssql_type(field: Field) -> str:
    if field.type == "TEXT":
        return f"VARCHAR({field.length or 'MAX'})"
    return _MSSQL_TYPES.get(field.type, field.type)


def docs(schema: Schema) -> list[dict[str, object]]:
    """One entry a field, which says whether its values are made up; raises ApiError 501 where there are no docs."""
    if schema.dataset in _UNDOCUMENTED:
        raise ApiError(501, f"docs are not supported on {schema.dataset}")
    return [
        {
            "name": field.name,
            "type": field.type,
            "length": field.length,
            "key": field.name in schema.key,
            "synthetic": field.synthetic,
        }
        for field in schema.fields
    ]
