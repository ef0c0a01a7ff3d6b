"""Each guard of the pipeline as the edit that takes it out, with the test that must then be red."""

from tests.guards.lake import DATA_LAKE
from tests.guards.landing import LANDING
from tests.guards.promotion import PROMOTION
from tests.guards.removal import Removal
from tests.guards.signing import SIGNING

STEPS, SOURCES, SQL = "plugins/enverus_elt/steps", "plugins/enverus_elt/sources", "include/sql"
API = "tests/faults/test_api_faults.py"
LASTING = f"{API}::test_a_lasting_fault_changes_nothing_and_the_run_can_be_run_again"
PASSING = f"{API}::test_a_passing_fault_is_ridden_out"
VALUES = "tests/faults/test_values.py::test_odd_values_are_loaded_as_they_came_or_set_aside_each_for_its_reason"
GEOMETRY = "tests/faults/test_geometry_values.py"
KILLS = "tests/faults/test_kills_points.py"
ZOMBIE = "tests/faults/test_kills_zombies.py::test_a_worker_that_was_replaced_changes_nothing"
STORE = "tests/faults/test_object_store_faults.py"
GUARDS = "tests/integration/test_guards.py"
WATERMARK = "tests/integration/test_watermark.py"
BACKFILL = "tests/integration/test_backfill.py"
VOLUME = "tests/integration/test_volume.py"
DRIFT = "tests/integration/test_drift.py"
MERGE = "tests/integration/test_merge.py"


