"""The catalog as a table, for those who read the warehouse and not its files."""

from collections.abc import Iterable

from enverus_elt.catalog import Dataset
from enverus_elt.hooks.failures import translated
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render


def register(conn: Warehouse, datasets: Iterable[Dataset]) -> None:
    """Make ``ops.datasets`` hold these datasets and no others; ``conn`` is the owner's connection."""
    rows = [_facts(dataset) for dataset in datasets]
    with translated("register"), conn.transaction(), conn.cursor() as cursor:
        cursor.execute(render("ops/delete_datasets.sql"), {"datasets": [row["dataset"] for row in rows]})
        cursor.executemany(render("ops/register_dataset.sql"), rows)


def _facts(dataset: Dataset) -> dict[str, str | int]:
    return {
        "dataset": dataset.id,
        "dag_id": dataset.dag_id,
        "core_table": dataset.table,
        "title": dataset.title,
        "owner": dataset.owner,
        "sla_hours": dataset.sla_hours,
        "signoff_policy": dataset.signoff.policy.value,
    }
