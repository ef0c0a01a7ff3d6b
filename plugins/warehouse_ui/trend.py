"""The trend of a dataset's batches as bars and a line, drawn by the server: no script, no library."""

from collections.abc import Sequence
from typing import Any, NamedTuple

HEIGHT = 100.0
FEWEST = 12  # bars that there is room for, so that a few are not taken for blocks


class Bar(NamedTuple):
    """One batch: heights are shares of ``HEIGHT``; ``rate`` is empty where nothing was evaluated."""

    batch_id: int
    x: float
    width: float
    changed: float
    rate: float | None
    label: str


def bars(batches: Sequence[dict[str, Any]]) -> list[Bar]:
    """Bars from the oldest to the newest of ``batches``, which are the newest first; 100 units wide in all."""
    committed = [batch for batch in reversed(batches) if batch["inserted"] is not None]
    most = max((_changed(batch) for batch in committed), default=0)
    width = 100 / max(len(committed), FEWEST)
    return [_bar(batch, number * width, width, most) for number, batch in enumerate(committed)]


def pass_rate(batch: dict[str, Any]) -> float | None:
    """The share of expectations that a batch meets."""
    if not batch["expectations"]:
        return None
    return 1 - (batch["failed_expectations"] or 0) / int(batch["expectations"])


def _changed(batch: dict[str, Any]) -> int:
    return int(batch["inserted"] + batch["updated"] + batch["deleted"] + batch["absent"])


def _bar(batch: dict[str, Any], x: float, width: float, most: int) -> Bar:
    changed, rate = _changed(batch), pass_rate(batch)
    height = HEIGHT * changed / most if most else 0.0
    met = "not recorded" if rate is None else f"{rate:.1%} of expectations met"
    return Bar(batch["batch_id"], x, width, height, rate, f"batch {batch['batch_id']}: {changed:,} rows changed, {met}")
