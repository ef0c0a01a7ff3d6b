"""A signature between validate and merge: who may give it, on what, once, and what is merged without one."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from enverus_elt.catalog import NextBatch, SignOffPolicy
from enverus_elt.errors import EvidenceError, SignOffError, TerminalError
from enverus_elt.hooks.warehouse import connect
from enverus_elt.steps import signoff
from enverus_elt.steps.signoff import Answer, Decision
from tests.services.signing import LEASES, NO, ROWS, YES, Desk, signed_by, with_policy
from tests.services.site import Site


@pytest.fixture
def desk(site: Site) -> Desk:
    """A staged batch of a dataset every batch of which is signed by qa or lead."""
    return Desk(site, signed_by("qa", "lead"))


def test_a_batch_that_needs_a_signature_is_not_merged_without_one(desk: Desk) -> None:
    desk.judge()
    with pytest.raises(SignOffError, match=f"batch {desk.batch_id} waits for a signature.*nothing was merged"):
        desk.merge()
    assert desk.in_core == 0
    assert desk.site.rows("SELECT * FROM ops.extract_watermarks") == []


def test_a_signature_lets_it_pass_and_says_who_gave_it_on_what(desk: Desk) -> None:
    desk.judge()
    question = desk.ask()
    assert question is not None
    assert question.reason == "every batch of the dataset is signed"
    desk.answer(YES)
    assert desk.merge().inserted == desk.in_core == ROWS
    (signed,) = desk.signoffs()
    (batch,) = desk.site.rows("SELECT * FROM ops.load_batches")
    facts = {name: signed[name] for name in ("decision", "decided_by", "decided_by_name", "decided_at", "comment")}
    assert facts == {
        "decision": "approved",
        "decided_by": YES.by,
        "decided_by_name": YES.name,
        "decided_at": YES.at,
        "comment": YES.comment,
    }
    same = ("batch_id", "dataset", "suite_sha256", "evidence_sha256")
    assert [signed[name] for name in same] == [batch[name] for name in same]
    assert signed["evidence_url"] == batch["docs_url"]


def test_rows_of_core_lead_to_their_signature(desk: Desk) -> None:
    desk.judge()
    desk.ask()
    desk.answer(YES)
    desk.merge()
    query = """
        SELECT s.decided_by, count(*) FROM core.landtrac_leases AS c
        JOIN ops.v_signed_batches AS s USING (load_batch_id) GROUP BY s.decided_by
    """
    assert desk.site.rows(query) == [{"decided_by": "qa", "count": ROWS}]


def test_a_rejected_batch_stays_in_staging_with_the_reason(desk: Desk) -> None:
    desk.judge()
    desk.ask()
    with pytest.raises(SignOffError, match="was rejected by qa: the lessee's names are wrong: it stays in staging"):
        desk.answer(NO)
    with pytest.raises(TerminalError, match="is rejected, not validated"):
        desk.merge()
    assert desk.in_core == 0
    assert desk.site.rows("SELECT * FROM ops.extract_watermarks") == []
    assert desk.site.value("SELECT count(*) FROM staging.landtrac_leases_raw") == ROWS
    assert [row["decision"] for row in desk.signoffs()] == ["rejected"]


def test_a_rejected_batch_can_be_judged_and_asked_for_again(desk: Desk) -> None:
    desk.judge()
    desk.ask()
    with pytest.raises(SignOffError):
        desk.answer(NO)
    with pytest.raises(TerminalError, match="is rejected: run its validate step first"):
        desk.ask()
    desk.judge()
    desk.ask("another run")
    desk.answer(YES, "another run")
    assert desk.merge().inserted == ROWS
    assert [row["decision"] for row in desk.signoffs()] == ["rejected", "approved"]


def test_a_question_that_nobody_answers_rejects(desk: Desk) -> None:
    desk.judge()
    desk.ask()
    with pytest.raises(SignOffError, match=f"nobody signed for batch {desk.batch_id} in time"):
        desk.answer(Answer(Decision.EXPIRED, YES.at))
    with pytest.raises(TerminalError, match="is rejected"):
        desk.merge()
    assert [(row["decision"], row["decided_by"]) for row in desk.signoffs()] == [("expired", None)]


def test_an_answer_counts_once(desk: Desk) -> None:
    desk.judge()
    desk.ask()
    desk.answer(YES)
    for again in (YES, NO):
        with pytest.raises(SignOffError, match="no question of this run is open"):
            desk.answer(again)
    assert desk.ask() is None
    assert len(desk.signoffs()) == 1
    assert desk.merge().inserted == ROWS


def test_an_answer_of_somebody_else_is_refused(desk: Desk) -> None:
    desk.judge()
    desk.ask()
    with pytest.raises(SignOffError, match="admin may not sign for this dataset"):
        desk.answer(YES._replace(by="admin"))
    assert desk.signoffs() == []
    desk.answer(YES._replace(by="lead"))


def test_an_answer_without_a_question_is_refused(desk: Desk) -> None:
    desk.judge()
    with pytest.raises(SignOffError, match="no question of this run is open"):
        desk.answer(YES)
    desk.ask("one run")
    desk.ask("a later run, which asks again")
    with pytest.raises(SignOffError, match="no question of this run is open"):
        desk.answer(YES, "one run")
    assert desk.signoffs() == []


def test_a_batch_that_is_judged_again_needs_a_new_signature(desk: Desk) -> None:
    desk.judge()
    desk.ask()
    desk.answer(YES)
    first = desk.judge()
    with pytest.raises(SignOffError, match="waits for a signature"):
        desk.merge()
    desk.ask()
    desk.judge()
    with pytest.raises(SignOffError, match="no question of this run is open"):
        desk.answer(YES)
    desk.ask()
    desk.answer(YES)
    assert desk.merge().inserted == ROWS
    signed = {row["evidence_url"] for row in desk.signoffs()}
    assert len(signed) == 2
    assert first.docs_url not in signed


@pytest.mark.parametrize("name", ["index.html", "result.json", "evidence.json"])
def test_evidence_that_was_changed_cannot_be_signed(desk: Desk, name: str) -> None:
    desk.judge()
    desk.ask()
    prefix = desk.site.value("SELECT evidence_prefix FROM ops.load_batches")
    good = desk.site.store.get(f"{prefix}/{name}")
    desk.site.store.put(f"{prefix}/{name}", good.replace(b"landtrac", b"LANDTRAC"))
    with pytest.raises(EvidenceError, match=f"{name} is not what the validation published"):
        desk.answer(YES)
    desk.site.store.delete(f"{prefix}/{name}")
    with pytest.raises(EvidenceError, match=f"{name} is gone"):
        desk.answer(YES)
    assert desk.signoffs() == []
    desk.site.store.put(f"{prefix}/{name}", good)
    desk.answer(YES)


def test_the_record_cannot_be_changed_by_whoever_loads(desk: Desk) -> None:
    desk.judge()
    desk.ask()
    desk.answer(YES)
    for statement in (
        "UPDATE ops.qa_signoffs SET decided_by = 'lead'",
        "DELETE FROM ops.qa_signoffs",
        "TRUNCATE ops.qa_signoffs",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), desk.site.warehouse() as conn:
            conn.execute(statement)


def test_each_policy_asks_when_it_says_and_no_other_time(site: Site) -> None:
    policies = {
        SignOffPolicy.NEVER: None,
        SignOffPolicy.ALWAYS: "every batch of the dataset is signed",
        SignOffPolicy.FIRST_LOAD: "it is the first load of the dataset",
        SignOffPolicy.ON_WARNING: "2 expectations of severity warning failed",
    }
    with connect() as conn:
        for policy, reason in policies.items():
            dataset = with_policy(policy=policy, reviewers=("qa",))
            assert signoff.why_to_sign(conn, dataset, 2, asked=False) == reason
            assert signoff.why_to_sign(conn, dataset, 0, asked=True) == "whoever started the run asked for it"
        assert signoff.why_to_sign(conn, with_policy(policy="on_warning", reviewers=("qa",)), 0, asked=False) is None
        site.loaded(LEASES, "first")
        assert signoff.why_to_sign(conn, with_policy(policy="first_load", reviewers=("qa",)), 2, asked=False) is None


def test_who_starts_a_run_can_ask_for_a_signature_but_somebody_has_to_be_named(site: Site) -> None:
    desk = Desk(site, with_policy(policy=SignOffPolicy.NEVER))
    assert desk.judge(asked=True).signoff_reason == "whoever started the run asked for it"
    with pytest.raises(TerminalError, match=r"names nobody who may sign: add signoff\.reviewers"):
        desk.ask()
    with pytest.raises(SignOffError):
        desk.merge()


def test_the_next_load_waits_or_supersedes_by_the_datasets_policy(site: Site) -> None:
    for next_batch, longest in ((NextBatch.WAIT, timedelta(hours=400)), (NextBatch.SUPERSEDE, timedelta(days=7))):
        dataset = with_policy(policy="always", reviewers=("qa",), timeout_hours=400, next_batch=next_batch)
        desk = Desk(site, dataset)
        desk.judge()
        question = desk.ask()
        assert question is not None
        due = dataset.schedule.next(datetime.now(UTC)) - datetime.now(UTC)  # weekly
        expected = longest if next_batch is NextBatch.WAIT else due
        assert abs(question.patience - expected) < timedelta(seconds=5)
        assert question.patience <= longest
