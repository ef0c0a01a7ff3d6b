"""The guards around the landing zone and the runs of deliveries."""

from tests.guards.removal import Removal

LAKE = "plugins/enverus_elt/lake"
TRIGGER = "plugins/enverus_elt/operators/landing.py"
ZONE = "tests/integration/test_landing_zone.py"
WATCHING = "tests/integration/test_landing_zone_trigger.py"
DELIVERIES = "tests/integration/test_deliveries.py"

LANDING = [
    Removal(
        "a watcher that does not die",
        TRIGGER,
        "except Exception as error:",
        "except ZeroDivisionError as error:",
        f"{WATCHING}::test_a_store_that_is_away_is_said_once_and_waited_for",
    ),
    Removal(
        "listings in a thread",
        TRIGGER,
        "await asyncio.to_thread(self._list)",
        "self._list()",
        f"{WATCHING}::test_a_store_that_hangs_holds_up_nobody_else",
    ),
    Removal(
        "one run claims a delivery",
        "include/sql/landing/claim_delivery.sql",
        "    AND d.airflow_run_id IS NOT DISTINCT FROM %(seen)s\n",
        "    AND (%(seen)s::text IS NULL OR TRUE)\n",
        f"{ZONE}::test_of_two_runs_one_claims_a_delivery",
    ),
    Removal(
        "files complete before anything starts",
        f"{LAKE}/process.py",
        "            check_files(place.landing, manifest)\n",
        "",
        f"{DELIVERIES}::test_an_upload_that_is_half_there_fails_before_anything_starts",
    ),
    Removal(
        "files as they were checked",
        f"{LAKE}/landing.py",
        "if landing.find(file.path) != known or path.stat().st_size != known.size:",
        "if path.stat().st_size != known.size:",
        f"{ZONE}::test_a_file_that_is_replaced_while_it_is_read_is_refused",
    ),
    Removal(
        "the manifest that was processed",
        f"{LAKE}/landing.py",
        "if waiting is not None and _is_the_one(waiting, delivery):",
        "if waiting is not None:",
        f"{ZONE}::test_a_manifest_that_was_uploaded_meanwhile_stays",
    ),
    Removal(
        "words that nobody chose",
        f"{LAKE}/process.py",
        'f"an unexpected {type(error).__name__}"',
        "str(error)",
        f"{DELIVERIES}::test_the_words_of_what_nobody_expected_stay_out_of_ledger_and_report",
    ),
]
