"""The ledger of deliveries: none missed, none twice, in order, and never two who write."""

import threading
from datetime import timedelta

import psycopg
import pytest

from enverus_elt.errors import StaleWorkerError, TerminalError, TransientError
from enverus_elt.hooks.warehouse import connect
from enverus_elt.lake import ledger
from enverus_elt.lake.ledger import Arrival, deliveries, fail, find, give_up, hold, register, settle, take, turn_of
from tests.services.lake import START, arrival, manifest, registered, taken
from tests.services.site import Site


def test_a_manifest_is_one_delivery_however_often_it_is_found(site: Site) -> None:
    found = [arrival("b-1"), arrival("b-2", at=START + timedelta(seconds=1))]
    with connect() as conn:
        first = register(conn, found)
        again = register(conn, reversed(found))
    assert [one.batch_id for one in first] == ["b-1", "b-2"]
    assert again == first
    assert first[0].dataset == "wells"
    assert (first[0].uploader, first[0].intent, first[0].state) == ("anna", "ingest_vector", "registered")
    assert first[0].manifest == found[0].body
    assert site.value("SELECT count(*) FROM ops.activity WHERE action = 'registered'") == 2


def test_uploaded_again_it_is_another_delivery(site: Site) -> None:
    with connect() as conn:
        register(conn, [arrival("b-1")])
        (second,) = register(conn, [arrival("b-1", at=START + timedelta(minutes=1))])
        (other,) = register(conn, [arrival("b-1", description="Other words")])
    assert len({second.delivery_id, other.delivery_id}) == 2
    assert site.value("SELECT count(*) FROM ops.deliveries WHERE batch_id = 'b-1'") == 3


def test_numbers_follow_the_order_of_uploads(site: Site) -> None:
    late, early = arrival("late", at=START + timedelta(hours=1)), arrival("early")
    with connect() as conn:
        assert [one.batch_id for one in register(conn, [late, early])] == ["early", "late"]


def test_fifty_watchers_at_once_register_each_manifest_once(site: Site) -> None:
    found = [arrival(f"b-{number}", at=START + timedelta(seconds=number)) for number in range(50)]
    errors: list[BaseException] = []

    def watch() -> None:
        try:
            with connect() as conn:
                register(conn, found)
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)

    watchers = [threading.Thread(target=watch) for _ in range(8)]
    for watcher in watchers:
        watcher.start()
    for watcher in watchers:
        watcher.join()
    assert errors == []
    rows = site.rows("SELECT batch_id FROM ops.deliveries ORDER BY delivery_id")
    assert [row["batch_id"] for row in rows] == [f"b-{number}" for number in range(50)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[1]",
        b'{"uploader": 7}',
        b'{"uploader": "a\\u0000b\\ud800", "intent": ["x"]}',
        manifest("another"),
        manifest("b-1", "!!!"),
        b"[" * 100_000,
    ],
)
def test_what_cannot_be_read_is_registered_too_and_its_reason_told_later(site: Site, body: bytes) -> None:
    with connect() as conn:
        (delivery,) = register(conn, [Arrival("manifests/b-1.json", "e", START, body)])
        assert delivery.dataset is None
        assert delivery.manifest == body
        assert turn_of(conn, delivery.delivery_id)
        failed = fail(conn, take(conn, delivery.delivery_id, "run"), "not JSON: \x00")
    assert (failed.state, failed.error) == ("failed", "not JSON: \ufffd")


def test_a_manifest_whose_texts_hold_what_postgresql_does_not_take(site: Site) -> None:
    body = manifest("b-1").replace(b'"anna"', b'"an\\u0000na"')
    with connect() as conn:
        (delivery,) = register(conn, [Arrival("manifests/b-1.json", "e", START, body)])
    assert delivery.uploader in ("an\ufffdna", None)


def test_versions_of_a_dataset_are_made_in_order_and_different_datasets_side_by_side(site: Site) -> None:
    with connect() as conn:
        first, second = registered(conn, "b-1"), registered(conn, "b-2")
        other = registered(conn, "b-3", "Leases")
        assert [turn_of(conn, one.delivery_id) for one in (first, second, other)] == [True, False, True]
        with pytest.raises(TransientError, match=f"waits: delivery {first.delivery_id} of wells came first"):
            take(conn, second.delivery_id, "run")
        held = take(conn, first.delivery_id, "run")
        assert not turn_of(conn, second.delivery_id)
        fail(conn, held, "no such file")
        assert turn_of(conn, second.delivery_id)
        assert take(conn, second.delivery_id, "run").state == "running"


