"""Steps without a table of their own to write, as TaskFlow functions."""

from airflow.sdk import get_current_context, task

from enverus_elt.operators.requests import BATCH, load_request


@task
def remind_reviewers() -> int:
    """Send a notice for each batch whose reviewers were last told of it too long ago; returns how many Slack took."""
    from enverus_elt.operators.links import batch_url  # noqa: PLC0415 - not at parse time
    from enverus_elt.operators.notices import notify  # noqa: PLC0415
    from enverus_elt.operators.resources import warehouse  # noqa: PLC0415
    from enverus_elt.steps.reminders import due, mark_noticed  # noqa: PLC0415

    sent = 0
    with warehouse("remind_reviewers") as conn:
        for reminder in due(conn):
            if notify(f"{reminder}\n{batch_url(reminder.dataset, reminder.batch_id)}"):
                mark_noticed(conn, reminder)
                sent += 1
    return sent


@task
def extract(dataset_id: str) -> int:
    """Read the open window of the source into objects, or take up a batch that waits; returns the batch's id."""
    from enverus_elt.operators.resources import resources  # noqa: PLC0415 - not at parse time
    from enverus_elt.operators.sources import open_source  # noqa: PLC0415
    from enverus_elt.steps.extract import extract as step  # noqa: PLC0415
    from enverus_elt.steps.opening import go_on_with  # noqa: PLC0415

    context = get_current_context()
    if (batch_id := context["params"].get(BATCH)) is not None:
        with resources("extract", dataset_id) as (conn, _, dataset):
            return go_on_with(conn, dataset, batch_id).batch_id
    with resources("extract", dataset_id) as (conn, store, dataset), open_source(conn, dataset) as source:
        request = load_request(dataset, context)
        return step(conn, store, source, dataset, context["run_id"], request=request).batch_id
