"""The steps of a recipe, each on its own: what it changes, what it counts, and whom it names when it cannot."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from enverus_elt.deliveries.manifest import GeometryColumns
from enverus_elt.errors import DeliveryError, TerminalError
from enverus_elt.lake import reprojecting
from enverus_elt.lake.workshop import Workshop
from tests.services.making import build
from tests.services.vector_files import delivered

BOWTIE = "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))"
SQUARE = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"
SPIKE = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0, -1 0, 0 0))"
COLLAPSED = "POLYGON ((0 0, 1 1, 0 0, 0 0))"
TO_WGS84 = {"step": "reproject", "srid": 4326}

Outcome = tuple[gpd.GeoDataFrame, dict[str, Any]]


def run(shop: Workshop, rows: list[tuple[str, str]], *steps: dict[str, Any], crs: str = "EPSG:4326") -> Outcome:
    """A file of codes and WKT through the steps: what comes out, by row, and the last step's facts."""
    path = shop.folder / "in.csv"
    path.write_text("code,shape\n" + "".join(f'{code},"{shape}"\n' for code, shape in rows))
    file = delivered("in.csv", "csv", geometry=GeometryColumns(wkt="shape"), crs=crs)
    (asset,) = build(shop, path, file, *steps)
    return gpd.read_parquet(asset.path), asset.facts["steps"][-1]


def wkt(frame: gpd.GeoDataFrame, order: str = "code") -> list[str | None]:
    shapes = frame.sort_values(order).geometry
    return [None if shape is None else shapely.normalize(shape).wkt for shape in shapes]


def test_make_valid_repairs_and_lists_what_was_not(shop: Workshop) -> None:
    rows = [("a", BOWTIE), ("b", SQUARE), ("c", SPIKE), ("d", COLLAPSED), ("e", "")]
    found, facts = run(shop, rows, {"step": "make_valid"})
    assert (facts["in"], facts["out"], facts["changed"], facts["collapsed"]) == (5, 5, 3, 1)
    assert [(item["row"], item["reason"], item["collapsed"]) for item in facts["invalid"]] == [
        (2, "Self-intersection", False),
        (4, "Ring Self-intersection", False),
        (5, "Too few points in geometry component", True),
    ]
    shapes = dict(zip(found["code"], found.geometry, strict=True))
    assert shapes["a"].area == pytest.approx(2)
    assert shapely.equals(shapes["c"], shapely.from_wkt(SQUARE))
    assert (shapes["d"].is_empty, shapes["d"].geom_type, shapes["e"]) == (True, "Polygon", None)
    assert found.geometry.dropna().is_valid.all()


def test_a_repair_keeps_the_dimension(shop: Workshop) -> None:
    """By linework, the spike becomes a line beside the square: it is dropped, and counted."""
    found, facts = run(shop, [("a", SPIKE)], {"step": "make_valid", "method": "linework"})
    assert facts["with_pieces_dropped"] == 1
    assert found.geometry[0].geom_type in {"Polygon", "MultiPolygon"}
    assert shapely.equals(found.geometry[0], shapely.from_wkt(SQUARE))


def test_force_2d_and_multi_count_what_they_change(shop: Workshop) -> None:
    rows = [("a", "POINT Z (1 2 3)"), ("b", "POINT (1 2)"), ("c", "MULTIPOINT ((1 2))")]
    found, facts = run(shop, rows, {"step": "force_2d"}, {"step": "multi"})
    assert wkt(found) == ["MULTIPOINT ((1 2))"] * 3
    assert facts == {"step": "multi", "settings": {}, "in": 3, "out": 3, "changed": 2}


def test_reproject_names_the_operation(shop: Workshop) -> None:
    found, facts = run(
        shop, [("a", "POINT (-90 28.5)"), ("b", "")], {"step": "reproject", "srid": 4326}, crs="EPSG:4267"
    )
    assert (facts["from"], facts["operation"], facts["accuracy_m"]) == ("EPSG:4267", "NAD27 to WGS 84 (81)", 5.0)
    assert (facts["changed"], facts["out"]) == (1, 2)
    point = found.set_index("code").geometry["a"]
    assert (point.x, point.y) == pytest.approx((-90.00007149906904, 28.500240731239217), abs=1e-10)


