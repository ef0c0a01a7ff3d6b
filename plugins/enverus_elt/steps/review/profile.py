"""The profile of a staged batch: what merging would do, and each column beside earlier batches.

The partition is read twice, however many columns it has: once for every aggregate, once for the values of the columns
that ANALYZE reckons to have few. What merging would do is found by the merge's own classification.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from enverus_elt.catalog import Dataset
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch
from enverus_elt.steps.classification import classify, merge_names, reads_everything
from enverus_elt.steps.review.profile_columns import (
    MOST_CATEGORIES,
    Counted,
    Measured,
    can_be_category,
    profile_column,
    profile_geometry,
)
from enverus_elt.steps.review.profile_history import Earlier
from enverus_elt.steps.review.profile_model import Fates, Profile, Reason

# An estimate that is this far above the limit cannot hide a column below it, so chance in ANALYZE changes no page.
MOST_ESTIMATED = 4 * MOST_CATEGORIES


@contextmanager
def as_if_merged(conn: Warehouse, dataset: Dataset, batch: Batch) -> Iterator[Fates]:
    """A transaction at one moment with the temporary tables ``delta`` and ``absent``, all of it rolled back.

    Core and staging are read and nothing else, so no other load waits for it.
    """
    with conn.transaction() as transaction:
        conn.execute(render("profile/read_one_moment.sql"))
        counts = classify(conn, dataset, batch)
        counts.pop("watermark", None)
        read_all = reads_everything(dataset, batch) and not counts["superseded"] and not batch.quarantined
        statement = render("profile/create_absent.sql", dataset=dataset, read_all=read_all)
        conn.execute(statement, {"batch_id": batch.batch_id})
        row = conn.execute(render("profile/count_absent.sql")).fetchone() or {}
        yield Fates(**counts, absent=row.get("count") if reads_everything(dataset, batch) else None)
        raise psycopg.Rollback(transaction)


def profile_batch(conn: Warehouse, dataset: Dataset, batch: Batch, earlier: Earlier, fates: Fates) -> Profile:
    """Profile the batch inside of :func:`as_if_merged`."""
    measured = _measure(conn, dataset, batch, earlier)
    reasons = conn.execute(render("profile/count_reasons.sql"), {"batch_id": batch.batch_id}).fetchall()
    return Profile(
        format="enverus-batch-profile",
        version=1,
        dataset=dataset.id,
        batch_id=batch.batch_id,
        kind=batch.kind,
        window_low=batch.window.low.isoformat() if batch.window.low else None,
        window_high=batch.window.high.isoformat(),
        reads_everything=measured.reads_everything,
        rows=measured.rows,
        quarantined=batch.quarantined or 0,
        fates=fates,
        reasons=tuple(Reason(column=row["column_name"], reason=row["reason"], rows=row["rows"]) for row in reasons),
        compared_with=tuple(profile.batch_id for profile in earlier.profiles),
        unreadable=earlier.unreadable,
        columns=tuple(profile_column(dataset, column, measured, earlier) for column in dataset.columns),
        geometry=tuple(profile_geometry(geometry, measured, earlier) for geometry in dataset.geometry),
    )


def _measure(conn: Warehouse, dataset: Dataset, batch: Batch, earlier: Earlier) -> Measured:
    names = merge_names(dataset, batch)
    row: dict[str, Any] = conn.execute(render("profile/measure_columns.sql", **names)).fetchone() or {}
    facts = {column.name: row[f"c{number}"] for number, column in enumerate(dataset.columns)}
    candidates = [column.name for column in dataset.columns if can_be_category(column, facts[column.name], earlier)]
    facts |= {geometry.name: row[f"g{number}"] for number, geometry in enumerate(dataset.geometry)}
    counted = _count_values(conn, names["partition"], row["rows"], candidates)
    return Measured(row["rows"], facts, counted, reads_everything(dataset, batch))


def _count_values(conn: Warehouse, partition: str, rows: int, candidates: list[str]) -> dict[str, Counted]:
    values = {"partition": partition, "rows": rows}
    found = conn.execute(render("profile/select_estimates.sql"), values).fetchall()
    estimates = {row["column_name"]: row["estimate"] for row in found}
    few = [name for name in candidates if estimates.get(name, 0) <= MOST_ESTIMATED]
    if not few:
        return {}
    statement = render("profile/count_values.sql", partition=partition, columns=few)
    counts = conn.execute(statement, {"most": MOST_CATEGORIES}).fetchall()
    return {row["column_name"]: Counted(row["different"], row["occurrences"]) for row in counts}
