"""A dataset with a column of every type, over an API that serves whatever bytes a test puts into it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from enverus_elt.catalog import Dataset
from enverus_elt.hooks.connections import WAREHOUSE_OWNER
from enverus_elt.hooks.warehouse import connect
from enverus_elt.schema.migration_files import create_ddl
from enverus_elt.steps.merge import Merged, merge
from enverus_elt.steps.stage import stage
from tests.services.site import Site

Extent = tuple[float, float, float, float]

PATH = "landtrac-leases"
ORDINARY = 5  # rows without anything odd, which every batch must load
FIRST_KEY = 700_000_000
TYPES = {
    "Small": "smallint",
    "Whole": "integer",
    "Big": "bigint",
    "Single": "real",
    "Double": "double precision",
    "Exact": "numeric(8,2)",
    "Endless": "numeric",
    "Truth": "boolean",
    "Day": "date",
    "Moment": "timestamp",
    "Instant": "timestamptz",
    "Short": "varchar(8)",
    "Free": "text",
}


@dataclass(frozen=True)
class Value:
    """What one row says beside its key, time and label, and what is to become of it.

    ``verdict`` is ``core: <text of the column>``, or ``quarantine: <column>: <how the reason begins>``; ``raw`` is
    what the quarantine must show of the value.
    """

    body: bytes
    verdict: str
    raw: str = ""


@dataclass
class Kinds:
    """The dataset on one site."""

    site: Site
    dataset: Dataset
    values: dict[str, Value] = field(default_factory=dict)
    others: int = 0

    def serve(self, values: dict[str, Value], others: Sequence[bytes] = ()) -> None:
        """Let the source have some ordinary rows, one for each value by its name, and others as they are."""
        self.values, self.others = values, len(others)
        common = {**dict.fromkeys(self.dataset.fields), "UpdatedDate": "2024-05-01T00:00:00", "Label": "ordinary"}
        ordinary = [{**common, "LeaseID": number} for number in range(1, ORDINARY + 1)]
        raw = [row(FIRST_KEY + number, name, value.body) for number, (name, value) in enumerate(values.items())]
        self.site.change(PATH, *ordinary, raw=[*raw, *others], clear=True)

    def load(self, run_id: str, stagings: int = 2) -> Merged:
        """Extract, stage twice as a retry would, and merge; no row may get lost on the way."""
        batch_id = self.site.extracted(self.dataset, run_id)
        with connect() as conn:
            first, *others = [
                (stage(conn, self.site.store, self.dataset, batch_id), self._quarantine(batch_id))
                for _ in range(stagings)
            ]
            assert all(other == first for other in others)
            extracted = self.site.value("SELECT extracted FROM ops.load_batches WHERE batch_id = %s", batch_id)
            assert sum(first[0]) == extracted == ORDINARY + len(self.values) + self.others
            conn.execute("UPDATE ops.load_batches SET state = 'validated' WHERE batch_id = %s", (batch_id,))
            outcome = merge(conn, self.dataset, batch_id)
        (log,) = self.site.rows("SELECT staged, quarantined FROM ops.run_log WHERE batch_id = %s", batch_id)
        assert (log["staged"], log["quarantined"]) == first[0]
        assert sum(outcome) == log["staged"]
        return outcome

    def verdicts(self, run_id: str) -> dict[str, str]:
        """What has become of each value, as :class:`Value` says it."""
        batch_id = self.site.value("SELECT batch_id FROM ops.load_batches WHERE airflow_run_id = %s", run_id)
        assert self.site.value(f"SELECT count(*) FROM core.{self.dataset.table} WHERE label = 'ordinary'") == ORDINARY
        entries, core, found = self._quarantine(batch_id), self._core(), dict[str, str]()
        for name, value in self.values.items():
            places = [f"quarantine: {column}: {reason}" for column, reason, raw in entries if f'"{name}"' in raw]
            places += [f"core: {held[self._column(value)]}" for held in core if held["label"] == name]
            found[name] = " and ".join(places) or "lost"
        return found

    def surprises(self, run_id: str) -> dict[str, str]:
        """What has become of values that should have become something else."""
        found = self.verdicts(run_id)
        return {
            name: f"{found[name]} instead of {value.verdict}"
            for name, value in self.values.items()
            if not (found[name] == value.verdict or is_like(found[name], value.verdict))
        }

    def unseen(self, run_id: str) -> dict[str, str]:
        """Values in quarantine of which the entry does not show what came."""
        batch_id = self.site.value("SELECT batch_id FROM ops.load_batches WHERE airflow_run_id = %s", run_id)
        raws = [raw for _, _, raw in self._quarantine(batch_id)]
        wanted = {name: value.raw for name, value in self.values.items() if value.verdict.startswith("quarantine")}
        return {name: raw for name, raw in wanted.items() if not any(f'"{name}"' in r and raw in r for r in raws)}

    def _quarantine(self, batch_id: int) -> list[tuple[str, str, str]]:
        rows = self.site.rows(
            "SELECT column_name, reason, raw FROM ops.quarantine WHERE batch_id = %s ORDER BY row_no", batch_id
        )
        columns = self.dataset.field_columns
        return [(columns.get(row["column_name"], row["column_name"]), row["reason"], _text(row["raw"])) for row in rows]

    def _core(self) -> list[dict[str, Any]]:
        """The rows of core with every column as text."""
        columns = [f'"{column.name}"::text' for column in self.dataset.columns]
        columns += [f"st_asewkt({shape.name}) AS {shape.name}" for shape in self.dataset.geometry]
        return self.site.rows(f"SELECT {', '.join(columns)} FROM core.{self.dataset.table}")

    def _column(self, value: Value) -> str:
        """The column that the row's value belongs to; for a row that brings none, the key."""
        named = re.findall(r'"(\w+)"\s*:', value.body.decode("latin-1"))
        columns = [self.dataset.field_columns[name] for name in named if name in self.dataset.field_columns]
        return columns[0] if columns else self.dataset.load.key[0]


