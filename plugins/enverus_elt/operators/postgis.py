"""Operators for the steps that write tables and views of the warehouse."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator, Context

from enverus_elt.operators.imports import large_import
from enverus_elt.operators.links import BatchLink, EvidenceLink, batch_url, docs_base_url
from enverus_elt.operators.requests import ASK, SIGN


class PostgisBatchOperator(BaseOperator):
    """A step on one batch of one dataset.

    :param dataset_id: the dataset's id in the catalog
    :param batch_id: the batch that the extract step opened (templated)
    """

    template_fields: Sequence[str] = ("batch_id",)

    def __init__(self, *, dataset_id: str, batch_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dataset_id = dataset_id
        self.batch_id = batch_id
        self.docs_url = ""


class PostgisStageOperator(PostgisBatchOperator):
    """Load a batch's objects into its partition of ``staging.<dataset>_raw``."""

    def execute(self, context: Context) -> dict[str, int]:
        """Stage the batch; returns how many rows are staged and quarantined."""
        from enverus_elt.operators.resources import resources  # noqa: PLC0415 - not at parse time
        from enverus_elt.steps.stage import stage  # noqa: PLC0415

        with resources("stage", self.dataset_id) as (conn, store, dataset):
            return stage(conn, store, dataset, int(self.batch_id))._asdict()


class PostgisValidateOperator(PostgisBatchOperator):
    """Hold a batch's partition against its expectations, in the database, and publish the evidence.

    Fails when a critical expectation does; warnings ask for a signature where the dataset's policy says so.
    """

    operator_extra_links = (EvidenceLink(), BatchLink())

    def execute(self, context: Context) -> dict[str, Any]:
        """Judge the batch; returns how many expectations it met, where to read it, and why to sign."""
        from enverus_elt.hooks.warehouse import sqlalchemy_url  # noqa: PLC0415 - not at parse time
        from enverus_elt.operators.resources import resources  # noqa: PLC0415

        with large_import("great_expectations"):
            from enverus_elt.steps.validate import validate  # noqa: PLC0415

        batch_id, asked, docs = int(self.batch_id), context["params"].get(SIGN) == ASK, docs_base_url()
        with resources("validate", self.dataset_id) as (conn, store, dataset):
            url = sqlalchemy_url()
            done = validate(conn, url, store, dataset, batch_id, docs_base_url=docs, ask_to_sign=asked)
        self.docs_url = done.docs_url
        return done._asdict()


class PostgisMergeOperator(PostgisBatchOperator):
    """Merge a validated batch into ``core.<dataset>``, then move its objects to ``processed/``.

    Its outlet is the asset of the core table; the event's extra holds the batch's counts and its page.
    """

    operator_extra_links = (BatchLink(),)

    def execute(self, context: Context) -> dict[str, int]:
        """Merge the batch; returns what became of its rows."""
        from enverus_elt.operators.resources import resources  # noqa: PLC0415 - not at parse time
        from enverus_elt.steps.merge import archive, merge  # noqa: PLC0415

        batch_id = int(self.batch_id)
        with resources("merge", self.dataset_id) as (conn, store, dataset):
            counts = merge(conn, dataset, batch_id)._asdict()
            archive(conn, store, dataset, batch_id)
        page = batch_url(self.dataset_id, batch_id)
        for outlet in self.outlets:
            context["outlet_events"][outlet].extra = {"batch_id": batch_id, **counts, "page": page}
        return counts


class PostgisRefreshOperator(BaseOperator):
    """Refresh materialized views whose inputs changed, concurrently.

    Its outlets are the marts' assets; an event's extra holds the mart's row count.

    :param marts: names of the marts
    """

    def __init__(self, *, marts: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.marts = list(marts)

    def execute(self, context: Context) -> dict[str, int]:
        """Refresh what has to be; returns each mart's rows."""
        from enverus_elt.marts import load_marts  # noqa: PLC0415 - not at parse time
        from enverus_elt.operators.resources import warehouse  # noqa: PLC0415
        from enverus_elt.steps.refresh import refresh  # noqa: PLC0415

        wanted = [mart for mart in load_marts() if mart.name in self.marts]
        with warehouse("refresh") as conn:
            outcome = {item.mart: item for item in refresh(conn, wanted)}
        for outlet in self.outlets:
            item = outcome[outlet.name.removeprefix("marts.")]
            context["outlet_events"][outlet].extra = {"rows": item.rows, "refreshed": item.refreshed}
        return {name: item.rows for name, item in outcome.items()}
