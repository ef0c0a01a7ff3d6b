"""A small source with a history: loaded, then changed round after round, so that there is something to lose."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.errors import EltError
from enverus_elt.hooks.failures import translated
from enverus_elt.hooks.warehouse import connect
from enverus_elt.steps.merge import Merged, archive, merge
from enverus_elt.steps.stage import stage
from tests.faults.api_truth import core, standing, truth
from tests.services.site import Site

HEADERS, LEASES = "well-headers", "landtrac-leases"
PAGE_SIZE = 5
BRIEF = -500  # the number of a row that core does not know yet
LONG_AGO = datetime.min.replace(tzinfo=UTC)
KEYS_APART = 10  # so that the link to a page and the link that repeats it differ
KEY = {HEADERS: "WellID", LEASES: "LeaseID"}
LABEL_COLUMN = {HEADERS: "well_name", LEASES: "grantee_name"}
LABEL = {HEADERS: "WellName", LEASES: "GranteeName"}
SHAPE = {
    HEADERS: ("GeomSHL_Point", "POINT (-90.{0:02d} 28.5)"),
    LEASES: ("Geom_Poly", "POLYGON ((-90 28, -90 29, -89.{0:02d} 29, -89 28, -90 28))"),
}


def key_of(number: int) -> int:
    """The key of the row of that number."""
    return 900_000_000 + KEYS_APART * number


def row(dataset: str, number: int, updated: str, **values: Any) -> dict[str, Any]:
    """A row of the source."""
    shape, text = SHAPE[dataset]
    facts = {KEY[dataset]: key_of(number), LABEL[dataset]: f"row {number}", "UpdatedDate": updated}
    return {**facts, shape: text.format(number % 100), **values}


def published(dataset: str) -> list[dict[str, Any]]:
    """What the source has at first."""
    return [row(dataset, number, f"2025-03-01T{number:02d}:00:00") for number in range(24)]


def changes(dataset: str, turn: int) -> list[dict[str, Any]]:
    """What becomes of it on one day: restated rows, a new one at each end, and a delete that leaves the time alone.

    That time lies some days back, so that no window of updates has the deleted row.
    """
    day = f"{datetime(2025, 3, 1) + timedelta(days=turn):%Y-%m-%d}"  # noqa: DTZ001 - the wire knows no zones
    restated = [
        row(dataset, number, f"{day}T{number:02d}:30:00", **{LABEL[dataset]: f"{number} as of {day}"})
        for number in range(turn % 3, 18, 3)
    ]
    new = [row(dataset, number, f"{day}T12:00:00") for number in (-turn, 100 + turn)]
    return [*restated, *new, {KEY[dataset]: key_of(4 - turn), "DeletedDate": f"{day}T06:00:00"}]


@dataclass
class Scene:
    """One dataset of a site, and the runs that have been committed."""

    site: Site
    dataset: Dataset
    runs: list[str] = field(default_factory=list)
    latest: datetime = LONG_AGO  # of the times that its rows were given

    def now(self) -> datetime:
        """The time, but never before one that a row already has: a source does not go back in time."""
        return max(datetime.now(UTC), self.latest)

    @property
    def path(self) -> str:
        """Its path at the API, which fault rules match."""
        return self.dataset.source.path

    def change(self) -> str:
        """Let the source change as it does from one day to the next; returns the id of the run that is due."""
        self.site.change(self.dataset.id, *changes(self.dataset.id, len(self.runs)))
        return f"run {len(self.runs)}"

    def touch(self, number: int, moment: datetime) -> None:
        """Let one row change at that moment."""
        self.latest = max(moment, self.latest)
        name = self.dataset.id
        self.site.change(name, row(name, number, f"{moment:%Y-%m-%dT%H:%M:%S}", **{LABEL[name]: f"touched {moment}"}))

    def mark_deleted(self, number: int, moment: datetime) -> None:
        """Delete one row as the API does: the time of the update stays."""
        name = self.dataset.id
        self.site.change(name, {KEY[name]: key_of(number), "DeletedDate": f"{moment:%Y-%m-%dT%H:%M:%S}"})

    def restore(self, number: int, moment: datetime) -> None:
        """Undo a delete."""
        self.touch(number, moment)
        self.site.change(self.dataset.id, {KEY[self.dataset.id]: key_of(number), "DeletedDate": "NULL"})

    def remove(self, number: int) -> None:
        """Take a row away outright."""
        self.site.change(self.dataset.id, delete=[{KEY[self.dataset.id]: key_of(number)}])

    def today(self) -> None:
        """Let rows change just now, some pages of them, one of which core does not know yet."""
        moment = self.now()
        for known in range(14):
            self.touch(known, moment)
        self.touch(BRIEF - len(self.runs), moment)

    def disturb(self, *faults: dict[str, Any]) -> None:
        """Put faults in force, by default of the dataset's pages."""
        rules = [{**fault, "match": {"path": self.path, "method": "GET", **fault.get("match", {})}} for fault in faults]
        self.site.control("POST", "faults", rules)

    def all_struck(self) -> bool:
        """Whether every fault in force has done what it is there for."""
        return all(self.site.control("GET", "faults")["struck"])

    def calm(self) -> None:
        """Let the API behave."""
        self.site.control("DELETE", "faults")
        self.site.control("DELETE", "clock")

    def load(self, run_id: str) -> Merged:
        """Extract, stage and merge as the tasks do; validation is taken for granted."""
        with translated(f"load of {self.dataset.id}"):
            batch_id = self.site.extracted(self.dataset, run_id)
            with connect() as conn:
                stage(conn, self.site.store, self.dataset, batch_id)
                self.site.approve(conn, self.dataset.id, batch_id)
                outcome = merge(conn, self.dataset, batch_id)
                archive(conn, self.site.store, self.dataset, batch_id)
        self.runs.append(run_id)
        return outcome

    def fails(self, run_id: str, kind: type[EltError], words: str | None = None) -> None:
        """Load and end with that very error, in one line, and with nothing changed."""
        before = standing(self.site, self.dataset)
        with pytest.raises(EltError, match=words) as caught:
            self.load(run_id)
        assert (type(caught.value).__name__, str(caught.value).count("\n")) == (kind.__name__, 0), str(caught.value)
        assert standing(self.site, self.dataset) == before
        assert not [key for key in self.site.store.keys("exports/") if key.endswith("manifest.json")]

    def owes_nothing_it_would_not_ask_for(self) -> None:
        """What is not in core as the source has it is younger than the watermark."""
        held, load = core(self.site, self.dataset), self.dataset.load
        watermark = self.site.value("SELECT watermark FROM ops.extract_watermarks")
        for key, values in truth(self.site, self.dataset).items():
            if held.get(key) != values:
                assert max(filter(None, (values[load.cursor], values[str(load.deleted)]))) >= watermark

    def is_true(self, *, has_settled: bool = True) -> None:
        """Core is what the source says, each run is in the log once, and the watermark is the newest change.

        Where a time is ahead of the source's clock the watermark lags behind until it is not.
        """
        expected = truth(self.site, self.dataset)
        assert core(self.site, self.dataset) == expected
        log = self.site.rows("SELECT airflow_run_id FROM ops.run_log ORDER BY batch_id")
        assert [entry["airflow_run_id"] for entry in log] == self.runs
        watermark = self.site.value("SELECT watermark FROM ops.extract_watermarks")
        newest = max(held[self.dataset.load.cursor] for held in expected.values())
        assert watermark == newest if has_settled else watermark <= newest


def small(dataset_id: str) -> Dataset:
    """The catalog's dataset with small pages, and with no limit to what may be deleted or set aside."""
    dataset = load_dataset(dataset_id)
    load = dataset.load.model_copy(update={"most_absent": 1.0, "most_quarantined": 1.0})
    source = dataset.source.model_copy(update={"page_size": PAGE_SIZE})
    return dataset.model_copy(update={"source": source, "load": load})


def open_scene(site: Site, dataset_id: str) -> Scene:
    """Load what the source has at first."""
    scene = Scene(site, small(dataset_id))
    site.change(dataset_id, *published(dataset_id), clear=True)
    scene.load("run 0")
    scene.is_true()
    return scene
