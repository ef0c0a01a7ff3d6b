"""Documents of old batches go; what somebody signed, and the newest of a dataset, stays."""

from datetime import timedelta

from enverus_elt.hooks.warehouse import connect
from enverus_elt.steps.retention import old_evidence, prune_evidence
from tests.services.signing import Desk, signed_by
from tests.services.site import Site

YEAR = timedelta(days=365)
LEASES = "landtrac-leases"


def documents(site: Site, batch_id: int) -> list[str]:
    return list(site.store.keys(f"data-docs/{LEASES}/{batch_id}/"))


def test_old_documents_go_but_not_what_was_signed_nor_the_newest(site: Site) -> None:
    signed = Desk(site, signed_by("qa"))
    signed.judge()
    signed.ask()
    signed.approve()
    signed.merge()
    plain, waiting, newest, young = (Desk(site, signed_by("qa"), f"run {number}") for number in range(4))
    for desk in (plain, newest, young):
        desk.judge_unsigned()
        desk.merge()
    plain_twice = documents(site, plain.batch_id)
    waiting.judge()
    waiting.ask()
    with connect() as conn:
        assert old_evidence(conn, YEAR) == []
    ids = [desk.batch_id for desk in (signed, plain, waiting)]
    site.rows("UPDATE ops.load_batches SET created_at = '2020-01-01' WHERE batch_id = ANY(%s) RETURNING 1", ids)
    with connect() as conn:
        assert [batch["batch_id"] for batch in old_evidence(conn, YEAR)] == [plain.batch_id]
        assert prune_evidence(conn, site.store, YEAR) == 1
        assert prune_evidence(conn, site.store, YEAR) == 0
    assert plain_twice
    assert documents(site, plain.batch_id) == []
    for desk in (signed, waiting, newest, young):
        assert documents(site, desk.batch_id)
    facts = site.rows("SELECT evidence_prefix, expectations FROM ops.load_batches WHERE batch_id = %s", plain.batch_id)
    assert facts[0]["evidence_prefix"] is None
    assert facts[0]["expectations"] > 0


def test_the_newest_documents_of_a_dataset_are_kept_however_old(site: Site) -> None:
    desk = Desk(site, signed_by("qa"))
    desk.judge_unsigned()
    desk.merge()
    site.rows("UPDATE ops.load_batches SET created_at = '2020-01-01' RETURNING 1")
    with connect() as conn:
        assert prune_evidence(conn, site.store, YEAR) == 0
    assert documents(site, desk.batch_id)
