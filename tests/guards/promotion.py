"""Guards of datasets that files feed."""

from tests.guards.removal import Removal

LAKE, SOURCES = "plugins/enverus_elt/lake/promotion.py", "plugins/enverus_elt/sources"
LOADS, FILES = "tests/integration/test_promotion.py", "tests/unit/test_files_source.py"

PROMOTION = [
    Removal(
        "stamps beside the hash",
        "plugins/enverus_elt/steps/csv_rows.py",
        "        self._stamps = dataset.stamps\n",
        "        self._stamps: tuple[str, ...] = ()\n",
        f"{LOADS}::test_the_next_version_changes_what_is_other_and_nothing_else",
    ),
    Removal(
        "second look at the lake",
        LAKE,
        '        if again["key"] == found["key"]:\n',
        "        if again:\n",
        f"{LOADS}::test_a_version_that_is_published_while_one_is_fetched_is_the_one_that_is_read",
    ),
    Removal(
        "digest of a version",
        LAKE,
        '    if digest != file["sha256"]:\n',
        "    if not digest:\n",
        f"{LOADS}::test_an_object_that_is_not_the_recorded_one_is_refused",
    ),
    Removal(
        "count of a version",
        f"{SOURCES}/files.py",
        "        if self._rows != file.rows:\n",
        "        if self._rows < 0:\n",
        f"{FILES}::test_a_file_with_other_rows_than_the_ledger_says_is_refused",
    ),
    Removal(
        "reference system of a layer",
        f"{SOURCES}/geoparquet.py",
        "        if not CRS.from_epsg(srid).equals(found, ignore_axis_order=True):\n",
        "        if found.name == '':\n",
        f"{FILES}::test_a_layer_in_another_reference_system_is_refused",
    ),
    Removal(
        "codes that are not named",
        "plugins/enverus_elt/steps/rejects.py",
        "    if isinstance(row, FaultyRow):\n        return row.field, row.reason\n",
        "",
        f"{FILES}::test_a_value_without_a_code_sets_its_row_aside_and_says_which_field",
    ),
]
