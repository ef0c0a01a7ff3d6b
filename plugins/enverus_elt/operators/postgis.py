"""Operators for the steps that write tables and views of the warehouse."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator, Context


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


class PostgisStageOperator(PostgisBatchOperator):
    """Load a batch's objects into its partition of ``staging.<dataset>_raw``."""

    def execute(self, context: Context) -> dict[str, int]:
        """Stage the batch; returns how many rows are staged and quarantined."""
        from enverus_elt.operators.resources import resources  # noqa: PLC0415 - not at parse time
        from enverus_elt.steps.stage import stage  # noqa: PLC0415

        with resources("stage", self.dataset_id) as (conn, store, dataset):
            return stage(conn, store, dataset, int(self.batch_id))._asdict()


class PostgisMergeOperator(PostgisBatchOperator):
    """Merge a validated batch into ``core.<dataset>``, then move its objects to ``processed/``.

    Its outlet is the asset of the core table; the event's extra holds the batch's counts.
    """

    def execute(self, context: Context) -> dict[str, int]:
        """Merge the batch; returns what became of its rows."""
        from enverus_elt.operators.resources import resources  # noqa: PLC0415 - not at parse time
        from enverus_elt.steps.merge import archive, merge  # noqa: PLC0415

        batch_id = int(self.batch_id)
        with resources("merge", self.dataset_id) as (conn, store, dataset):
            counts = merge(conn, dataset, batch_id)._asdict()
            archive(conn, store, dataset, batch_id)
        for outlet in self.outlets:
            context["outlet_events"][outlet].extra = {"batch_id": batch_id, **counts}
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