def test_who_takes_a_delivery_over_shuts_the_one_before_out(site: Site) -> None:
    with connect() as conn:
        first = taken(conn, "b-1")
        second = take(conn, first.delivery_id, "another run")
        assert (first.attempt, second.attempt) == (1, 2)
        with conn.transaction():
            assert hold(conn, second).delivery_id == first.delivery_id
        with conn.transaction(), pytest.raises(StaleWorkerError, match="another one has taken over"):
            hold(conn, first)
        with pytest.raises(StaleWorkerError):
            fail(conn, first, "too late")
        assert find(conn, first.delivery_id).state == "running"


def test_who_holds_a_delivery_is_not_shut_out_in_between(site: Site) -> None:
    with connect() as conn, connect() as other:
        first = taken(conn, "b-1")
        other.execute("SET lock_timeout = '100ms'")
        with conn.transaction():
            hold(conn, first)
            ledger.note(other, first.delivery_id, "somebody", "looked at")  # to add to the record is free
            with pytest.raises(psycopg.errors.LockNotAvailable):
                take(other, first.delivery_id, "another run")


def test_a_delivery_that_has_ended_is_not_worked_on_again(site: Site) -> None:
    with connect() as conn:
        delivery = taken(conn, "b-1")
        with pytest.raises(TerminalError, match="its manifest must stay where it is"):
            settle(conn, delivery.delivery_id, "run")
        fail(conn, delivery, "files.0.path: no such file\nfiles.1.path: no such file\n")
        with pytest.raises(TerminalError, match="submit its manifest again"):
            take(conn, delivery.delivery_id, "run")
        with conn.transaction(), pytest.raises(StaleWorkerError):
            hold(conn, delivery)
        unsettled = register(conn, [arrival("b-1")])
        assert [one.state for one in unsettled] == ["failed"]
        settled = settle(conn, delivery.delivery_id, "run", "failed/b-1.report.md")
        assert settle(conn, delivery.delivery_id, "run") == settled
        assert register(conn, [arrival("b-1")]) == []
    assert settled.report_key == "failed/b-1.report.md"
    actions = site.rows("SELECT action FROM ops.activity ORDER BY activity_id")
    assert [row["action"] for row in actions] == ["registered", "taken", "failed", "settled"]


def test_what_nobody_works_on_any_more_is_given_up_once(site: Site) -> None:
    with connect() as conn:
        delivery = taken(conn, "b-1")
        given = give_up(conn, delivery.delivery_id, "the run ended without an answer", "sweep")
        assert given == give_up(conn, delivery.delivery_id, "something else", "sweep")
        with conn.transaction(), pytest.raises(StaleWorkerError):
            hold(conn, delivery)
        assert [one.batch_id for one in deliveries(conn, states=["failed"], settled=False)] == ["b-1"]
        assert deliveries(conn, states=["running"]) == []
        assert deliveries(conn, batch_id="b-2") == []
        with pytest.raises(TerminalError, match="there is no delivery 4711"):
            find(conn, 4711)
        with pytest.raises(TerminalError, match="there is no delivery 4711"):
            take(conn, 4711, "run")


def test_a_scratch_schema_is_the_loaders_and_belongs_to_a_delivery(site: Site) -> None:
    with connect() as conn:
        delivery = taken(conn, "b-1")
        values = (delivery.delivery_id, delivery.attempt)
        row = conn.execute("SELECT ops.create_scratch(%s, %s) AS name", values).fetchone()
        assert row == {"name": f"proc_{delivery.delivery_id}_1"}
        conn.execute(f"CREATE TABLE {row['name']}.t (id integer)")
        conn.execute(f"DROP SCHEMA {row['name']} CASCADE")
        with pytest.raises(psycopg.errors.RaiseException, match="there is no delivery 4711"):
            conn.execute("SELECT ops.create_scratch(4711, 1)")