READING = [
    Removal("count agreement", f"{STEPS}/extract.py", "    _agree(dataset, before, rows, after)\n", "", LASTING),
    Removal("repeated page", f"{SOURCES}/enverus.py", "                firsts.add(key)\n", "", LASTING),
    Removal(
        "circle of links",
        f"{SOURCES}/enverus.py",
        "            if link in links:\n",
        "            if link == '':\n",
        "tests/unit/test_enverus_source.py::test_a_next_link_that_leads_in_a_circle_is_transient",
    ),
    Removal(
        "one new token on 401",
        f"{SOURCES}/http.py",
        "status_code == 401 and not refreshed",
        "status_code == 0",
        PASSING,
    ),
    Removal("bounded tries", f"{SOURCES}/http.py", "BUSY = (429, 500, 502, 503, 504)", "BUSY = ()", PASSING),
    Removal(
        "total deadline",
        f"{SOURCES}/http.py",
        "if time.monotonic() > end:",
        "if time.monotonic() > end + 1e9:",
        LASTING,
    ),
    Removal(
        "clock comparison",
        f"{STEPS}/opening.py",
        "CLOCKS_APART = timedelta(minutes=15)",
        "CLOCKS_APART = timedelta(days=15)",
        f"{API}::test_a_source_whose_clock_is_off_is_not_read",
    ),
    Removal(
        "overlap",
        f"{STEPS}/opening.py",
        "max(dataset.load.overlap, timedelta(seconds=1))",
        "timedelta(0)",
        "tests/integration/test_pipeline.py::test_a_later_window_starts_a_day_below_the_watermark",
    ),
    Removal(
        "shared token",
        "plugins/enverus_elt/hooks/enverus.py",
        "SharedToken(conn, base, key) if conn else None",
        "None",
        "tests/integration/test_tokens.py::test_tasks_side_by_side_and_one_after_the_other_share_a_token",
    ),
    Removal(
        "required fields",
        f"{STEPS}/drift.py",
        "dataset.required_fields.intersection(absent)",
        "set[str]()",
        f"{DRIFT}::test_what_core_cannot_be_without_stops_the_load",
    ),
    Removal(
        "frozen fields",
        f"{STEPS}/drift.py",
        "dataset.load.drift is not Drift.FREEZE or",
        "True or",
        f"{DRIFT}::test_a_frozen_dataset_stops_at_a_new_field_and_an_ignoring_one_says_nothing",
    ),
    Removal(
        "absent column kept",
        f"{STEPS}/classification.py",
        '"absent": batch.absent_columns}',
        '"absent": ()}',
        f"{DRIFT}::test_a_field_that_is_gone_leaves_what_core_knows",
    ),
]
VALUE = [
    Removal(
        "finite numbers", f"{STEPS}/rejects.py", "not math.isfinite(value)", "value is None", f"{VALUES}[odd JSON]"
    ),
    Removal("no words for numbers", f"{STEPS}/csv_rows.py", "(nan|inf|0x)", "(nothing)", f"{VALUES}[numbers]"),
    Removal(
        "times that are times",
        f"{STEPS}/csv_rows.py",
        '            if value is None or value == "":\n',
        "            if True:\n",
        f"{VALUES}[no times]",
    ),
    Removal(
        "fields there twice", f"{SOURCES}/json_rows.py", "if len(row) < len(pairs):", "if False:", f"{VALUES}[odd JSON]"
    ),
    Removal("bytes that are no text", f"{SOURCES}/json_rows.py", '"surrogateescape"', '"replace"', f"{VALUES}[texts]"),
    Removal(
        "rows that must be looked at",
        f"{SOURCES}/json_rows.py",
        "        plain = _is_plain(content, rows)\n",
        "        plain = True\n",
        "tests/faults/test_values.py::test_one_odd_value_among_plain_ones_is_noticed",
    ),
    Removal(
        "guarded casts",
        f"{STEPS}/loading.py",
        "            self._load_guarded()\n",
        "            raise\n",
        f"{VALUES}[numbers]",
    ),
    Removal(
        "keys that are missing",
        f"{SQL}/stage/faults.sql",
        "{% for name in dataset.load.key %}\n",
        "{% for name in () %}\n",
        f"{VALUES}[keys]",
    ),
    Removal(
        "rows from the future",
        f"{SQL}/stage/faults.sql",
        "interval '1 day'",
        "interval '9999 days'",
        "tests/faults/test_values.py::test_a_row_from_the_future_waits_until_its_time_has_come",
    ),
    Removal(
        "range of degrees",
        f"{SQL}/stage/faults.sql",
        "{% if geometry.geographic %}",
        "{% if false %}",
        f"{GEOMETRY}::test_a_dataset_without_an_extent_takes_places_anywhere_on_earth",
    ),
    Removal(
        "extent",
        f"{SQL}/stage/faults.sql",
        "{% if geometry.extent %}",
        "{% if false %}",
        f"{GEOMETRY}::test_odd_geometries_are_loaded_or_set_aside_each_for_its_reason[points]",
    ),
    Removal(
        "repair",
        f"{SQL}/merge/values.sql",
        '{% if geometry.repair.value == "make_valid" %}',
        "{% if false %}",
        f"{GEOMETRY}::test_an_outline_that_is_not_valid_is_repaired_where_something_is_left_of_it",
    ),
]
COMMITTING = [
    Removal(
        "one transaction",
        f"{STEPS}/merge.py",
        '    with conn.transaction():\n        conn.execute(render("ops/lock_dataset.sql"), {"dataset": dataset.id})\n',
        '    if True:\n        conn.execute(render("ops/lock_dataset.sql"), {"dataset": dataset.id})\n',
        f"{KILLS}::test_a_killed_merge[well-headers-before the run log]",
    ),
    Removal("run token", f"{SQL}/ops/hold_batch.sql", " AND run_token = %(run_token)s", "", ZOMBIE),
    Removal(
        "own objects for each attempt",
        "plugins/enverus_elt/paths.py",
        "return self.all_attempts + self.attempt",
        "return self.all_attempts",
        f"{GUARDS}::test_an_attempt_that_was_replaced_cannot_touch_its_successors_objects",
    ),
    Removal(
        "a batch that is in core is left alone",
        f"{STEPS}/merge.py",
        "        if batch.committed:\n            return _logged(conn, batch)\n",
        "",
        "tests/integration/test_pipeline.py::test_every_step_can_be_run_again_without_a_difference",
    ),
    Removal(
        "newest form of a key",
        f"{SQL}/merge/classify_rows.sql",
        "        WHEN b.newest > 1 THEN 'duplicate'\n",
        "",
        f"{MERGE}::test_of_a_key_that_comes_twice_the_newest_form_counts",
    ),
    Removal(
        "cursor comparison",
        f"{SQL}/merge/classify_rows.sql",
        "b.cursor_value < c.{{ dataset.load.cursor | ident }} THEN 'stale'",
        "FALSE THEN 'stale'",
        f"{MERGE}::test_an_older_batch_never_overwrites_a_newer_row",
    ),
    Removal(
        "age of a batch",
        f"{SQL}/merge/is_superseded.sql",
        "own.batch_id = %(batch_id)s\n",
        "own.batch_id = -%(batch_id)s\n",
        f"{MERGE}::test_an_older_snapshot_changes_nothing_after_a_newer_one",
    ),
    Removal(
        "a row in quarantine is not absent",
        f"{STEPS}/merge.py",
        "    if batch.quarantined:\n",
        "    if batch.quarantined is None:\n",
        f"{GUARDS}::test_a_snapshot_does_not_delete_a_row_that_is_in_quarantine",
    ),
    Removal(
        "rows that add up",
        f"{STEPS}/stage.py",
        "    if staged + quarantined != manifest.rows:\n",
        "    if False:\n",
        "tests/integration/test_conservation.py::test_a_row_that_is_lost_on_the_way_into_staging_stops_the_load",
    ),
    Removal(
        "fates that add up",
        f"{STEPS}/merge.py",
        "    if sum(outcome) - absent != batch.staged:\n",
        "    if False:\n",
        "tests/integration/test_conservation.py::test_a_row_that_is_lost_between_staging_and_core_stops_the_merge",
    ),
]
WATERMARKS = [
    Removal(
        "watermark held by quarantine",
        f"{SQL}/ops/raise_watermark.sql",
        "WHERE q.dataset = %(dataset)s AND",
        "WHERE FALSE AND",
        f"{WATERMARK}::test_the_watermark_stays_at_the_row_that_core_lacks",
    ),
    Removal(
        "rows asked for by key",
        f"{STEPS}/opening.py",
        "keys=tuple(entries.values())",
        "keys=()",
        f"{WATERMARK}::test_a_row_that_is_corrected_in_place_is_loaded_although_no_window_covers_it",
    ),
    Removal(
        "watermark that never goes back",
        f"{SQL}/ops/raise_watermark.sql",
        "        watermark = greatest(w.watermark, excluded.watermark),\n",
        "        watermark = excluded.watermark,\n",
        f"{WATERMARK}::test_a_late_row_in_quarantine_does_not_take_the_watermark_back",
    ),
    Removal(
        "backfills beside the watermark",
        f"{STEPS}/merge.py",
        "watermark is not None and batch.kind in MOVING_THE_WATERMARK",
        "watermark is not None",
        f"{BACKFILL}::test_a_first_load_still_reads_everything_after_a_backfill",
    ),
    Removal(
        "bound of the watermark",
        f"{SQL}/merge/count_actions.sql",
        "max(cursor_value) FILTER (WHERE cursor_value <= %(bound)s)",
        "max(cursor_value)",
        "tests/faults/test_values.py::test_a_row_from_the_future_waits_until_its_time_has_come",
    ),
    Removal(
        "share in quarantine",
        f"{STEPS}/volume.py",
        "    _check_quarantine(dataset, batch)\n",
        "",
        f"{GUARDS}::test_a_batch_that_is_mostly_quarantine_is_not_committed",
    ),
    Removal(
        "share of a snapshot that may go",
        f"{STEPS}/merge.py",
        "    if absent > dataset.load.most_absent * live:\n",
        "    if absent > live:\n",
        f"{GUARDS}::test_a_snapshot_that_lost_a_large_part_waits_for_a_person",
    ),
    Removal(
        "rows of like days",
        f"{STEPS}/volume.py",
        "        _check_rows(dataset, batch, expected)\n",
        "        pass\n",
        f"{VOLUME}::test_far_more_rows_than_on_like_days_wait_for_a_person_who_may_let_them_pass",
    ),
]
EVIDENCE = [
    Removal(
        "digest of objects",
        f"{STEPS}/loading.py",
        "if (digest := reader.finish()) != item.sha256:",
        "if (digest := reader.finish()) == '':",
        f"{STORE}::test_an_object_that_was_changed_after_its_manifest_is_not_loaded",
    ),
    Removal(
        "a move that can be run again",
        "plugins/enverus_elt/hooks/object_store.py",
        "            if self.size(target) is None:\n",
        "            if True:\n",
        f"{KILLS}::test_a_killed_merge[well-headers-between two objects]",
    ),
    Removal(
        "a store's trouble is transient",
        "plugins/enverus_elt/hooks/failures.py",
        "THROTTLED = (429, 500, 502, 503, 504)",
        "THROTTLED = ()",
        f"{STORE}::test_a_store_that_stays_in_trouble_fails_each_step_until_it_is_back",
    ),
    Removal(
        "a server's trouble is transient",
        "plugins/enverus_elt/hooks/failures.py",
        '"53", "55", "57", "58"',
        '"55"',
        "tests/faults/test_full_disk.py::test_a_copy_onto_a_full_disk_is_retried",
    ),
    Removal(
        "locks that are not waited for without end",
        "plugins/enverus_elt/hooks/failures.py",
        '"53", "55", ',
        '"53", ',
        "tests/faults/test_kills_zombies.py::test_a_batch_that_a_sleeping_worker_holds_is_waited_for_only_so_long",
    ),
]

REMOVALS = [*READING, *VALUE, *COMMITTING, *WATERMARKS, *EVIDENCE, *SIGNING, *DATA_LAKE, *LANDING, *PROMOTION]
