"""The lake's catalog is one that others read: valid STAC, self-contained, and it says what the ledger says.

The schemas of STAC itself come with pystac; those of its extensions are on the web, so what they add is read back
through pystac's classes for them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pystac
import pytest
from pystac.extensions.file import FileExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.table import TableExtension
from pystac.extensions.version import ItemVersionExtension, VersionExtension
from pystac.validation.stac_validator import JsonSchemaSTACValidator

from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import connect
from enverus_elt.lake.publish import Parent
from tests.services.lake import MORE, WELLS, built, publish_assets, published, taken, unplaced
from tests.services.site import Site


class _CoreValidator(JsonSchemaSTACValidator):
    """Validates by the schemas that come with pystac."""

    def validate_extension(self, *facts: Any, **more: Any) -> None:
        """Not here: it would have to be fetched."""


@pytest.fixture(autouse=True)
def _offline() -> Iterator[None]:
    pystac.validation.set_validator(_CoreValidator())
    yield
    pystac.validation.set_validator(JsonSchemaSTACValidator())


def copied(lake: ObjectStore, folder: Path) -> pystac.Catalog:
    """The whole bucket on disk, opened at its root."""
    for key in lake.keys(""):
        lake.download(key, folder / key)
    return pystac.Catalog.from_file(str(folder / "catalog.json"))


def test_the_catalog_is_valid_and_complete(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        published(conn, site.lake, tmp_path / "in", "b-1")
        published(conn, site.lake, tmp_path / "in", "b-2", MORE)
        published(conn, site.lake, tmp_path / "in", "b-3", {"a.parquet": WELLS, "b.parquet": MORE})
        parents = [Parent(dataset="wells", version=2)]
        published(conn, site.lake, tmp_path / "in", "b-4", title="Wells by county", parents=parents)
    catalog = copied(site.lake, tmp_path / "out")
    catalog.validate_all()
    assert [child.id for child in catalog.get_children()] == ["wells", "wells-by-county"]
    wells = catalog.get_child("wells")
    assert isinstance(wells, pystac.Collection)
    assert [item.id for item in wells.get_items()] == ["wells-v1", "wells-v2", "wells-v3"]
    assert wells.extent.spatial.bboxes == [[-103.0, 31.0, -101.7, 32.0]]
    assert wells.license == "CC-BY-4.0"
    assert [(one.name, one.roles) for one in wells.providers or ()] == [("A test", ["producer", "licensor"])]
    for path in (tmp_path / "out").rglob("*.json"):
        for link in json.loads(path.read_text())["links"]:
            assert link["href"].startswith("."), (path, link)
            assert (path.parent / link["href"]).is_file(), (path, link)
    (derived,) = catalog.get_child("wells-by-county").get_items()  # type: ignore[union-attr]
    (link,) = derived.get_links("derived_from")
    assert link.href.endswith("wells/v2/item.json")


def test_an_item_says_what_its_files_are(site: Site, tmp_path: Path) -> None:
    with connect() as conn:
        published(conn, site.lake, tmp_path / "in", "b-1")
        published(conn, site.lake, tmp_path / "in", "b-2", MORE)
        assets = {row["version"]: row for row in conn.execute("SELECT * FROM ops.lake_assets").fetchall()}
    wells = copied(site.lake, tmp_path / "out").get_child("wells")
    assert wells is not None
    first, second = wells.get_items()
    for item, version in ((first, 1), (second, 2)):
        asset = item.assets["wells.parquet"]
        record = assets[version]
        assert asset.get_absolute_href() == str(tmp_path / "out" / record["key"])
        file = FileExtension.ext(asset)
        assert (file.size, file.checksum) == (record["bytes"], "1220" + record["sha256"])
        assert ProjectionExtension.ext(asset).code == "EPSG:4326"
        table = TableExtension.ext(asset)
        assert table.row_count == record["feature_count"]
        assert [(one.name, one.col_type, one.description) for one in table.columns or ()] == [
            ("id", "int64", "ID in the delivered file"),
            ("name", "string", None),
        ]
        versioned: ItemVersionExtension = VersionExtension.ext(item)
        assert versioned.version == str(version)
        assert versioned.latest is not None
        assert versioned.latest.id == "wells-v2"
        assert item.bbox == record["bbox"]
    assert VersionExtension.ext(second).predecessor.id == "wells-v1"  # type: ignore[union-attr]
    assert VersionExtension.ext(first).successor.id == "wells-v2"  # type: ignore[union-attr]
    assert VersionExtension.ext(first).predecessor is None


def test_a_table_has_no_place_and_a_licence_of_many_words_is_told_in_words(site: Site, tmp_path: Path) -> None:
    words = {"license": "Free for all, ask first", "attribution": "The agency", "keywords": ["wells", "Öl"]}
    with connect() as conn:
        delivery = taken(conn, "b-1", "Table", **words)
        publish_assets(conn, site.lake, delivery, unplaced(built(tmp_path / "in")))
    catalog = copied(site.lake, tmp_path / "out")
    catalog.validate_all()
    table = catalog.get_child("table")
    assert isinstance(table, pystac.Collection)
    assert table.license == "other"
    assert table.description.endswith("License: Free for all, ask first")
    assert table.keywords == ["wells", "Öl"]
    (item,) = table.get_items()
    assert (item.geometry, item.bbox) == (None, None)
