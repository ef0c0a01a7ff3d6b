"""Compares what a load did with what the source files say it had to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sandbox.oracle import Expected
from sandbox.warehouse import RunLog, Standing

FIRST, SECOND = "2024", "2025"


def of_loads(
    dataset: str, vintage: str, live_before: int, expected: Expected, loads: Sequence[RunLog]
) -> Iterator[str]:
    """One line for each number that does not add up.

    A dataset may have been loaded twice: Airflow makes up for the latest scheduled run when a DAG is unpaused. What
    the source changed must then have arrived once.
    """
    name = f"{dataset} {vintage}"
    if not loads:
        yield f"{name}: ops.run_log has no load"
        return
    wanted = changes(vintage, live_before, expected)
    if wanted is None:
        yield f"{name}: core held {live_before} live rows before, which is neither vintage of the source"
    else:
        found = (
            sum(load.inserted for load in loads),
            sum(load.updated for load in loads),
            sum(load.removed for load in loads),
        )
        for word, want, got in zip(("inserted", "updated", "deleted"), wanted, found, strict=True):
            if want != got:
                yield f"{name}: {word} {got}, the source files say {want}"
    for load in loads:
        yield from conservation(name, load)


def changes(vintage: str, live_before: int, expected: Expected) -> tuple[int, int, int] | None:
    """Rows to insert, update and delete, from what core held; None when it held neither vintage.

    Loading a vintage again changes nothing, and neither does an older one over a newer.
    """
    if live_before == 0 and vintage == FIRST:
        return expected.first, 0, 0
    if live_before == expected.live_after:
        return 0, 0, 0
    if live_before == expected.first:
        return (0, 0, 0) if vintage == FIRST else (expected.added, expected.changed, expected.dropped)
    return None


def conservation(name: str, load: RunLog) -> Iterator[str]:
    if load.extracted != load.staged + load.quarantined:
        parts = f"staged {load.staged} + quarantined {load.quarantined}"
        yield f"{name}: extracted {load.extracted} is not {parts}"
    merged = load.inserted + load.updated + load.unchanged + load.stale + load.duplicate + load.deleted
    if load.staged != merged:
        yield f"{name}: staged {load.staged}, but the merge accounts for {merged} rows"


def of_core(expected: Mapping[str, Expected], found: Mapping[str, Standing]) -> Iterator[str]:
    """One line for each table that does not hold the newest vintage."""
    for dataset, numbers in expected.items():
        live = found[dataset].live
        if live != numbers.live_after:
            yield f"core, {dataset}: {live} live rows, the newest source files have {numbers.live_after}"
