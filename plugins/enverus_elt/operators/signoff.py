"""The signature between validate and merge, on Airflow's own human-in-the-loop operator."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLOperator
from airflow.sdk import Context
from airflow.sdk.execution_time.hitl import HITLUser

from enverus_elt.errors import SignOffError, TransientError
from enverus_elt.operators.links import BatchLink, EvidenceLink, batch_url
from enverus_elt.operators.requests import COMMENT

if TYPE_CHECKING:
    from enverus_elt.steps.signoff import Answer, Question

RECORDING_TAKES_AT_MOST = 600  # seconds for which a warehouse that is away is waited for: an answer is not asked twice


class BatchSignOffOperator(ApprovalOperator):
    """Wait for a reviewer's signature where the batch needs one; without a slot, a worker or a triggerer.

    A batch that needs none goes on at once. *Reject*, and a question that nobody answered in time, fail the task: the
    batch stays in staging and what it would have changed is read again by the next load.

    :param dataset_id: the dataset's id in the catalog
    :param batch_id: the batch that was validated (templated)
    :param reviewers: ids of the Airflow users who may answer
    """

    template_fields: Sequence[str] = ("batch_id",)
    operator_extra_links = (EvidenceLink(), BatchLink())

    def __init__(self, *, dataset_id: str, batch_id: Any, reviewers: Sequence[str], **kwargs: Any) -> None:
        # No defaults, ever: a question that times out would approve itself.
        super().__init__(
            subject=f"May the batch of {dataset_id} go into core?",
            assigned_users=[HITLUser(id=name, name=name) for name in reviewers],
            **kwargs,
        )
        self.dataset_id = dataset_id
        self.batch_id = batch_id
        self.docs_url = ""

    def execute(self, context: Context) -> Any:
        """Ask, unless no signature is missing."""
        from enverus_elt.operators.resources import resources  # noqa: PLC0415 - not at parse time
        from enverus_elt.steps.signoff import ask  # noqa: PLC0415

        with resources("sign_off", self.dataset_id) as (conn, _, dataset):
            question = ask(conn, dataset, int(self.batch_id), context["run_id"])
        if question is None:
            self.log.info("%s: batch %s needs no signature", self.dataset_id, self.batch_id)
            return None
        self._pose(question, has_map=bool(dataset.geometry))
        self._tell(context, f"{dataset.title}: batch {self.batch_id} waits for a signature: {question.reason}")
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Record the answer; raises SignOffError when it is no."""
        from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential  # noqa: PLC0415

        from enverus_elt.operators.resources import resources  # noqa: PLC0415
        from enverus_elt.steps.signoff import record  # noqa: PLC0415

        answer = self._answer(context, event)
        patiently = Retrying(
            retry=retry_if_exception_type(TransientError),
            wait=wait_exponential(max=30),
            stop=stop_after_delay(RECORDING_TAKES_AT_MOST),
            reraise=True,
        )
        try:
            for attempt in patiently:
                with attempt, resources("sign_off", self.dataset_id) as (conn, store, dataset):
                    record(conn, store, dataset, int(self.batch_id), run_id=context["run_id"], answer=answer)
        except SignOffError as error:
            self._tell(context, f"for {dataset.owner}: {error}")
            raise
        return {"decision": answer.decision.value, "by": answer.by, "comment": answer.comment}

    def _pose(self, question: "Question", *, has_map: bool) -> None:
        batch = question.batch
        self.docs_url = batch.docs_url or ""
        self.response_timeout = question.patience
        self.subject = f"May batch {batch.batch_id} of {self.dataset_id} go into core?"
        folder = self.docs_url.removesuffix("index.html")
        expires = f"{datetime.now(UTC) + question.patience:%Y-%m-%d %H:%M} UTC"
        self.body = "\n".join(
            (
                f"It waits for a signature because {question.reason}.",
                "",
                f"- [The batch]({batch_url(self.dataset_id, batch.batch_id)}): what merging it would do",
                f"- [Data Docs]({self.docs_url}): {batch.failed_expectations:,} expectations failed",
                f"- [Profile]({folder}profile.html)" + (f" and [map]({folder}map.html)" if has_map else ""),
                "",
                f"{batch.staged:,} rows are staged and {batch.quarantined:,} set aside.",
                f"Without an answer by {expires} it is rejected.",
                "",
                f"Evidence: sha256 `{batch.evidence_sha256}`",
            )
        )

    def _answer(self, context: Context, event: dict[str, Any]) -> "Answer":
        from enverus_elt.steps.signoff import Answer, Decision  # noqa: PLC0415

        if event.get("error_type") == "timeout":
            return Answer(Decision.EXPIRED, datetime.now(UTC))
        given = HITLOperator.execute_complete(self, context, event)
        approved = given["chosen_options"] == [self.APPROVE]
        user = given["responded_by_user"] or {}
        return Answer(
            decision=Decision.APPROVED if approved else Decision.REJECTED,
            at=given["responded_at"],
            by=user.get("id"),
            name=user.get("name"),
            comment=(given["params_input"].get(COMMENT) or "").strip() or None,
        )

    def _tell(self, context: Context, what: str) -> None:
        from enverus_elt.operators.links import question_url  # noqa: PLC0415
        from enverus_elt.operators.notices import notify  # noqa: PLC0415

        notify(f"{what}\n{question_url(context['dag'].dag_id, context['run_id'], self.task_id)}")
