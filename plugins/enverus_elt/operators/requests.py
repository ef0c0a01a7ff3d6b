"""What an Airflow run asks for: the open window, a backfill's window, or everything; and the forms that ask people."""

from typing import TYPE_CHECKING, Any

from airflow.sdk import Context, Param

from enverus_elt.catalog import Dataset

if TYPE_CHECKING:
    from enverus_elt.steps.opening import LoadRequest

READ = "read"
CHANGES, EVERYTHING = "changes", "everything"
SIGN = "sign"
BY_POLICY, ASK = "by policy", "ask"
BATCH = "batch"
COMMENT = "comment"


def load_params() -> dict[str, Any]:
    """The form of *Trigger DAG*."""
    return {
        READ: Param(
            CHANGES,
            enum=[CHANGES, EVERYTHING],
            title="What to read",
            description="*changes*: what the source changed since the last load. *everything*: the whole dataset"
            " again; rows that the source no longer has are deleted softly.",
        ),
        SIGN: Param(
            BY_POLICY,
            enum=[BY_POLICY, ASK],
            title="Signature",
            description="*by policy*: as the dataset's policy says. *ask*: a reviewer has to sign for this batch.",
        ),
        BATCH: Param(
            None,
            type=["null", "integer"],
            minimum=1,
            title="Go on with batch",
            description="A batch that a command left waiting for a signature; nothing is read anew then.",
        ),
    }


def answer_params() -> dict[str, Any]:
    """The form beside *Approve* and *Reject*."""
    return {COMMENT: Param("", type=["string", "null"], title="Comment", description="Kept with the answer.")}


def load_request(dataset: Dataset, context: Context) -> "LoadRequest":
    """A run of Airflow's own backfill reads from the scheduled time before its logical date up to that date."""
    from enverus_elt.steps.batch import LoadKind  # noqa: PLC0415 - not at parse time
    from enverus_elt.steps.opening import LoadRequest  # noqa: PLC0415

    run, logical_date = context["dag_run"], context.get("logical_date")
    if run.run_type == "backfill" and logical_date is not None and dataset.schedule is not None:
        low = dataset.schedule.previous(logical_date)
        return LoadRequest(LoadKind.BACKFILL, low, logical_date)
    if context["params"].get(READ) == EVERYTHING:
        return LoadRequest(LoadKind.RESEED)
    return LoadRequest()
