"""One token serves all tasks: token requests are rate-limited."""

from concurrent.futures import ThreadPoolExecutor

from enverus_elt.hooks.enverus import enverus_session
from enverus_elt.hooks.warehouse import connect
from tests.services.site import Site

PATH = "landtrac-leases"


def ask(_: int) -> int:
    with connect() as conn, enverus_session(conn) as session:
        return session.send("HEAD", PATH, {"pagesize": 1}).status_code


def token_requests(site: Site) -> int:
    return sum(entry["count"] for entry in site.control("GET", "requests") if entry["path"] == "tokens")


def test_tasks_side_by_side_and_one_after_the_other_share_a_token(site: Site) -> None:
    site.control("DELETE", "requests")
    with ThreadPoolExecutor(4) as tasks:
        assert list(tasks.map(ask, range(8))) == [200] * 8
    assert ask(0) == 200
    assert token_requests(site) == 1


def test_a_token_that_is_refused_is_renewed_by_one_of_those_who_wait_for_it(site: Site) -> None:
    ask(0)
    site.control("DELETE", "requests")
    site.control("POST", "faults", [{"fault": "expire_tokens", "match": {"path": PATH}}])
    assert ask(0) == 200
    assert token_requests(site) == 1
    with ThreadPoolExecutor(4) as tasks:
        assert list(tasks.map(ask, range(8))) == [200] * 8
    assert token_requests(site) == 1


def test_the_stored_token_is_of_no_use_without_the_secret_key(site: Site) -> None:
    ask(0)
    (row,) = site.rows("SELECT account, token FROM ops.api_tokens")
    with connect() as conn, enverus_session(conn) as session:
        session.send("HEAD", PATH, {"pagesize": 1})
        used = session._token
    assert used is not None
    assert used.encode() not in bytes(row["token"])
    with site.warehouse("reader") as conn:
        readable = conn.execute("SELECT has_table_privilege('ops.api_tokens', 'SELECT') AS may").fetchone()
    assert readable == {"may": False}
