"""The guards around deliveries and the data lake's versions."""

from tests.guards.removal import Removal

LAKE = "plugins/enverus_elt/lake"
LEDGER = "tests/integration/test_ledger.py"
PUBLISH = "tests/integration/test_publish.py"
FAULTS = "tests/faults/test_lake_faults.py"

DATA_LAKE = [
    Removal(
        "token of a delivery",
        "include/sql/lake/hold_delivery.sql",
        " AND run_token = %(run_token)s",
        "",
        f"{LEDGER}::test_who_takes_a_delivery_over_shuts_the_one_before_out",
    ),
    Removal(
        "turn of a delivery",
        f"{LAKE}/ledger.py",
        "        if (earlier := _earlier(conn, delivery_id)) is not None:\n",
        "        if (earlier := _earlier(conn, delivery_id)) == 0:\n",
        f"{LEDGER}::test_versions_of_a_dataset_are_made_in_order_and_different_datasets_side_by_side",
    ),
    Removal(
        "one registration at a time",
        f"{LAKE}/ledger.py",
        '        conn.execute(render("lake/lock_ledger.sql"))\n',
        "",
        f"{LEDGER}::test_fifty_watchers_at_once_register_each_manifest_once",
    ),
    Removal(
        "the same content once",
        f"{LAKE}/publish.py",
        "newest is not None and newest.content_sha256 == content",
        'newest is not None and newest.content_sha256 == ""',
        f"{PUBLISH}::test_the_same_content_makes_no_version_and_an_older_one_does",
    ),
    Removal(
        "objects under a lock",
        f"{LAKE}/publish.py",
        "        hold(conn, delivery)\n        sent = ",
        "        sent = ",
        f"{FAULTS}::test_nobody_takes_over_while_an_object_is_written",
    ),
    Removal(
        "own leftovers go first",
        f"{LAKE}/publish.py",
        "    discard(conn, lake, delivery)\n",
        "",
        f"{FAULTS}::test_a_killed_publisher[between two objects]",
    ),
    Removal(
        "leftovers of failed deliveries go first",
        f"{LAKE}/publish.py",
        "    drop_abandoned(conn, lake, manifest.dataset)\n",
        "",
        f"{PUBLISH}::test_the_next_delivery_takes_away_what_a_failed_one_left",
    ),
    Removal(
        "digest of a version's objects",
        f"{LAKE}/reading.py",
        "        if sha256 != asset.sha256:\n",
        '        if sha256 == "":\n',
        f"{PUBLISH}::test_an_object_that_was_changed_is_not_read",
    ),
]
