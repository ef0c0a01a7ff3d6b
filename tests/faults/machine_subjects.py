"""The three datasets that are loaded under faults: how a form of a row looks on the wire, and how in core.

Each is a dataset of the catalog with pages of a few rows, so that every load turns pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from enverus_elt.catalog import Dataset, LoadMode, load_dataset

ROWS_PER_PAGE = 7
ANY_SHARE = 1.0  # of a few dozen rows a single one is a large share


@dataclass(frozen=True)
class Form:
    """One of the forms that a row of the source has had; ``number`` counts all forms in the order they came about.

    What its attributes are follows from ``look``, so that a delete may leave them alone; its month is part of the row's
    identity and follows from ``key``. A form that is ``gone`` is the row's absence. ``is_due`` says that regular loads
    owe it to core: its time was not out of their reach when it came about.
    """

    number: int
    key: int
    look: int
    updated: datetime
    deleted: datetime | None = None
    fault: str | None = None
    gone: bool = False
    is_due: bool = True

    def __str__(self) -> str:
        words = [f"row {self.key} as form {self.number} of {self.updated:%m-%d %H:%M:%S}"]
        words += [f"deleted at {self.deleted:%m-%d %H:%M:%S}"] if self.deleted else []
        words += [f"with {self.fault}"] if self.fault else []
        words += ["gone"] if self.gone else []
        words += [] if self.is_due else ["out of reach"]
        return ", ".join(words)

    @property
    def version(self) -> datetime:
        """When the row became this."""
        return max(filter(None, (self.updated, self.deleted)))


@dataclass(frozen=True)
class Subject:
    """A dataset and those of its fields that tell one form of a row from another."""

    dataset_id: str
    key: str
    label: str
    measure: str
    month: str | None = None
    shape: str | None = None
    is_area: bool = False

    @cached_property
    def dataset(self) -> Dataset:
        """The catalog's dataset with small pages, and with no limit to how much of it may change."""
        dataset = load_dataset(self.dataset_id)
        load = dataset.load.model_copy(update={"most_absent": ANY_SHARE, "most_quarantined": ANY_SHARE})
        source = dataset.source.model_copy(update={"page_size": ROWS_PER_PAGE})
        return dataset.model_copy(update={"load": load, "source": source})

    @property
    def is_snapshot(self) -> bool:
        """Whether each load reads all of it."""
        return self.dataset.load.mode is LoadMode.SNAPSHOT

    @property
    def key_column(self) -> str:
        """The key's column in core."""
        return self.dataset.field_columns[self.key]

    @property
    def faults(self) -> tuple[str, ...]:
        """What can be wrong with a row of it."""
        return ("a text for a number", "an object for a text", *(("no place on earth",) if self.shape else ()))

    def wire(self, form: Form) -> dict[str, Any]:
        """The form as the API serves it."""
        row: dict[str, Any] = {
            self.key: form.key,
            self.label: _label(form),
            self.measure: float(form.look),
            "UpdatedDate": _stamp(form.updated),
            "DeletedDate": _stamp(form.deleted) if form.deleted else "NULL",
        }
        if self.month:
            row[self.month] = f"{_month(form)}-01T00:00:00"
        if self.shape:
            row[self.shape] = self._shape(form)
        if form.fault == "a text for a number":
            row[self.measure] = "1,234"
        elif form.fault == "an object for a text":
            row[self.label] = {"name": _label(form)}
        elif form.fault:
            row[str(self.shape)] = "POINT(200 95)"
        return row

    def shown(self, form: Form) -> dict[str, Any]:
        """The form as core shows it, by the names of :attr:`columns`."""
        values = {"label": _label(form), "measure": float(form.look), "updated": form.updated, "deleted": form.deleted}
        if self.month:
            values["month"] = _month(form)
        if self.shape:
            values["shape"] = self._shape(form)
        return values

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """What is compared with core: a name, and the expression that core shows it with."""
        names = self.dataset.field_columns
        shown = {"label": names[self.label], "measure": names[self.measure]}
        shown |= {"updated": names["UpdatedDate"], "deleted": names["DeletedDate"]}
        if self.month:
            shown["month"] = f"to_char({names[self.month]}, 'YYYY-MM')"
        if self.shape:
            shown["shape"] = f"st_astext({names[self.shape]})"
        return shown

    def _shape(self, form: Form) -> str:
        west, south = form.look % 60 - 120, form.look % 30 + 20
        if not self.is_area:
            return f"POINT({west} {south})"
        east, north = west + 1, south + 1
        corners = ((west, south), (west, north), (east, north), (east, south), (west, south))
        return f"MULTIPOLYGON((({','.join(f'{x} {y}' for x, y in corners)})))"


def _label(form: Form) -> str:
    return f"row {form.key} look {form.look}"


def _month(form: Form) -> str:
    return f"2020-{form.key % 12 + 1:02d}"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


HEADERS = Subject("well-headers", "WellID", "WellName", "WaterDepth", shape="GeomSHL_Point")
PRODUCTION = Subject("production", "ProductionID", "ProducingOperator", "Prod_OilBBL", month="ProducingMonth")
LEASES = Subject("landtrac-leases", "LeaseID", "GranteeName", "Acres", shape="Geom_Poly", is_area=True)
SUBJECTS = {subject.dataset_id: subject for subject in (HEADERS, PRODUCTION, LEASES)}
