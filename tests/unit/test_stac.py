"""The catalog's documents, where no bucket is needed to tell: rasters, and places on both sides of the antimeridian."""

from datetime import UTC, datetime
from typing import Any

import pystac
import pytest
from pystac.extensions.projection import ProjectionExtension
from pystac.validation.stac_validator import JsonSchemaSTACValidator

from enverus_elt.lake.stac import collection, item, root

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
META = {"title": "Heights", "description": "Heights of a test", "source": "A test", "license": "CC0-1.0"}
BANDS = [
    {"name": "band_1", "data_type": "int16", "nodata": -32768, "color": "gray", "statistics": {"valid_percent": 0.0}},
    {"name": "band_2", "data_type": "complex64", "nodata": None, "statistics": {"minimum": 1.5, "maximum": 2}},
]


def valid(document: dict[str, Any], kind: pystac.STACObjectType) -> None:
    """By the schemas that come with pystac; those of extensions are on the web."""
    JsonSchemaSTACValidator().validate_core(document, kind, "1.1.0")


def asset(name: str = "heights.tif", box: tuple[float, ...] | None = (10, 20, 11, 21), **facts: Any) -> dict[str, Any]:
    known = {"name": name, "media_type": "image/tiff; application=geotiff", "role": "data", "bytes": 7, "sha256": "ab"}
    more = {"crs": "EPSG:32611", "bbox": box, "feature_count": None, "columns": [{"name": "band_1", "type": "int16"}]}
    return {**known, **more, "facts": facts}


def row(*assets: dict[str, Any], version: int = 1, **more: Any) -> dict[str, Any]:
    known = {"dataset": "heights", "version": version, "type": "raster", "metadata": META, "created_at": MOMENT}
    return {**known, "assets": list(assets), "geometry": None, "parents": [], **more}


def test_a_rasters_grid_and_bands_are_told() -> None:
    told = item(row(asset(shape=[3, 4], transform=[1, 0, 0, 0, -1, 0], bands=BANDS)), newest=1)
    valid(told, pystac.STACObjectType.ITEM)
    found = pystac.Item.from_dict(told).assets["heights.tif"]
    projection = ProjectionExtension.ext(found)
    assert (projection.code, projection.shape, projection.transform) == ("EPSG:32611", [3, 4], [1, 0, 0, 0, -1, 0])
    assert [(band["name"], band["data_type"], band.get("nodata")) for band in found.extra_fields["bands"]] == [
        ("band_1", "int16", -32768),
        ("band_2", "other", None),
    ]
    assert "table:columns" not in told["properties"]


@pytest.mark.parametrize(
    ("boxes", "around"),
    [
        ([(1, 2, 3, 4)], [1, 2, 3, 4]),
        ([(1, 2, 3, 4), (0, 3, 2, 9)], [0, 2, 3, 9]),
        ([(170, -5, -170, 5)], [170, -5, -170, 5]),
        ([(170, -5, -170, 5), (1, 2, 3, 4)], [-180, -5, 180, 5]),
        ([(1, 2, 3, 4), None], [1, 2, 3, 4]),
        ([None], None),
    ],
)
def test_the_box_of_a_version_is_around_its_files(
    boxes: list[tuple[float, ...] | None], around: list[float] | None
) -> None:
    told = item(row(*(asset(f"{number}.tif", box) for number, box in enumerate(boxes))), newest=1)
    valid(told, pystac.STACObjectType.ITEM)
    assert told.get("bbox") == around
    if around is None:
        assert told["geometry"] is None
    else:
        assert len(told["geometry"]["coordinates"]) == (2 if around[0] > around[2] else 1)


def test_a_collection_is_what_its_newest_version_says() -> None:
    newer = {**META, "title": "Heights, better", "license": "Ask first", "keywords": ["dem"]}
    told = collection([row(asset()), row(asset(box=(12, 20, 13, 21)), version=2, metadata=newer)])
    valid(told, pystac.STACObjectType.COLLECTION)
    assert (told["title"], told["version"], told["license"]) == ("Heights, better", "2", "other")
    assert told["extent"]["spatial"]["bbox"] == [[10, 20, 13, 21]]
    assert told["extent"]["temporal"]["interval"] == [["2026-01-02T03:04:05.000678Z"] * 2]


def test_a_dataset_without_a_place_is_everywhere() -> None:
    told = collection([row(asset(box=None))])
    valid(told, pystac.STACObjectType.COLLECTION)
    assert told["extent"]["spatial"]["bbox"] == [[-180, -90, 180, 90]]


def test_the_root_of_nothing_is_valid_too() -> None:
    valid(root([]), pystac.STACObjectType.CATALOG)
