"""The guards around a signature, and between runs of one dataset."""

from tests.guards.removal import Removal

SIGNOFF = "tests/integration/test_signoff.py"
STEP = "plugins/enverus_elt/steps/signoff.py"

SIGNING = [
    Removal(
        "signature before the merge",
        "plugins/enverus_elt/steps/merge.py",
        "        require_signature(conn, batch)\n",
        "",
        f"{SIGNOFF}::test_a_batch_that_needs_a_signature_is_not_merged_without_one",
    ),
    Removal(
        "signature on this evidence",
        "include/sql/ops/select_signature.sql",
        "s.evidence_sha256 = %(evidence_sha256)s",
        "%(evidence_sha256)s::text IS NOT NULL",
        f"{SIGNOFF}::test_a_batch_that_is_judged_again_needs_a_new_signature",
    ),
    Removal(
        "digest of the evidence",
        STEP,
        "        verify(store, Evidence(batch.evidence_prefix, batch.evidence_sha256))\n",
        "        Evidence(batch.evidence_prefix, batch.evidence_sha256)\n",
        f"{SIGNOFF}::test_evidence_that_was_changed_cannot_be_signed",
    ),
    Removal(
        "named reviewers",
        STEP,
        'answer.by not in request["reviewers"]',
        'answer.by == ""',
        f"{SIGNOFF}::test_an_answer_of_somebody_else_is_refused",
    ),
    Removal(
        "documents are strangers",
        "plugins/warehouse_ui/documents.py",
        '"sandbox allow-scripts allow-downloads; default-src',
        '"default-src',
        "tests/integration/test_warehouse_pages.py::test_documents_run_as_strangers_to_airflow",
    ),
    Removal(
        "one merge of a dataset at a time",
        "plugins/enverus_elt/steps/merge.py",
        '        conn.execute(render("ops/lock_dataset.sql"), {"dataset": dataset.id})\n',
        "",
        "tests/faults/test_kills_zombies.py::test_two_runs_of_a_dataset_are_merged_one_after_the_other",
    ),
]
