"""Steps without a table of their own to write, as TaskFlow functions."""

from airflow.sdk import get_current_context, task

from enverus_elt.operators.requests import load_request


@task
def extract(dataset_id: str) -> int:
    """Read the open window of the source into objects; returns the batch's id."""
    from enverus_elt.hooks.enverus import enverus_session  # noqa: PLC0415 - not at parse time
    from enverus_elt.operators.resources import resources  # noqa: PLC0415
    from enverus_elt.sources.enverus import EnverusSource  # noqa: PLC0415
    from enverus_elt.steps.extract import extract as step  # noqa: PLC0415

    context = get_current_context()
    with resources("extract", dataset_id) as (conn, store, dataset), enverus_session(conn) as session:
        request = load_request(dataset, context)
        source = EnverusSource(session, dataset)
        return step(conn, store, source, dataset, context["run_id"], request=request).batch_id


@task
def validate(dataset_id: str, batch_id: int) -> str:
    """Hold the batch against its expectations; returns the address of its Data Docs."""
    from airflow.sdk.configuration import conf  # noqa: PLC0415 - not at parse time

    from enverus_elt.hooks.warehouse import sqlalchemy_url  # noqa: PLC0415
    from enverus_elt.operators.resources import resources  # noqa: PLC0415
    from enverus_elt.steps.validate import validate as step  # noqa: PLC0415

    pages = f"{conf.get('api', 'base_url').rstrip('/')}/warehouse/data-docs"
    with resources("validate", dataset_id) as (conn, store, dataset):
        return step(conn, sqlalchemy_url(), store, dataset, batch_id, docs_base_url=pages).docs_url
