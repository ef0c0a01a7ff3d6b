"""A batch that is not like those of like days waits for a person, and passes once one says so."""

import pytest
from typer.testing import CliRunner

from enverus_elt.cli import app
from enverus_elt.errors import VolumeError
from tests.services.site import Site

HEADERS = "well-headers"
NOTHING = "2019-01-01T00:00:00"


@pytest.fixture
def usual(site: Site) -> Site:
    """Four loads, each but the first of about twenty rows."""
    rows = [{"WellID": key, "UpdatedDate": "2024-05-01T00:00:00"} for key in range(20)]
    site.change(HEADERS, *rows, clear=True)
    for number in range(4):
        site.loaded(HEADERS, f"usual-{number}")
    return site


def test_no_rows_where_there_always_are_some_waits_for_a_person(usual: Site) -> None:
    usual.change(HEADERS, clear=True)
    batch_id = usual.staged(HEADERS, "empty")
    with pytest.raises(VolumeError, match="no rows at all, where like days bring about 20"):
        usual.judged(HEADERS, batch_id)
    assert usual.value("SELECT count(*) FROM ops.run_log") == 4


def test_far_more_rows_than_on_like_days_wait_for_a_person_who_may_let_them_pass(usual: Site) -> None:
    rows = [{"WellID": 100 + key, "UpdatedDate": "2024-05-01T00:00:00"} for key in range(1200)]
    usual.change(HEADERS, *rows)
    batch_id = usual.staged(HEADERS, "flood")
    with pytest.raises(
        VolumeError, match=r"1,220 rows, where like days bring about 20: more than a factor of 10 apart"
    ):
        usual.judged(HEADERS, batch_id)
    done = CliRunner().invoke(app, ["accept", HEADERS, str(batch_id), "--reason", "the vendor's yearly rerun"])
    assert done.exit_code == 0, done.output
    usual.judged(HEADERS, batch_id)
    assert usual.merged(HEADERS, batch_id).inserted == 1200
    (said,) = usual.rows("SELECT accepted_by, accepted_reason FROM ops.load_batches WHERE batch_id = %s", batch_id)
    assert (said["accepted_reason"], bool(said["accepted_by"])) == ("the vendor's yearly rerun", True)


def test_what_was_accepted_is_the_content_and_not_the_run(usual: Site) -> None:
    usual.change(HEADERS, clear=True)
    batch_id = usual.staged(HEADERS, "empty")
    assert CliRunner().invoke(app, ["accept", HEADERS, str(batch_id), "--reason", "x"]).exit_code == 0
    assert usual.staged(HEADERS, "empty") == batch_id
    with pytest.raises(VolumeError):
        usual.judged(HEADERS, batch_id)


def test_a_few_rows_more_or_less_hold_nobody_up(usual: Site) -> None:
    rows = [{"WellID": 100 + key, "UpdatedDate": "2024-05-01T00:00:00"} for key in range(500)]
    usual.change(HEADERS, *rows)
    assert usual.loaded(HEADERS, "many").inserted == 500


def test_there_is_nothing_to_accept_of_a_batch_that_is_committed(usual: Site) -> None:
    done = CliRunner().invoke(app, ["accept", HEADERS, "1", "--reason", "x"])
    assert (done.exit_code, done.stderr) == (3, "well-headers: there is no batch 1 that waits for anything\n")
