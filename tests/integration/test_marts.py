"""Marts in the warehouse: made, made anew, dropped and refreshed in the order in which they read each other."""

from dataclasses import replace

import pytest

from enverus_elt.errors import TerminalError
from enverus_elt.hooks.connections import WAREHOUSE_OWNER
from enverus_elt.hooks.warehouse import connect, sqlalchemy_url
from enverus_elt.marts import Kind, Mart, load_marts
from enverus_elt.schema.migrate import migrate
from enverus_elt.steps.refresh import refresh
from tests.services.site import Site

VIEWS = "SELECT count(*) FROM pg_class WHERE relnamespace = 'marts'::regnamespace AND relkind IN ('m', 'v')"


def test_a_mart_is_made_anew_when_its_definition_changes_and_dropped_when_its_file_is_gone(site: Site) -> None:
    first, *others = load_marts()
    changed = replace(first, title="Something else.")
    with connect(WAREHOUSE_OWNER) as conn:
        url = sqlalchemy_url(WAREHOUSE_OWNER)
        assert migrate(conn, url, (changed, *others)) == ([], [first.name], [])
        assert migrate(conn, url, tuple(others)) == ([], [], [first.name])
    assert site.value(VIEWS) == len(others)


def a_mart(name: str, *inputs: str, kind: Kind = Kind.MATERIALIZED, more: str = "") -> Mart:
    """A mart that passes the identifiers of its inputs' rows on."""
    tables = {"landtrac-leases": "core.landtrac_leases", "well-headers": "core.well_headers"}
    read = " UNION SELECT objectid FROM ".join(tables.get(name, f"marts.{name}") for name in inputs)
    query = f"SELECT objectid{more} FROM (SELECT objectid FROM {read}) AS r"
    return Mart(name, f"Mart {name}.", inputs, ("objectid",), query, kind)


def test_marts_that_read_marts_are_made_anew_with_them_and_dropped_before_them(site: Site) -> None:
    base, view = a_mart("base", "landtrac-leases"), a_mart("seen", "base", kind=Kind.VIEW)
    top, aside = a_mart("atop", "seen", "well-headers"), a_mart("beside", "well-headers")
    with connect(WAREHOUSE_OWNER) as conn:
        url = sqlalchemy_url(WAREHOUSE_OWNER)
        assert migrate(conn, url, (*load_marts(), base, aside, view, top)).marts == ["base", "beside", "seen", "atop"]
        other = a_mart("base", "landtrac-leases", more=", 1 AS one")
        assert migrate(conn, url, (*load_marts(), other, aside, view, top)) == ([], ["base", "seen", "atop"], [])
        stored = replace(view, kind=Kind.MATERIALIZED)
        assert migrate(conn, url, (*load_marts(), other, aside, stored, top)) == ([], ["seen", "atop"], [])
        with pytest.raises(TerminalError, match=r'^marts/seen\.sql: .* relation "marts.base" does not exist$'):
            migrate(conn, url, (*load_marts(), aside, view, top))
        assert site.value(VIEWS) == len(load_marts()) + 4, "nothing is half applied"
        assert migrate(conn, url, load_marts()) == ([], [], ["atop", "base", "beside", "seen"])
    assert site.value(VIEWS) == len(load_marts())


def test_somebody_elses_view_on_a_mart_is_named_and_stays(site: Site) -> None:
    mart = a_mart("base", "landtrac-leases")
    with connect(WAREHOUSE_OWNER) as conn:
        migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), (*load_marts(), mart))
        conn.execute("SET ROLE enverus_marts")
        conn.execute("CREATE VIEW marts.mine AS SELECT objectid FROM marts.base")
        conn.execute("RESET ROLE")
        refusal = (
            r"^marts\.base: the warehouse refused it \(2BP01\): cannot drop .*; view marts.mine depends on .*base$"
        )
        with pytest.raises(TerminalError, match=refusal):
            migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts())
    assert site.value("SELECT to_regclass('marts.base')") is not None


def test_the_columns_of_a_mart_mean_what_their_inputs_columns_mean_or_what_the_file_says(site: Site) -> None:
    query = "SELECT l.objectid, l.acres, count(*) AS wells FROM core.landtrac_leases AS l, core.wells GROUP BY 1, 2"
    mart = Mart(
        "crowded", "Crowded.", ("landtrac-leases", "wells"), ("objectid",), query, meanings=(("wells", "Number"),)
    )
    with connect(WAREHOUSE_OWNER) as conn:
        migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), (*load_marts(), mart))
        wrong = replace(mart, meanings=(("well", "Number"),))
        with pytest.raises(
            TerminalError, match=r"^marts/crowded\.sql: .* column \"well\" of relation .* does not exist$"
        ):
            migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), (*load_marts(), wrong))
    meanings = site.rows(
        "SELECT attname, col_description(attrelid, attnum) AS meaning FROM pg_attribute"
        " WHERE attrelid = 'marts.crowded'::regclass AND attnum > 0 ORDER BY attnum"
    )
    assert [row["meaning"] for row in meanings] == [
        "Stable 32-bit integer for ArcGIS; an update keeps it.",
        "Acres [ACRE]",
        "Number",
    ]


def test_marts_are_refreshed_behind_what_they_read_once_and_only_when_it_changed(site: Site) -> None:
    base, view = a_mart("base", "landtrac-leases"), a_mart("seen", "base", kind=Kind.VIEW)
    top = a_mart("atop", "seen", "well-headers")
    marts = (base, view, top)

    def refreshed(*names: str) -> list[str]:
        with connect() as conn:
            return [item.mart for item in refresh(conn, [m for m in marts if m.name in names]) if item.refreshed]

    with connect(WAREHOUSE_OWNER) as conn:
        migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), (*load_marts(), *marts))
    site.change("landtrac-leases", {"LeaseID": 1, "UpdatedDate": "2024-01-01T00:00:00"}, clear=True)
    site.loaded("landtrac-leases", "first")
    assert refreshed("base", "seen", "atop") == ["base", "atop"]
    assert site.value("SELECT count(*) FROM marts.atop") == 1
    assert refreshed("base", "seen", "atop") == []
    site.change("landtrac-leases", {"LeaseID": 2, "UpdatedDate": "2024-01-02T00:00:00"})
    site.loaded("landtrac-leases", "second")
    assert refreshed("atop") == [], "what it reads is as it was"
    assert refreshed("base") == ["base"]
    assert refreshed("atop") == ["atop"]
    assert site.value("SELECT count(*) FROM marts.atop") == 2
