"""What a warehouse holds, in a form in which two of them can be compared byte by byte."""

import gzip
import hashlib
from dataclasses import dataclass
from typing import Any

from enverus_elt.catalog import LoadMode, load_dataset
from enverus_elt.steps.manifest import Manifest
from tests.services.site import Site

# What depends on when and in which batch a row was loaded, and on nothing else.
OF_THE_LOAD = ("objectid", "created_at", "updated_at", "load_batch_id")
RUN = (
    "airflow_run_id, extracted, staged, quarantined, inserted, updated, unchanged, stale, duplicate, deleted, absent,"
    " failed_expectations, watermark::text AS watermark"
)

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class State:
    """All that must be equal however a load came about."""

    core: Rows
    watermark: str | None
    runs: Rows
    quarantine: Rows


def state_of(site: Site, dataset: str) -> State:
    """Where a dataset stands."""
    return State(
        core=core_of(site, dataset),
        watermark=_watermark(site, dataset),
        runs=site.rows(f"SELECT {RUN} FROM ops.run_log WHERE dataset = %s ORDER BY airflow_run_id", dataset),
        quarantine=site.rows(
            "SELECT q.row_no, q.line_no, q.column_name, q.reason, q.raw::text AS raw FROM ops.quarantine AS q"
            " INNER JOIN ops.load_batches AS b USING (batch_id) WHERE q.dataset = %s ORDER BY b.window_high, q.row_no",
            dataset,
        ),
    )


def core_of(site: Site, dataset: str) -> Rows:
    """Every row of core as text, geometries as hexadecimal EWKB, in the order of the key."""
    facts = load_dataset(dataset)
    columns = site.rows(
        "SELECT column_name AS name FROM information_schema.columns"
        " WHERE table_schema = 'core' AND table_name = %s ORDER BY ordinal_position",
        facts.table,
    )
    values = {column["name"]: f'"{column["name"]}"::text' for column in columns if column["name"] not in OF_THE_LOAD}
    values |= {geometry.name: f"encode(st_asewkb({geometry.name}), 'hex')" for geometry in facts.geometry}
    if facts.load.mode is LoadMode.SNAPSHOT:  # when a row was missed is the load's own time
        values["deleted_at"] = "nullif(deleted_at IS NOT NULL, FALSE)::text"
    order = [*facts.load.key, *(["valid_from"] if facts.versioned else [])]
    # By the table's columns: a text of the same name sorts differently from a number.
    by = ", ".join(f"t.{name}" for name in order)
    selected = ", ".join(f'{value} AS "{name}"' for name, value in values.items())
    return site.rows(f"SELECT {selected} FROM core.{facts.table} AS t ORDER BY {by}")


def assert_staged_once(site: Site, dataset: str) -> None:
    """One partition of staging a batch, and no table that an attempt left behind."""
    name = load_dataset(dataset).staging_table
    tables = site.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'staging' AND tablename LIKE %s", f"{name}%")
    batches = site.rows("SELECT batch_id FROM ops.load_batches WHERE dataset = %s", dataset)
    assert {table["tablename"] for table in tables} == {name, *(f"{name}_b{batch['batch_id']}" for batch in batches)}


def assert_archived(site: Site, dataset: str) -> None:
    """Nothing is left in ``exports/``, and all is in ``processed/``."""
    assert list(site.store.keys("exports/")) == []
    assert_processed(site, dataset)


def assert_processed(site: Site, dataset: str) -> None:
    """In ``processed/`` is exactly what the manifests of the batches name, unchanged."""
    found = set(site.store.keys(f"processed/{dataset}/"))
    batches = site.rows("SELECT state, manifest_key FROM ops.load_batches WHERE dataset = %s", dataset)
    assert {batch["state"] for batch in batches} == {"archived"}
    named = set()
    for batch in batches:
        manifest = Manifest.model_validate_json(site.store.get(batch["manifest_key"]))
        items = [item for item in (*manifest.objects, manifest.rejects) if item is not None]
        keys = {item.key.replace("exports/", "processed/", 1): item for item in items}
        named |= {batch["manifest_key"], *keys}
        for key, item in keys.items():
            body = site.store.get(key)
            assert hashlib.sha256(body).hexdigest() == item.sha256
            assert gzip.decompress(body).count(b"\n") > item.rows
    assert found == named


def _watermark(site: Site, dataset: str) -> str | None:
    rows = site.rows("SELECT watermark::text AS at FROM ops.extract_watermarks WHERE dataset = %s", dataset)
    return rows[0]["at"] if rows else None
