"""A disk that is full for real: the warehouse's tablespace is a small file system, filled to its last page.

The step ends with an error that names the warehouse and that a retry answers; core is as it was; and when there is room
again, the retry ends as if nothing had been.
"""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.faults import places
from tests.faults.compare import State, assert_archived, state_of
from tests.faults.conftest import Wire
from tests.faults.private_postgres import SMALL, PrivatePostgres
from tests.faults.proxy_points import Action
from tests.faults.scenarios import HEADERS, Scenario, approve, stage_again
from tests.services.site import Site

pytestmark = pytest.mark.parametrize("private_site", [SMALL], indirect=True)

DATASET = HEADERS.dataset
FULL = "the warehouse is not available: could not extend file"
PAGE_BYTES = 8192


@pytest.fixture(autouse=True)
def _possible(private_postgres: PrivatePostgres) -> None:
    if private_postgres.refusal:
        pytest.skip(f"no file system of its own can be mounted here: {private_postgres.refusal}")


class Ballast:
    """A table that takes the room of the small tablespace, and gives it back; its catalog lies elsewhere."""

    def __init__(self, server: PrivatePostgres) -> None:
        self._server = server

    def fill(self) -> None:
        """Take all the room there is."""
        self._execute(f"CREATE TABLE ballast (page text) TABLESPACE {SMALL}")
        self._execute("ALTER TABLE ballast ALTER COLUMN page SET STORAGE PLAIN")  # neither compressed nor elsewhere
        # In the list of what is selected the numbers need no room of their own.
        numbers = "SELECT generate_series(1, 1000000)"
        with pytest.raises(psycopg.errors.DiskFull):
            self._execute(f"INSERT INTO ballast SELECT repeat('x', {PAGE_BYTES - 100}) FROM ({numbers}) AS numbers")

    def drop(self) -> None:
        """Make room again."""
        self._execute("DROP TABLE IF EXISTS ballast")

    def _execute(self, statement: str) -> None:
        self._server.execute(statement.encode())


@pytest.fixture
def ballast(private_postgres: PrivatePostgres) -> Iterator[Ballast]:
    found = Ballast(private_postgres)
    yield found
    found.drop()


def test_a_copy_onto_a_full_disk_is_retried(
    private_site: Site, private_wire: Wire, ballast: Ballast, undisturbed: Callable[[Scenario], State]
) -> None:
    expected = undisturbed(HEADERS)
    HEADERS.prepare(private_site)
    batch_id = private_site.extracted(DATASET, "after")
    before = state_of(private_site, DATASET)
    fails_when_full(private_wire, ballast, "stage", batch_id, places.COPY_DATA)
    assert state_of(private_site, DATASET) == before
    ballast.drop()
    stage_again(private_site, DATASET, batch_id)
    assert state_of(private_site, DATASET) == expected
    assert_archived(private_site, DATASET)


@pytest.mark.parametrize("moment", [r"^Startup", places.ROWS], ids=["at first", "while it writes"])
def test_a_merge_onto_a_full_disk_is_retried(
    private_site: Site, private_wire: Wire, ballast: Ballast, undisturbed: Callable[[Scenario], State], moment: str
) -> None:
    expected = undisturbed(HEADERS)
    HEADERS.prepare(private_site)
    batch_id = private_site.staged(DATASET, "after")
    approve(private_site, DATASET, batch_id)
    before = state_of(private_site, DATASET)
    fails_when_full(private_wire, ballast, "merge", batch_id, moment)
    assert state_of(private_site, DATASET) == before
    ballast.drop()
    private_site.merged(DATASET, batch_id)
    assert state_of(private_site, DATASET) == expected
    assert_archived(private_site, DATASET)


def fails_when_full(wire: Wire, ballast: Ballast, step: str, batch_id: int, moment: str) -> None:
    """Run the step, and fill the disk at that moment."""
    point = wire.postgres.at(moment, Action.HOLD)
    worker = wire.start(step, DATASET, batch_id=batch_id)
    wire.postgres.wait(point)
    ballast.fill()
    point.release()
    outcome = worker.outcome()
    assert (outcome.error, FULL in outcome.message) == ("TransientError", True), outcome
