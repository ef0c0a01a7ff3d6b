"""Where people look first: buttons on a task that lead to its evidence, and the addresses of the pages behind them."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk.types import TaskInstanceKey

PAGES = "/warehouse"


class EvidenceLink(BaseOperatorLink):
    """A page of the batch that the task worked on; the operator's ``docs_url`` is set when the task runs."""

    @property
    def name(self) -> str:
        """The button's text."""
        return "Data Docs"

    def get_link(self, operator: Any, *, ti_key: "TaskInstanceKey") -> str:
        """The address; the batch's page where the task ended before there was one."""
        return operator.docs_url or batch_url(operator.dataset_id, int(operator.batch_id))


class BatchLink(BaseOperatorLink):
    """The page of the batch: what became of it, its evidence and its signature."""

    @property
    def name(self) -> str:
        """The button's text."""
        return "Batch"

    def get_link(self, operator: Any, *, ti_key: "TaskInstanceKey") -> str:
        """The address."""
        return batch_url(operator.dataset_id, int(operator.batch_id))


def pages_url() -> str:
    """The address of the warehouse's pages in Airflow's UI."""
    from airflow.sdk.configuration import conf  # noqa: PLC0415 - not at parse time

    return f"{conf.get('api', 'base_url', fallback='').rstrip('/')}{PAGES}"


def docs_base_url() -> str:
    """The address below which Data Docs open."""
    return f"{pages_url()}/data-docs"


def batch_url(dataset_id: str, batch_id: int) -> str:
    """The address of a batch's page."""
    return f"{pages_url()}/datasets/{dataset_id}/batches/{batch_id}"


def run_url(dag_id: str, run_id: str) -> str:
    """The address of a run in Airflow's UI."""
    return f"{pages_url().removesuffix(PAGES)}/dags/{dag_id}/runs/{quote(run_id, safe='')}"


def question_url(dag_id: str, run_id: str, task_id: str) -> str:
    """The address at which Airflow asks a task's question."""
    return f"{pages_url().removesuffix(PAGES)}/dags/{dag_id}/runs/{run_id}/tasks/{task_id}/required_actions"
