"""The first load of a dataset: indexes after the rows, on record until they are there, and resumed where it stopped."""

import pytest
from typer.testing import CliRunner

from enverus_elt.catalog import load_dataset
from enverus_elt.cli import app
from enverus_elt.hooks.connections import WAREHOUSE_OWNER
from enverus_elt.hooks.warehouse import connect
from enverus_elt.schema import deferred_indexes
from tests.services.site import Site

HEADERS, LEASES = "well-headers", "landtrac-leases"
BUILT = "SELECT indexname FROM pg_indexes WHERE schemaname = 'core' AND tablename = %s ORDER BY 1"


def initial(dataset: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["load", dataset, "--initial"], catch_exceptions=False)
    return result.exit_code, result.output


def indexes(site: Site, table: str) -> list[str]:
    return [row["indexname"] for row in site.rows(BUILT, table)]


def test_the_first_load_builds_its_indexes_after_its_rows(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before, during = indexes(site, "well_headers"), []
    build = deferred_indexes.build

    def observed(*args: object) -> int:
        during.append((indexes(site, "well_headers"), site.value("SELECT count(*) > 0 FROM core.well_headers")))
        return build(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(deferred_indexes, "build", observed)
    code, said = initial(HEADERS)
    assert code == 0, said
    assert "inserted 38,189" in said
    assert during == [(["well_headers_key", "well_headers_objectid", "well_headers_pkey"], True)]
    assert indexes(site, "well_headers") == before
    assert site.rows("SELECT index_name FROM ops.deferred_indexes") == []
    code, said = initial(HEADERS)
    assert (code, "(loaded before)" in said, "indexes built 0" in said) == (0, True, True)


def test_an_interrupted_first_load_goes_on_and_its_indexes_are_not_forgotten(site: Site) -> None:
    before, dataset = indexes(site, "landtrac_leases"), load_dataset(LEASES)
    site.staged(LEASES, "initial")
    with connect(WAREHOUSE_OWNER) as owner:
        dropped = deferred_indexes.defer(owner, dataset)
        assert deferred_indexes.defer(owner, dataset) == 0
    code, said = initial(LEASES)
    assert code == 0, said
    assert f"indexes built {dropped}" in said
    assert "of 2,591 rows" not in said  # nothing was read again
    assert indexes(site, "landtrac_leases") == before


def test_a_dataset_that_is_loaded_already_is_left_alone(site: Site) -> None:
    site.loaded(LEASES, "by-the-dag")
    before = indexes(site, "landtrac_leases")
    code, said = initial(LEASES)
    assert (code, "batch 1 has loaded it before: use 'enverus reseed landtrac-leases'" in said) == (3, True)
    assert indexes(site, "landtrac_leases") == before


def test_without_the_word_nothing_happens(site: Site) -> None:
    result = CliRunner().invoke(app, ["load", LEASES])
    assert (result.exit_code, "say --initial" in result.output) == (3, True)
    assert site.rows("SELECT batch_id FROM ops.load_batches") == []
