"""How and when a dataset is loaded, as plain data: mode, history, keys, tolerances, schedule."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from enverus_elt.catalog.columns import Identifier, Strict


class LoadMode(StrEnum):
    """How much of the source a run reads."""

    SNAPSHOT = "snapshot"
    INCREMENTAL = "incremental"


class History(StrEnum):
    """Whether core keeps what a row was before (SCD2) or only what it is now (SCD1)."""

    CURRENT = "current"
    VERSIONED = "versioned"


class Drift(StrEnum):
    """What becomes of a load whose source has other fields than the catalog.

    A field that the catalog does not know is kept raw in staging whichever it is; one that core cannot be without
    stops the load whichever it is.
    """

    EVOLVE = "evolve"  # load and report once; a column that the source left out keeps what core knows
    FREEZE = "freeze"  # stop until the catalog has been changed
    IGNORE = "ignore"  # load and report nothing


class Volume(Strict):
    """How much more or less than on like days a regular batch may hold before a person has to look.

    A batch is held above ``factor`` times, or below one ``factor``-th of, what the median like day would have
    brought, if it is more than ``floor`` rows off.
    """

    factor: Annotated[float, Field(gt=1, allow_inf_nan=False)] = 10
    floor: Annotated[int, Field(ge=0)] = 1000


class Load(Strict):
    """Keys and times that a load is steered by; names are the warehouse's column names.

    ``most_quarantined`` is the share of a batch, ``most_absent`` the share of core's live rows, beyond which a
    person has to look before anything is committed.
    """

    mode: LoadMode
    history: History = History.CURRENT
    key: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    cursor: Identifier
    deleted: Identifier | None = None
    overlap_days: Annotated[int, Field(ge=0, le=366)] = 1
    most_quarantined: Annotated[float, Field(ge=0, le=1)] = 0.05
    most_absent: Annotated[float, Field(ge=0, le=1)] = 0.2
    volume: Volume = Volume()
    drift: Drift = Drift.EVOLVE

    @property
    def overlap(self) -> timedelta:
        """How far below the watermark a window starts: the API filters at date grain."""
        return timedelta(days=self.overlap_days)


class Schedule(Strict):
    """When the dataset is loaded: a cron expression in a named time zone."""

    cron: str
    timezone: str = "UTC"

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"no such time zone: {name}") from error
        return name

    @field_validator("cron")
    @classmethod
    def _cron_is_one(cls, expression: str) -> str:
        # Airflow's own parser; imported here, for it is not needed to read a catalog of constants.
        from croniter import croniter  # noqa: PLC0415

        if not croniter.is_valid(expression):
            raise ValueError(f"not a cron expression: {expression!r}")
        return expression

    def previous(self, moment: datetime) -> datetime:
        """The scheduled time before ``moment``, in UTC."""
        before: datetime = self._times(moment).get_prev(datetime)
        return before.astimezone(UTC)

    def next(self, moment: datetime) -> datetime:
        """The scheduled time after ``moment``, in UTC."""
        after: datetime = self._times(moment).get_next(datetime)
        return after.astimezone(UTC)

    def _times(self, moment: datetime) -> Any:
        from croniter import croniter  # noqa: PLC0415

        return croniter(self.cron, moment.astimezone(ZoneInfo(self.timezone)))
