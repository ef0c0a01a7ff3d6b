"""The first load of a dataset: resumed where it stopped, its indexes built after its rows."""

import pytest
from typer.testing import CliRunner

from enverus_elt.cli import app
from enverus_elt.steps import indexes as step
from tests.services.site import Site

HEADERS, LEASES, PRODUCTION = "well-headers", "landtrac-leases", "production"
BUILT = """
SELECT i.relname AS name, pg_get_indexdef(i.oid) AS definition, x.indisvalid AS is_valid
FROM pg_index AS x INNER JOIN pg_class AS i ON x.indexrelid = i.oid
WHERE x.indrelid = ('core.' || %s)::regclass ORDER BY 1
"""
LEFT_OVER = "SELECT index_name FROM ops.deferred_indexes"
SAID = "indexes built after the first rows"


def initial(dataset: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["load", dataset, "--initial"], catch_exceptions=False)
    return result.exit_code, result.output


def indexes(site: Site, table: str) -> list[dict[str, object]]:
    return site.rows(BUILT, table)


@pytest.mark.parametrize(("dataset", "table"), [(HEADERS, "well_headers"), (PRODUCTION, "production")])
def test_the_first_load_builds_its_indexes_after_its_rows(
    site: Site, caplog: pytest.LogCaptureFixture, dataset: str, table: str
) -> None:
    before = indexes(site, table)
    site.merged(dataset, site.validated(dataset, "first"))
    assert SAID in caplog.text
    assert indexes(site, table) == before
    assert all(index["is_valid"] for index in before)
    assert site.rows(LEFT_OVER) == []
    caplog.clear()
    site.serve("2025")
    assert site.loaded(dataset, "second").updated
    assert SAID not in caplog.text  # a table that has rows keeps its indexes, whatever comes


def test_a_key_that_a_view_groups_by_stays(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    before = indexes(site, "well_headers")
    with site.warehouse("owner") as owner:
        owner.execute("CREATE VIEW core.leaning AS SELECT id, well_name FROM core.well_headers GROUP BY id")
    assert site.merged(HEADERS, site.validated(HEADERS, "first")).inserted == 38_189
    assert SAID in caplog.text
    assert indexes(site, "well_headers") == before


def test_an_empty_table_that_somebody_reads_is_loaded_with_its_indexes(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    batch_id = site.validated(HEADERS, "first")
    with site.warehouse("reader") as reader, reader.transaction():
        reader.execute("SELECT count(*) FROM core.well_headers")
        assert site.merged(HEADERS, batch_id).inserted == 38_189
    assert SAID not in caplog.text


def test_a_merge_that_fails_leaves_the_table_with_its_indexes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    batch_id, before = site.validated(HEADERS, "first"), indexes(site, "well_headers")

    def broken(*_: object) -> int:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(step.log, "info", broken)  # said when they are built again
        with pytest.raises(RuntimeError, match="power"):
            site.merged(HEADERS, batch_id)
    assert indexes(site, "well_headers") == before
    assert site.value("SELECT count(*) FROM core.well_headers") == 0
    assert site.merged(HEADERS, batch_id).inserted == 38_189


def test_an_interrupted_first_load_goes_on(site: Site) -> None:
    site.staged(LEASES, "initial")
    code, said = initial(LEASES)
    assert (code, "inserted 2,591" in said) == (0, True), said
    assert "of 2,591 rows" not in said  # nothing was read again
    code, said = initial(LEASES)
    assert (code, "(loaded before)" in said) == (0, True), said


def test_a_dataset_that_is_loaded_already_is_left_alone(site: Site) -> None:
    site.loaded(LEASES, "by-the-dag")
    code, said = initial(LEASES)
    assert (code, "batch 1 has loaded it before: use 'enverus reseed landtrac-leases'" in said) == (3, True)


def test_without_the_word_nothing_happens(site: Site) -> None:
    result = CliRunner().invoke(app, ["load", LEASES])
    assert (result.exit_code, "say --initial" in result.output) == (3, True)
    assert site.rows("SELECT batch_id FROM ops.load_batches") == []
