"""A reviewer's desk: one batch of a few rows, and what can be done with it between stage and merge."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from enverus_elt.catalog import Dataset, SignOff, SignOffPolicy, load_dataset
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.steps import signoff
from enverus_elt.steps.merge import Merged, merge
from enverus_elt.steps.signoff import Answer, Decision, Question
from enverus_elt.steps.validate import Validated, validate
from tests.services.site import DOCS, Site

LEASES = "landtrac-leases"
RUN = "a run of airflow"
ROWS = 3
YES = Answer(Decision.APPROVED, datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "qa", "Quality Assurance", "looks right")
NO = YES._replace(decision=Decision.REJECTED, comment="the lessee's names are wrong")


def with_policy(**facts: Any) -> Dataset:
    """The leases with another sign-off policy."""
    return load_dataset(LEASES).model_copy(update={"signoff": SignOff(**facts)})


def signed_by(*reviewers: str, **facts: Any) -> Dataset:
    """The leases, every batch of which is signed by one of those."""
    return with_policy(policy=SignOffPolicy.ALWAYS, reviewers=reviewers, **facts)


@dataclass
class Desk:
    """One batch and what a reviewer can do with it."""

    site: Site
    dataset: Dataset
    run_id: str = "run"
    batch_id: int = field(init=False)

    def __post_init__(self) -> None:
        facts = {"UpdatedDate": "2025-03-01T00:00:00", "Geom_Poly": "POLYGON ((-90 28, -90 29, -89 29, -90 28))"}
        self.site.change(LEASES, *({"LeaseID": 900 + number, **facts} for number in range(ROWS)), clear=True)
        self.batch_id = self.site.staged(LEASES, self.run_id)

    def judge(self, *, asked: bool = False) -> Validated:
        with connect() as conn:
            url, store = sqlalchemy_url(), self.site.store
            return validate(conn, url, store, self.dataset, self.batch_id, docs_base_url=DOCS, ask_to_sign=asked)

    def ask(self, run_id: str = RUN) -> Question | None:
        with connect() as conn:
            return signoff.ask(conn, self.dataset, self.batch_id, run_id)

    def answer(self, answer: Answer, run_id: str = RUN) -> None:
        with connect() as conn:
            signoff.record(conn, self.site.store, self.dataset, self.batch_id, run_id=run_id, answer=answer)

    def approve(self) -> None:
        self.answer(YES)

    def judge_unsigned(self) -> None:
        """Judge it as if its dataset needed no signatures."""
        signed, self.dataset = self.dataset, with_policy(policy=SignOffPolicy.NEVER)
        self.judge()
        self.dataset = signed

    def merge(self) -> Merged:
        with connect() as conn:
            return merge(conn, self.dataset, self.batch_id)

    @property
    def in_core(self) -> int:
        return int(self.site.value("SELECT count(*) FROM core.landtrac_leases"))

    def signoffs(self) -> list[dict[str, Any]]:
        return self.site.rows("SELECT * FROM ops.qa_signoffs ORDER BY signoff_id")
