"""CSV with coordinates or WKT: each fault with its row, as a spreadsheet numbers it."""

from pathlib import Path

import pyarrow as pa
import pytest
import shapely

from enverus_elt.deliveries.manifest import GeometryColumns
from enverus_elt.errors import DeliveryError
from enverus_elt.formats.reference_systems import code_of
from enverus_elt.formats.vector import open_vector
from enverus_elt.formats.vector_layer import VectorLayer
from tests.services.vector_files import delivered

LON_LAT = GeometryColumns(longitude="Lon", latitude="Lat")
WKT = GeometryColumns(wkt="shape")


def layer(folder: Path, text: str, geometry: GeometryColumns, crs: str | None = None) -> VectorLayer:
    (folder / "wells.csv").write_text(text, encoding="utf-8")
    return open_vector(folder / "wells.csv", delivered("wells.csv", "csv", geometry=geometry, crs=crs))


def table(found: VectorLayer) -> pa.Table:
    return pa.Table.from_batches(found.batches(), found.schema)


def shapes(found: VectorLayer) -> list[str | None]:
    made = shapely.from_wkb(table(found).column("geometry").to_numpy())
    return [shape and shapely.to_wkt(shape, output_dimension=4) for shape in made]


def test_points_are_made_of_two_columns_that_stay(folder: Path) -> None:
    found = layer(folder, "id,Lon,Lat\n1,-90.5,28\n2,,\n3, -91 ,29.25\n", LON_LAT)
    assert found.crs is None
    assert shapes(found) == ["POINT (-90.5 28)", None, "POINT (-91 29.25)"]
    assert table(found).select(["id", "lon", "lat"]).to_pylist()[2] == {"id": 3, "lon": -91.0, "lat": 29.25}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,-90,28\n2,-91,\n", "row 3: 'Lat' is empty, the other one is not"),
        ("1,-90,28\n2,28,-91\n", "row 3: 'Lat' is -91, which is not within -90 to 90 degrees: are the two columns"),
        ("1,-190,28\n", "row 2: 'Lon' is -190, which is not within -180 to 180 degrees"),
        ("1,-90,28\n2,-90,north\n", "row 3: 'Lat' is 'north', no number"),
        ("1,-90,28\n2,true,28\n3,false,28\n", "row 3: 'Lon' is 'true', no number"),
    ],
)
def test_a_coordinate_that_is_none_is_named(folder: Path, rows: str, message: str) -> None:
    with pytest.raises(DeliveryError, match=rf"^wells\.csv: {message}"):
        table(layer(folder, f"id,Lon,Lat\n{rows}", LON_LAT))


def test_metres_are_no_degrees(folder: Path) -> None:
    found = layer(folder, "Lon,Lat\n500000,3100000\n", LON_LAT, crs="EPSG:26915")
    assert shapes(found) == ["POINT (500000 3100000)"]


def test_wkt_of_any_shape_becomes_the_geometry(folder: Path) -> None:
    text = 'id,shape\n1,POINT Z (1 2 3)\n2,\n3,"MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))"\n4,POINT M (1 2 9)\n'
    found = layer(folder, text, WKT)
    assert shapes(found) == ["POINT Z (1 2 3)", None, "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))", "POINT M (1 2 9)"]
    assert [column.name for column in found.columns] == ["id"]


def test_ewkt_says_its_reference_system(folder: Path) -> None:
    found = layer(folder, "id,shape\n1,SRID=4267;POINT(-90 28)\n2,\n3,srid=4267 ; POINT (1 2)\n", WKT)
    assert found.crs is not None
    assert code_of(found.crs) == "EPSG:4267"
    assert shapes(found) == ["POINT (-90 28)", None, "POINT (1 2)"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,POINT (1 2)\n2,POINT (1)\n", r"row 3: 'shape' is no WKT .*: 'POINT \(1\)': ParseException"),
        ("1,SRID=4267;POINT (1 2)\n2,SRID=4326;POINT (1 2)\n", "row 3: 'shape' is in SRID 4326, the first one in 4267"),
        ("1,SRID=4267;POINT (1 2)\n2,POINT (1 2)\n", "row 3: 'shape' is in SRID none, the first one in 4267"),
        ('1,"POLYGON ((0 0, 1 1))"\n', "row 2: 'shape' is no WKT .*: Illegal"),
        ("1,SRID=999999;POINT (1 2)\n", "column 'shape': 'EPSG:999999' is no reference system"),
    ],
)
def test_wkt_that_is_none_is_named(folder: Path, rows: str, message: str) -> None:
    with pytest.raises(DeliveryError, match=rf"^wells\.csv: {message}"):
        table(layer(folder, f"id,shape\n{rows}", WKT))


def test_a_column_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(DeliveryError, match="there is no column 'Lon'; there are 'id', 'lon'"):
        layer(folder, "id,lon\n1,2\n", LON_LAT)