def test_reproject_into_projected_metres_and_feet(shop: Workshop) -> None:
    found, facts = run(shop, [("a", "POINT (-120 47)")], {"step": "reproject", "srid": 2285}, crs="EPSG:4269")
    assert facts["accuracy_m"] == 0
    assert found.crs.to_epsg() == 2285
    back = found.to_crs(4269).geometry[0]
    assert (back.x, back.y) == pytest.approx((-120, 47), abs=1e-8)


def test_a_guess_is_refused(shop: Workshop) -> None:
    with pytest.raises(
        DeliveryError, match=r"^in\.csv: reproject: NAD27 to NAD83: PROJ knows no way that is more than"
    ):
        run(shop, [("a", "POINT (-90 40)")], {"step": "reproject", "srid": 4269}, crs="EPSG:4267")


def test_a_server_that_goes_another_way_is_noticed(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the pin, PostGIS takes an operation of its own for the point, metres away."""
    monkeypatch.setattr(reprojecting.Shift, "pinned", property(lambda shift: shift.source))
    with pytest.raises(
        TerminalError, match=r"PostGIS does not do 'NAD27 to WGS 84 \(81\)': it is \d.* m apart at row 2"
    ):
        run(shop, [("a", "POINT (-90 28.5)")], {"step": "reproject", "srid": 4326}, crs="EPSG:4267")


def test_a_coordinate_that_cannot_be_moved_is_named(shop: Workshop) -> None:
    rows = [(str(number), f"POINT ({number} 10)") for number in range(30)]
    rows[17] = ("17", "POINT (10 90.5)")
    with pytest.raises(DeliveryError, match=r"^in\.csv: row 19: reproject to EPSG:3857: "):
        run(shop, rows, {"step": "reproject", "srid": 3857})


def test_subdivide_cuts_what_is_large(shop: Workshop) -> None:
    circle = shapely.Point(0, 0).buffer(1, quad_segs=100)
    rows = [("a", circle.wkt), ("b", "POINT (5 5)"), ("c", "")]
    found, facts = run(shop, rows, {"step": "subdivide", "max_vertices": 50})
    assert (facts["in"], facts["changed"], facts["out"]) == (3, 1, len(found))
    pieces = found[found["code"] == "a"].geometry
    assert len(pieces) > 5
    assert max(shapely.get_num_coordinates(pieces)) <= 51
    assert shapely.area(pieces.to_numpy()).sum() == pytest.approx(circle.area)
    assert found[found["code"] == "c"].geometry.isna().all()


def test_clip_keeps_what_is_within(shop: Workshop) -> None:
    rows = [("in", "POINT (0.5 0.5)"), ("out", "POINT (5 5)"), ("none", ""),
            ("cut", "LINESTRING (0.5 0.5, 3 0.5)"), ("touches", "POLYGON ((1 0, 2 0, 2 1, 1 1, 1 0))")]  # fmt: skip
    found, facts = run(shop, rows, {"step": "clip", "bbox": [0, 0, 1, 1]})
    assert dict(zip(found["code"], wkt(found, "code"), strict=False)).keys() == {"in", "cut"}
    assert found.set_index("code").geometry["cut"].wkt == "LINESTRING (0.5 0.5, 1 0.5)"  # and runs as it did
    assert (facts["outside"], facts["without_geometry"], facts["changed"], facts["out"]) == (2, 1, 1, 2)


def test_clip_takes_degrees_whatever_the_layer_is_in(shop: Workshop) -> None:
    rows = [("in", "POINT (500000 3100000)"), ("out", "POINT (900000 3100000)")]
    found, _ = run(shop, rows, {"step": "clip", "bbox": [-94, 27, -92, 29]}, crs="EPSG:26915")
    assert list(found["code"]) == ["in"]


def test_simplify_counts_vertices(shop: Workshop) -> None:
    line = "LINESTRING (0 0, 1 0.001, 2 0, 3 0.001, 4 0)"
    found, facts = run(shop, [("a", line), ("b", "POINT (1 1)")], {"step": "simplify", "tolerance": 0.01})
    assert (facts["vertices_before"], facts["vertices_after"], facts["changed"]) == (6, 3, 1)
    assert wkt(found) == ["LINESTRING (0 0, 4 0)", "POINT (1 1)"]


def test_columns_change_places_types_and_rows(shop: Workshop) -> None:
    path = shop.folder / "in.csv"
    path.write_text("a,b,c,x,y\n1,007,2024-05-01,0,0\n2,,2024-05-02,0,0\n3,9,2024-05-03,0,0\n")
    file = delivered("in.csv", "csv", geometry=GeometryColumns(longitude="x", latitude="y"), crs="EPSG:4326")
    steps = [
        {"step": "rename", "columns": {"a": "b", "b": "a"}},
        {"step": "cast", "columns": {"a": "integer", "b": "numeric(6, 2)", "c": "timestamp"}},
        {"step": "filter", "column": "b", "op": ">=", "value": 2},
    ]
    (asset,) = build(shop, path, file, *steps)
    found = gpd.read_parquet(asset.path).sort_values("b")
    assert [(column.name, column.type, column.source) for column in asset.columns][:3] == [
        ("b", "decimal128(6, 2)", "a"), ("a", "int32", "b"), ("c", "timestamp[us]", "c")
    ]  # fmt: skip
    assert [str(value) for value in found["b"]] == ["2.00", "3.00"]
    assert asset.facts["steps"][2]["removed"] == 1


@pytest.mark.parametrize(
    ("values", "declared", "row"),
    [
        (["1", "2", "x"], "integer", 4),
        (["1", "2.5", "3"], "integer", 3),
        (["1", "99999", "3"], "smallint", 3),
        (["ab", "abc", "a"], "varchar(2)", 3),
        (["1.25", "1.255", "1"], "numeric(4, 2)", 3),
        (["2024-02-28", "2024-02-30", "x"], "date", 3),
        (["2024-02-28 00:00", "2024-02-28 07:00", "2024-02-28"], "date", 3),
    ],
)
def test_a_value_that_does_not_fit_is_named(shop: Workshop, values: list[str], declared: str, row: int) -> None:
    rows = [(f"{value}", "POINT (0 0)") for value in values]
    with pytest.raises(DeliveryError, match=rf"^in\.csv: row {row}: cast: column 'code'"):
        run(shop, rows, {"step": "cast", "columns": {"code": declared}})


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"step": "rename", "columns": {"nope": "a"}}, "rename: there is no column 'nope'; there are code"),
        ({"step": "rename", "columns": {"code": "geometry"}}, "rename: geometry would be there twice"),
        ({"step": "cast", "columns": {"code": "numeric"}}, "cast: code: numeric has no counterpart in Parquet"),
        ({"step": "filter", "column": "nope", "op": "=", "value": 1}, "filter: there is no column 'nope'"),
    ],
)
def test_a_recipe_that_does_not_fit_the_file_is_told_so(shop: Workshop, step: dict[str, Any], message: str) -> None:
    with pytest.raises(DeliveryError, match=rf"^in\.csv: {message}"):
        run(shop, [("a", "POINT (0 0)")], step)


def test_what_geos_cannot_do_is_named(shop: Workshop, tmp_path: Path) -> None:
    rows = [("a", SQUARE), ("b", BOWTIE)]
    try:
        run(shop, rows, {"step": "clip", "bbox": [0.5, 0.5, 1.5, 1.5]})
    except DeliveryError as error:
        assert "row 3: clip, which needs valid geometries" in str(error)  # noqa: PT017 - newer GEOS repairs by itself
