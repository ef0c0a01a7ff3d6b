"""What an Airflow run asks for: the open window, a backfill's window, or everything."""

from typing import TYPE_CHECKING, Any

from airflow.sdk import Context, Param

from enverus_elt.catalog import Dataset

if TYPE_CHECKING:
    from enverus_elt.steps.opening import LoadRequest

READ = "read"
CHANGES, EVERYTHING = "changes", "everything"


def load_params() -> dict[str, Any]:
    """The form of *Trigger DAG*."""
    return {
        READ: Param(
            CHANGES,
            enum=[CHANGES, EVERYTHING],
            title="What to read",
            description="*changes*: what the source changed since the last load. *everything*: the whole dataset"
            " again; rows that the source no longer has are deleted softly.",
        )
    }


def load_request(dataset: Dataset, context: Context) -> "LoadRequest":
    """A run of Airflow's own backfill reads from the scheduled time before its logical date up to that date."""
    from enverus_elt.steps.batch import LoadKind  # noqa: PLC0415 - not at parse time
    from enverus_elt.steps.opening import LoadRequest  # noqa: PLC0415

    run, logical_date = context["dag_run"], context.get("logical_date")
    if run.run_type == "backfill" and logical_date is not None:
        low = dataset.schedule.previous(logical_date)
        return LoadRequest(LoadKind.BACKFILL, low, logical_date)
    if context["params"].get(READ) == EVERYTHING:
        return LoadRequest(LoadKind.RESEED)
    return LoadRequest()
