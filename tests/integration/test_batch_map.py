"""The map of a staged batch: what it counts, how far it says that places moved, and that it needs no network."""

import re
from pathlib import Path
from typing import Any

import pytest

from enverus_elt.steps.review import batch_map
from tests.integration.reviewing import HEADERS, LEASES, Reviewed, header, lease, opened, reviewed
from tests.services.site import Site

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"
CHANGED = {"UpdatedDate": "2024-06-01T00:00:00"}
LOADS = re.compile(r"<(?:script|img|iframe|link|source|embed)\b[^>]*\b(?:src|href)=|@import|url\(\s*['\"]?https?:")


def moved_headers(site: Site) -> Reviewed:
    """One row inserted, one moved by a thousandth of a degree, one deleted, three quarantined."""
    site.change(HEADERS, *(header(number) for number in range(1, 9)), clear=True)
    reviewed(site, HEADERS, "first").merged()
    site.change(
        HEADERS,
        header(1, GeomSHL_Point="POINT (-91.5 28.001)", WellName=EVIL, ENVOperator=EVIL, **CHANGED),
        header(2, DeletedDate="2024-06-02T00:00:00", **CHANGED),
        header(3, GeomSHL_Point=None, **CHANGED),
        header(10, **CHANGED),
        header(20, GeomSHL_Point="POINT (-92.5 8)", WellName=EVIL, **CHANGED),  # outside of the dataset's extent
        header(21, GeomSHL_Point="POINT (28 -92.5)", **CHANGED),  # no place on the globe
        header(22, GeomSHL_Point="POINT (28", **CHANGED),
    )
    return reviewed(site, HEADERS, "second")


def table(page: str) -> list[list[str]]:
    """Cells of the table of features, as text."""
    body = page.split("<h2>Features</h2>")[1].split("</table>", maxsplit=1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def test_the_page_says_in_numbers_what_the_map_shows(site: Site) -> None:
    batch = moved_headers(site)
    page = batch.pages["map.html"].decode()
    inserted, updated, deleted, quarantined, moves = table(page)
    assert inserted[2:5] == ["1", "1", "1"]
    # Two are updated, of which one moved and one lost its place: 110.8 m is a thousandth of a degree at 28 degrees.
    assert updated[2:] == ["2", "1", "1", "1", "110.8 m", "110.8 m", "0", "0", "1"]
    assert deleted[2:5] == ["1", "1", "1"]
    assert quarantined[2:5] == ["3", "1", "1"]
    assert moves[0] == "lines from old to new place"
    assert "28.00000, -91.50000" in page
    assert "28.00100, -91.50000" in page
    assert not LOADS.search(re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL))
    assert EVIL not in page
    assert "&lt;script&gt;alert(1)" in page
    assert EVIL not in batch.pages["profile.html"].decode()


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark", "viewport": {"width": 400, "height": 800}}])
def test_the_pages_work_without_a_network(site: Site, tmp_path: Path, settings: dict[str, Any]) -> None:
    batch = moved_headers(site)
    with opened(tmp_path, batch.pages["map.html"], **settings) as (page, said):
        page.wait_for_selector("#map[data-ready]", timeout=60_000)
        page.click("text=show >> nth=0")
        page.wait_for_timeout(500)
        # The row that moved is in the middle now: its tooltip shows text, whatever it holds.
        x, y = page.evaluate(
            """() => {
                const plot = Bokeh.index.get_by_id(Bokeh.documents[0].roots()[0].id);
                const {left, top, width, height} = plot.frame.bbox, canvas = plot.el.getBoundingClientRect();
                return [canvas.left + left + width / 2, canvas.top + top + height / 2];
            }"""
        )
        page.mouse.move(x, y)
        page.wait_for_selector(".bk-Tooltip >> text=110.8 m")
        page.locator(".bk-Tooltip").get_by_text(EVIL).first.wait_for()
        page.focus("#map")
        before = page.evaluate("Bokeh.documents[0].roots()[0].x_range.start")
        page.keyboard.press("ArrowRight")
        assert page.evaluate("Bokeh.documents[0].roots()[0].x_range.start") > before
        page.uncheck("input[data-layer='inserted geom_point']")
        hidden = (
            "Bokeh.documents[0].roots()[0].renderers.filter(r => r.name == 'inserted geom_point' && !r.visible).length"
        )
        assert page.evaluate(hidden) == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert said == []
    with opened(tmp_path, batch.pages["profile.html"], **settings) as (page, said):
        page.fill("#find", "env_operator")
        assert page.locator("#columns tbody tr:visible").count() == 1
        assert page.locator("#columns script").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert said == []


def test_a_sample_is_called_one_and_outlines_are_drawn(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_map, "MOST_DRAWN", 7)
    site.change(LEASES, *(lease(number) for number in range(1, 21)), clear=True)
    batch_id = site.staged(LEASES, "run")
    batch = Reviewed(site, LEASES, batch_id)
    page = batch.pages["map.html"].decode()
    assert "7 of 20 inserted geom_poly" in page
    assert table(page)[0][2:] == ["20", "20", "7"]
    assert '"name":"MultiPolygons"' in page
    monkeypatch.setattr(batch_map, "MOST_DRAWN", 5000)
    monkeypatch.setattr(batch_map, "MOST_POINTS", 17)  # three squares and a bit
    assert "3 of 20 inserted geom_poly" in Reviewed(site, LEASES, batch_id).pages["map.html"].decode()