def row(key: int, name: str, body: bytes) -> bytes:
    """One JSON object: the body, and before it whatever key, time and label it does not bring itself."""
    own = {"LeaseID": key, "UpdatedDate": "2024-05-01T00:00:00", "Label": name}
    facts = [
        f"{json.dumps(name)}: {json.dumps(value)}".encode()
        for name, value in own.items()
        if json.dumps(name).encode() not in body
    ]
    return b"{" + b", ".join([*facts, *filter(None, [body])]) + b"}"


def open_kinds(site: Site, extent: Extent | None = None, **geometry: str) -> Kinds:
    """Create the dataset's tables in the site's warehouse, with the geometry columns asked for."""
    dataset = kinds(geometry, extent)
    with connect(WAREHOUSE_OWNER) as conn:
        conn.execute(create_ddl(dataset, depends="008_track_reads"))
    return Kinds(site, dataset)


def kinds(geometry: dict[str, str], extent: Extent | None) -> Dataset:
    """A dataset of the catalog's own form; ``geometry`` names repairs by the type of the column."""
    steering = {"LeaseID": "bigint", "UpdatedDate": "timestamptz"}
    columns = [
        *({"name": snake(name), "source": name, "type": kind, "nullable": False} for name, kind in steering.items()),
        {"name": "deleted_date", "source": "DeletedDate", "type": "timestamptz"},
        {"name": "label", "source": "Label", "type": "text"},
        *({"name": snake(name), "source": name, "type": kind} for name, kind in TYPES.items()),
    ]
    return Dataset.model_validate(
        {
            "id": "value-kinds",
            "title": "Value kinds",
            "description": "One column of each type.",
            "owner": "gis-data",
            "source": {"kind": "api", "path": PATH},
            "load": {
                "mode": "incremental",
                "key": ["lease_id"],
                "cursor": "updated_date",
                "deleted": "deleted_date",
                "most_quarantined": 1.0,
                "drift": "ignore",
            },
            "schedule": {"cron": "0 6 * * *"},
            "sla_hours": 26,
            "columns": columns,
            "geometry": [
                {"name": f"geom_{part}", "source": source, "type": kind, "repair": geometry[kind], "extent": extent}
                for kind, (part, source) in SHAPES.items()
                if kind in geometry
            ],
        }
    )


def is_like(found: str, verdict: str) -> bool:
    """Whether a row is in quarantine for a reason that begins as expected, and nowhere else."""
    return verdict.startswith("quarantine") and found.startswith(verdict) and " and core" not in found


SHAPES = {"Point": ("point", "GeomPoint"), "LineString": ("line", "GeomLine"), "MultiPolygon": ("poly", "GeomPoly")}


def snake(name: str) -> str:
    """``UpdatedDate`` as ``updated_date``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _text(raw: Any) -> str:
    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
