"""Scratch schemas: one per attempt, gone whatever happens, and what a crash leaves is found by the janitor."""

import psycopg
import pytest

from enverus_elt.errors import DeliveryError, TerminalError
from enverus_elt.hooks.warehouse import connect
from enverus_elt.lake.scratch import drop_stale, scratch
from tests.services.site import Site
from tests.services.workshop import running_delivery

SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'proc\\_%' ORDER BY 1"


def schemas(site: Site) -> list[str]:
    return [row["nspname"] for row in site.rows(SCHEMAS)]


def test_it_is_there_for_its_attempt_alone(site: Site) -> None:
    with connect() as conn:
        delivery = running_delivery(conn)
        with scratch(conn, delivery, 1) as schema:
            assert schema == f"proc_{delivery}_1"
            conn.execute(f"CREATE TABLE {schema}.layer (geometry geometry)")
            assert schemas(site) == [schema]
        assert schemas(site) == []


def test_it_goes_whatever_happens(site: Site) -> None:
    with connect() as conn:
        delivery = running_delivery(conn)
        with pytest.raises(DeliveryError, match="bad file"), scratch(conn, delivery, 1):
            raise DeliveryError("bad file")
        with pytest.raises(psycopg.errors.UndefinedTable), scratch(conn, delivery, 1), conn.transaction():
            conn.execute("SELECT * FROM nowhere")
        assert schemas(site) == []


def test_a_server_that_is_gone_hides_no_error(site: Site) -> None:
    with connect() as conn, connect() as other:
        delivery = running_delivery(conn)

        def lose_the_server() -> None:
            with scratch(conn, delivery, 1):
                other.execute("SELECT pg_terminate_backend(%s)", (conn.info.backend_pid,))
                raise DeliveryError("bad file")

        with pytest.raises(DeliveryError, match="bad file"):
            lose_the_server()
        assert schemas(site) == [f"proc_{delivery}_1"]
        other.execute("UPDATE ops.deliveries SET state = 'failed', error = 'bad file'")
        assert drop_stale(other) == [f"proc_{delivery}_1"]
        assert schemas(site) == []


def test_a_delivery_that_does_not_exist_has_none(site: Site) -> None:
    with connect() as conn, pytest.raises(TerminalError, match="there is no delivery 99"), scratch(conn, 99, 1):
        raise AssertionError("not to be reached")
    assert schemas(site) == []


def test_the_janitor_takes_what_nobody_works_in(site: Site) -> None:
    with connect() as conn:
        running, retried, settled, gone = (running_delivery(conn, f"b{number}") for number in range(4))
        for delivery in (running, retried, settled, gone):
            conn.execute("SELECT ops.create_scratch(%s, 1)", (delivery,))
        conn.execute("SELECT ops.create_scratch(%s, 2)", (retried,))
        conn.execute("UPDATE ops.deliveries SET attempt = 2 WHERE delivery_id = %s", (retried,))
        conn.execute("UPDATE ops.deliveries SET state = 'registered' WHERE delivery_id = %s", (settled,))
        with site.warehouse("owner") as owner:
            owner.execute("DELETE FROM ops.deliveries WHERE delivery_id = %s", (gone,))
        assert drop_stale(conn) == [f"proc_{retried}_1", f"proc_{settled}_1", f"proc_{gone}_1"]
        assert schemas(site) == [f"proc_{running}_1", f"proc_{retried}_2"]


def test_one_that_is_in_use_is_left_for_the_next_time(site: Site) -> None:
    with connect() as conn, connect() as dying:
        delivery = running_delivery(conn)
        conn.execute("SELECT ops.create_scratch(%s, 1)", (delivery,))
        conn.execute(f"CREATE TABLE proc_{delivery}_1.layer ()")
        conn.execute("UPDATE ops.deliveries SET state = 'failed', error = 'x'")
        conn.execute("SET lock_timeout = '100ms'")
        with dying.transaction():
            dying.execute(f"SELECT * FROM proc_{delivery}_1.layer")
            assert drop_stale(conn) == []
        assert drop_stale(conn) == [f"proc_{delivery}_1"]
