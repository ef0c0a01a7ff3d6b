"""What the map of a batch shows: where merging would insert, change, move or delete, and what is set aside."""

import logging
from typing import Any, NamedTuple

import psycopg

from enverus_elt.catalog import Dataset
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.sql import render
from enverus_elt.steps.batch import Batch
from enverus_elt.steps.classification import merge_names

log = logging.getLogger(__name__)

FATES = ("inserted", "updated", "deleted", "quarantined")
MOST_DRAWN = 5_000  # features of one geometry and fate
MOST_POINTS = 40_000  # of which they may consist: outlines of leases are what makes a page large
MOST_MOVES = 20  # in the table beside the map


class Count(NamedTuple):
    """Features of one geometry and fate; ``moved`` to ``farthest`` are about updated ones, distances in metres."""

    shape: str
    fate: str
    rows: int
    placed: int
    moved: int
    reshaped: int
    appeared: int
    vanished: int
    median: float | None
    farthest: float | None


class Feature(NamedTuple):
    """One feature to draw: WKB in degrees of WGS 84, and where an updated one came from and went to."""

    shape: str
    fate: str
    row_no: int | None
    key: str | None
    label: str | None
    moved: float | None
    drawn: bytes
    before_x: float | None
    before_y: float | None
    after_x: float | None
    after_y: float | None

    @property
    def name(self) -> str:
        """Its key, or where the key is not to be shown its row."""
        return self.key or f"row {self.row_no}"


class Features(NamedTuple):
    """All there is to draw, by geometry and fate, and the true numbers behind it; ``label`` names the column."""

    counts: tuple[Count, ...]
    drawn: tuple[Feature, ...]
    label: str | None

    def moves(self) -> list[Feature]:
        """The largest moves: each geometry's sample begins with them."""
        moved = [feature for feature in self.drawn if feature.moved]
        return sorted(moved, key=lambda feature: (-(feature.moved or 0), feature.shape, feature.name))[:MOST_MOVES]


def read_features(conn: Warehouse, dataset: Dataset, batch: Batch) -> Features | None:
    """Read them inside of ``as_if_merged``; None where PostGIS cannot show the coordinates on a globe."""
    label = label_column(dataset)
    names = {**merge_names(dataset, batch), "label": label, "key_is_shown": _key_is_shown(dataset)}
    try:
        with conn.transaction():
            conn.execute(render("profile/create_features.sql", **names))
            conn.execute(render("profile/insert_quarantined.sql", **names), {"batch_id": batch.batch_id})
            counts = conn.execute(render("profile/count_features.sql")).fetchall()
            limits = {"most": MOST_DRAWN, "most_points": MOST_POINTS}
            drawn = conn.execute(render("profile/select_features.sql"), limits).fetchall()
    except (psycopg.DataError, psycopg.errors.InternalError_) as error:
        kind = type(error).__name__  # the message itself would quote the coordinates
        log.warning(
            "%s: batch %s has no map: its geometries cannot be transformed (%s)", dataset.id, batch.batch_id, kind
        )
        return None
    return Features(_in_order(dataset, counts), tuple(Feature(**row) for row in drawn), label)


def label_column(dataset: Dataset) -> str | None:
    """The column that names a row best: ``well_name`` beside ``well_id``, or else the first name there is."""
    stems = [key.rsplit("_", 1)[0] for key in dataset.load.key]
    names = [column.name for column in dataset.columns if column.is_text and not column.sensitive]
    wanted = (*(f"{stem}_name" for stem in stems), "name", *(name for name in names if name.endswith("_name")))
    return next((name for name in wanted if name in names and name not in dataset.load.key), None)


def _key_is_shown(dataset: Dataset) -> bool:
    return not any(dataset.by_name[name].sensitive for name in dataset.load.key)


def _in_order(dataset: Dataset, counts: list[dict[str, Any]]) -> tuple[Count, ...]:
    """One entry per geometry and fate, also where there is none of it."""
    found = {(row["shape"], row["fate"]): Count(**row) for row in counts}
    return tuple(
        found.get((shape.name, fate)) or Count(shape.name, fate, 0, 0, 0, 0, 0, 0, None, None)
        for shape in dataset.geometry
        for fate in FATES
    )
